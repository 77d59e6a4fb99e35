/*
 * stdio after vfork: the child's printf goes into the parent's buffer. The child's _exit does not flush it,
 * the parent's exit does: once, and in order. (After fork it would be lost.)
 */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    printf("before, ");
    if (vfork() == 0) {
        printf("in the child, ");
        _exit(0);
    }
    wait(NULL);
    printf("after\n");
    return 0;
}
