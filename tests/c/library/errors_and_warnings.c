/* err.h: the program's name, the message, errno's text; err() and errx() exit. All on stderr, caught through a pipe. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

static void catch(int which)
{
    char text[200];
    int fd[2], n, status;

    pipe(fd);
    fflush(stdout);
    if (fork() == 0) {
        dup2(fd[1], 2);
        errno = EACCES;
        switch (which) {
        case 0: warn("cannot open %s", "door"); break;
        case 1: warnx("%d warnings", 2); break;
        case 2: err(3, "fatal");
        case 3: errx(4, "fatal too");
        case 4: perror("perror"); break;
        case 5: perror(""); break;
        }
        _exit(0);
    }
    close(fd[1]);
    wait(&status);
    n = read(fd[0], text, sizeof text - 1);
    close(fd[0]);
    text[n < 0 ? 0 : n] = 0;
    /* the program's name differs: show what follows it */
    printf("%d, code %d: %s", which, WEXITSTATUS(status), which < 4 ? strchr(text, ':') : text);
}

int main(void)
{
    for (int i = 0; i < 6; i++)
        catch(i);
    return 0;
}
