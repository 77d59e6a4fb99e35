/* read gives 0 only when the last write end is closed, in whichever process it is. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int fd[2], go[2], n;
    char buf[16], c;

    pipe(fd);
    pipe(go);
    if (fork() == 0) {
        close(go[1]);
        read(go[0], &c, 1);             /* holds its write end until it is told to go */
        write(fd[1], "last", 4);
        exit(0);
    }
    close(fd[1]);
    close(go[0]);
    write(go[1], "x", 1);
    n = read(fd[0], buf, sizeof buf);
    printf("read %d bytes: %.*s\n", n, n, buf);
    n = read(fd[0], buf, sizeof buf);
    printf("then %d: the child has ended\n", n);
    n = read(fd[0], buf, sizeof buf);
    printf("and again %d\n", n);
    wait(NULL);
    return 0;
}
