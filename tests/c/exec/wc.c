// wc counts its standard input, and says of a file that is not there that it is not.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void wc(char *const *argv) {
    int p[2], status;
    pipe(p);
    fflush(stdout);
    if (fork() == 0) {
        dup2(p[0], 0);
        close(p[0]);
        close(p[1]);
        close(2);
        execvp("wc", argv);
        _exit(9);
    }
    write(p[1], "one two\nthree\n", 14);
    close(p[0]);
    close(p[1]);
    wait(&status);
    printf("= %d\n", WEXITSTATUS(status));
}

int main(void) {
    wc((char *[]){"wc", NULL});
    wc((char *[]){"wc", "-l", NULL});
    wc((char *[]){"wc", "-lw", NULL});
    wc((char *[]){"wc", "-c", "-l", NULL});
    wc((char *[]){"wc", "-", NULL});
    wc((char *[]){"wc", "-w", "-", NULL});
    wc((char *[]){"wc", "not there", NULL});
    wc((char *[]){"wc", "not there", "-", NULL});
    wc((char *[]){"wc", "-l", "not there", "nor there", NULL});
    wc((char *[]){"wc", "-l", "-", "-", NULL});
    wc((char *[]){"wc", "-x", NULL});
    return 0;
}
