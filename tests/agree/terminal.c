/* terminal PROGRAM ARG...: runs a program at a terminal of its own and types what comes on stdin. Its output and its
   status are the program's.

   The program is a job in the foreground under the leader of the session, which is its shell: it adopts what the program
   leaves behind, waits until all of it is gone, and takes the terminal back when the program's first process ends. A
   line, or a key that sends a signal, is typed whenever everybody in the session sleeps. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int status_of(int word)
{
    return WIFEXITED(word) ? WEXITSTATUS(word) : 128 + WTERMSIG(word);
}

static void shell(const char *name, char **argv)
{
    struct termios termios;
    struct rlimit none = {0, 0};
    int word, status = 127;
    pid_t job, ended;

    setsid();
    int tty = open(name, O_RDWR); /* the leader of a session gets it with that */
    tcgetattr(tty, &termios);
    termios.c_lflag &= ~ECHO;
    termios.c_oflag &= ~OPOST;
    tcsetattr(tty, TCSANOW, &termios);
    for (int fd = 0; fd < 3; fd++)
        dup2(tty, fd);
    close(tty);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setrlimit(RLIMIT_CORE, &none);
    signal(SIGTTOU, SIG_IGN);
    /* A stolen terminal hangs up: the shell goes on waiting. */
    signal(SIGHUP, SIG_IGN);
    job = fork();
    if (job == 0) {
        setpgid(0, 0);
        tcsetpgrp(0, getpid());
        signal(SIGTTOU, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
        execv(argv[0], argv);
        _exit(127);
    }
    while ((ended = wait(&word)) > 0)
        if (ended == job) {
            status = status_of(word);
            tcsetpgrp(0, getpgrp());
        }
    _exit(status);
}

/* Whether everybody in a session sleeps, is stopped or has ended. */
static int is_quiet(pid_t session)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    int quiet = 1;

    while (quiet && (entry = readdir(proc))) {
        char path[300], line[512], state;
        int sid;
        FILE *file;

        if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
            continue;
        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        if (!(file = fopen(path, "r")))
            continue;
        size_t length = fread(line, 1, sizeof line - 1, file);
        fclose(file);
        line[length] = 0;
        char *behind = strrchr(line, ')');
        if (behind && sscanf(behind + 1, " %c %*d %*d %d", &state, &sid) == 2 && sid == session)
            quiet = strchr("STZ", state) != NULL;
    }
    closedir(proc);
    return quiet;
}

/* Copies what was written; tells whether the terminal is still open. */
static int copy(int master, int patience)
{
    struct pollfd ready = {master, POLLIN, 0};
    char bytes[4096];

    while (poll(&ready, 1, patience) > 0) {
        ssize_t length = read(master, bytes, sizeof bytes);
        if (length <= 0)
            return 0;
        fwrite(bytes, 1, (size_t)length, stdout);
        fflush(stdout);
    }
    return 1;
}

int main(int argc, char **argv)
{
    static char keys[4096];
    size_t length = fread(keys, 1, sizeof keys, stdin), at = 0;
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), quiet = 0, word;

    if (argc < 2 || master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
        return 126;
    const char *name = ptsname(master);
    /* Open here too: who asks it whether there is input waits until the kernel has handed on what was typed. */
    struct pollfd typed = {open(name, O_RDWR | O_NOCTTY | O_CLOEXEC), POLLIN, 0};
    pid_t session = fork();
    if (session == 0)
        shell(name, argv + 1);
    while (waitpid(session, &word, WNOHANG) == 0) {
        copy(master, 4);
        quiet = is_quiet(session) ? quiet + 1 : 0;
        if (quiet < 8 || at >= length)
            continue;
        size_t end = at;
        while (end < length && !strchr("\x03\x04\n\x1a\x1c", keys[end]))
            end++;
        end += end < length;
        if (write(master, keys + at, end - at) < 0)
            return 126;
        poll(&typed, 1, 0);
        at = end;
        quiet = 0;
    }
    copy(master, 0);
    return status_of(word);
}
