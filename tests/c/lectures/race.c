/* Lecture 8: two processes without synchronisation. Which line comes first is not fixed, so they meet by pipes here. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int done[2];
    char c;

    pipe(done);
    setbuf(stdout, NULL);
    if (fork() == 0) {
        printf("child first\n");
        write(done[1], "!", 1);
        return 0;
    }
    read(done[0], &c, 1);
    printf("parent second\n");
    wait(NULL);
    return 0;
}
