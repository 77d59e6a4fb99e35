/*
 * How many processes does an expression of forks make? Every process writes one byte into a pipe;
 * the first one counts them when all writers are gone. Child takes the false way, parent the true one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static void puzzle(int n)
{
    switch (n) {
    case 0: fork(); break;
    case 1: fork(); fork(); break;
    case 2: fork() && fork(); break;
    case 3: fork() || fork(); break;
    case 4: fork() && (fork() || fork()); break;
    case 5: (fork() && fork()) || (fork() && fork()); break;
    case 6: if (fork() == 0) fork(); fork(); break;
    case 7: fork() ? fork() : (fork(), fork()); break;
    case 8: if (!fork() && !fork()) fork(); break;
    case 9: while (fork() == 0 && n < 12) n++; break;
    }
}

int main(void)
{
    int n;

    for (n = 0; n < 10; n++) {
        int fd[2], count = 0;
        char c;

        pipe(fd);
        if (fork() == 0) {
            close(fd[0]);
            puzzle(n);
            write(fd[1], "x", 1);
            _exit(0);
        }
        close(fd[1]);
        while (read(fd[0], &c, 1) == 1)
            count++;
        close(fd[0]);
        wait(NULL);
        printf("puzzle %d: %d processes\n", n, count);
    }
    return 0;
}
