/* A stopped group that nobody could continue any more is told to hang up, and is continued. One with none stopped hears
   nothing. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int out;

static void told(int signal)
{
    dprintf(out, "told %s\n", signal == SIGHUP ? "SIGHUP" : "SIGCONT");
}

static void member(int stops)
{
    setpgid(0, 0);
    signal(SIGHUP, told);
    signal(SIGCONT, told);
    if (stops)
        raise(SIGSTOP);
    else
        usleep(50000);
    dprintf(out, "goes on\n");
    _exit(0);
}

int main(void)
{
    int ends[2];
    char bytes[1000];
    ssize_t length;

    for (int stops = 0; stops < 2; stops++) {
        pipe(ends);
        out = ends[1];
        if (fork() == 0) {
            int status;

            setsid();
            pid_t child = fork();
            if (child == 0)
                member(stops);
            if (stops)
                waitpid(child, &status, WUNTRACED);
            _exit(0);
        }
        close(ends[1]);
        wait(0);
        while ((length = read(ends[0], bytes, sizeof bytes)) > 0) {
            fwrite(bytes, 1, (size_t)length, stdout);
            fflush(stdout);
        }
        close(ends[0]);
    }
    return 0;
}
