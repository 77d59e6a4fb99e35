/* RLIMIT_NOFILE: at the limit dup and pipe give EMFILE, dup2 to a number beyond it EBADF, F_DUPFD EINVAL. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>

int main(void)
{
    struct rlimit rl;
    int i, n = 0, r, fd[2];

    for (i = 3; i < 100; i++)
        close(i);
    getrlimit(RLIMIT_NOFILE, &rl);
    rl.rlim_cur = 10;
    setrlimit(RLIMIT_NOFILE, &rl);
    getrlimit(RLIMIT_NOFILE, &rl);
    printf("limit: %d\n", (int)rl.rlim_cur);
    while ((r = dup(1)) != -1)
        n++;
    printf("%d dups, then: %s\n", n, strerror(errno));
    r = pipe(fd);
    printf("pipe: %d %s\n", r, strerror(errno));
    r = dup2(1, 10);
    printf("dup2 to 10: %d %s\n", r, strerror(errno));
    r = dup2(1, 9);
    printf("dup2 to 9: %d\n", r);
    r = fcntl(1, F_DUPFD, 5);
    printf("F_DUPFD from 5: %d %s\n", r, strerror(errno));
    r = fcntl(1, F_DUPFD, 10);
    printf("F_DUPFD from 10: %d %s\n", r, strerror(errno));
    close(7);
    r = pipe(fd);
    printf("one free, pipe: %d %s\n", r, strerror(errno));
    close(4);
    r = pipe(fd);
    printf("two free, pipe: %d, %d and %d\n", r, fd[0], fd[1]);
    return 0;
}
