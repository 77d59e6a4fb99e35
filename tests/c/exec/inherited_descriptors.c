/* Descriptors without close-on-exec stay open across exec: the new program holds the write end, so there is no end of file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

static void run(int cloexec)
{
    int data[2], hold[2], out[2], n;
    char c;
    pid_t pid;

    pipe2(data, cloexec ? O_CLOEXEC : 0);
    pipe2(hold, O_CLOEXEC);
    pipe2(out, O_CLOEXEC);
    fcntl(data[0], F_SETFL, O_NONBLOCK);
    pid = fork();
    if (pid == 0) {
        dup2(hold[0], 0);
        dup2(out[1], 1);
        execl("/bin/cat", "cat", (char *)NULL);
        _exit(127);
    }
    write(hold[1], "x", 1);
    read(out[0], &c, 1);                /* cat has answered: the exec is done */
    close(data[1]);
    n = read(data[0], &c, 1);
    printf("%s: read gives %d%s%s\n", cloexec ? "close-on-exec" : "inherited", n, n < 0 ? " " : "",
           n < 0 ? strerror(errno) : "");
    close(hold[1]);                     /* now cat ends */
    waitpid(pid, NULL, 0);
    printf("  after its end: %d\n", (int)read(data[0], &c, 1));
    close(data[0]);
    close(hold[0]);
    close(out[0]);
    close(out[1]);
}

int main(void)
{
    run(0);
    run(1);
    return 0;
}
