/* Line buffering by hand: whole lines leave at once, the started line is doubled by fork. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("a whole line\nand a half");
    if (fork() == 0) {
        printf(" in the child\n");
        _exit(0);               /* the newline has flushed it already */
    }
    wait(NULL);
    printf(" in the parent\n");
    _exit(0);
}
