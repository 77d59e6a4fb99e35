/* After fork the same virtual address names different memory in parent and child. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int value = 100;

int main(void)
{
    int fd[2];
    int *where;

    pipe(fd);
    if (fork() == 0) {
        value = 200;
        where = &value;
        write(fd[1], &where, sizeof where);
        printf("child:  value is %d\n", value);
        exit(0);
    }
    wait(NULL);
    read(fd[0], &where, sizeof where);
    printf("parent: value is %d\n", value);
    printf("same address: %s\n", where == &value ? "yes" : "no");
    printf("through the child's pointer: %d\n", *where);
    return 0;
}
