/* setvbuf(_IONBF): every printf goes straight to write(2), so fork has nothing to double. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("one ");
    printf("two ");
    if (fork() == 0) {
        printf("three ");
        _exit(0);               /* not even _exit can lose anything */
    }
    wait(NULL);
    printf("four\n");
    _exit(0);
}
