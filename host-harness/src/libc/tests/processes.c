/* Processes, descriptors, signals, memory: the calls as C sees them. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void show(const char *what, int status)
{
    printf("%s: exited %d %d signaled %d %d stopped %d %d continued %d\n", what, WIFEXITED(status),
           WEXITSTATUS(status), WIFSIGNALED(status), WTERMSIG(status), WIFSTOPPED(status), WSTOPSIG(status),
           WIFCONTINUED(status));
}

static void reap(const char *what)
{
    int status = 0;

    if (wait(&status) < 0)
        printf("%s: %m\n", what);
    else
        show(what, status);
}

static void signals(void)
{
    int sig, status;
    pid_t pid;

    for (sig = 1; sig < 32; sig++) {
        pid = fork();
        if (pid == 0) {
            raise(sig);
            _exit(sig);
        }
        waitpid(pid, &status, WUNTRACED);
        show(strsignal(sig), status);
        if (WIFSTOPPED(status)) {
            kill(pid, SIGKILL);
            reap("killed");
        }
    }
    if (fork() == 0)
        abort();
    reap("abort");
    if (fork() == 0) {
        signal(SIGABRT, SIG_IGN);
        abort();
    }
    reap("abort, ignored");
}

static void programs(void)
{
    char *environment[] = {"A=1", "B=2", 0};
    char *nothing[] = {"nothing", 0};
    char line[100];
    FILE *f;
    int result;

    if (vfork() == 0) {
        execl("/bin/echo", "echo", "from", "vfork", (char *)0);
        _exit(1);
    }
    reap("vfork");
    if (vfork() == 0)
        _exit(9);
    reap("vfork, _exit");
    if (fork() == 0)
        _exit(execlp("sh", "sh", "-c", "exit 3", (char *)0));
    reap("execlp");
    if (fork() == 0)
        _exit(execle("/bin/sh", "sh", "-c", "echo $A $B", (char *)0, environment));
    reap("execle");
    result = execvp("nothing", nothing);
    printf("%d %m\n", result);
    result = execv("/dev/null", nothing);
    printf("%d %m\n", result);
    result = execvp("", nothing);
    printf("%d %m\n", result);
    printf("%x ", system("exit 5"));
    printf("%x ", system("kill -9 $$"));
    printf("%d\n", system(0));
    f = popen("echo popened; exit 4", "r");
    while (fgets(line, sizeof line, f))
        printf("got %s", line);
    printf("%x\n", pclose(f));
    f = popen("cat", "w");
    fprintf(f, "to cat\n");
    printf("%x\n", pclose(f));
}

static int add_five(void *n)
{
    *(int *)n += 5;
    return 7;
}

static void clones(void)
{
    char *stack = malloc(65536);
    int n = 1, result;

    clone(add_five, stack + 65536, CLONE_VM | SIGCHLD, &n);
    reap("clone");
    clone(add_five, stack + 65536, SIGCHLD, &n);
    reap("clone");
    printf("%d\n", n);
    result = clone(add_five, 0, SIGCHLD, &n);
    printf("%d %m; ", result);
    result = clone(add_five, stack + 65536, CLONE_THREAD | SIGCHLD, &n);
    printf("%d %m\n", result);
}

static void waiting(void)
{
    siginfo_t info;
    pid_t pid = fork();
    int result;

    if (pid == 0)
        exit(42);
    memset(&info, 0, sizeof info);
    result = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    printf("%d: %d %d %d %d %d; ", result, info.si_signo, info.si_code, info.si_status, info.si_pid == pid,
           info.si_uid == getuid());
    printf("%d ", waitid(P_ALL, 0, &info, WEXITED));
    result = waitid(P_ALL, 0, &info, WEXITED);
    printf("%d %m\n", result);
}

static void descriptors(void)
{
    char data[100] = "";
    FILE *in, *out;
    int fd[2], result;

    result = pipe(fd);
    printf("%d %d %d; ", result, fd[0], fd[1]);
    result = dup(fd[0]);
    printf("%d %d ", result, dup2(fd[1], 20));
    close(result);
    result = dup2(99, 5);
    printf("%d %m; ", result);
    printf("%d ", fcntl(fd[0], F_GETFD));
    fcntl(fd[0], F_SETFD, FD_CLOEXEC);
    printf("%d %d; ", fcntl(fd[0], F_GETFD), fcntl(20, F_GETFL) & O_ACCMODE);
    result = (int)read(fd[1], data, 1);
    printf("%d %m\n", result);
    out = fdopen(fd[1], "w");
    fprintf(out, "buffered %d\n", 1);
    fflush(out);
    result = (int)read(fd[0], data, sizeof data);
    printf("%d %s", result, data);
    printf("%d ", fdopen(99, "r") == 0);
    printf("%d ", fdopen(fd[0], "w") == 0);
    printf("%m\n");
    fputs("xyz", out);
    fclose(out);
    close(20);
    in = fdopen(fd[0], "r");
    printf("%s ", fgets(data, sizeof data, in));
    result = fgetc(in);
    printf("%d %d\n", result, feof(in));
    fclose(in);
    fflush(stdout);
    dprintf(STDOUT_FILENO, "dprintf %d\n%s\n", 5, "x");
}

static void memory(void)
{
    int rw = PROT_READ | PROT_WRITE;
    char *shared = mmap(0, 8192, rw, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *end;

    if (fork() == 0) {
        strcpy(shared, "shared");
        exit(0);
    }
    reap(shared);
    printf("%s %d\n", shared, mprotect(shared, 4096, PROT_READ));
    if (fork() == 0) {
        *shared = 1;
        exit(0);
    }
    reap("write to read-only memory");
    printf("%d ", munmap(shared, 8192));
    printf("%d\n", mmap(0, 0, rw, MAP_PRIVATE, -1, 0) == MAP_FAILED);
    end = sbrk(0);
    printf("%d ", sbrk(4096) == (void *)end);
    printf("%ld\n", (long)((char *)sbrk(0) - end));
    sbrk(-4096);
}

static void attributes(void)
{
    struct timespec moment = {0, 1000000};
    struct timeval now;
    struct rusage usage;
    struct rlimit limit;
    char name[16];
    int result, subreaper;

    prctl(PR_SET_NAME, "renamed-process-long");
    prctl(PR_GET_NAME, name);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
    printf("%s %d\n", name, subreaper);
    printf("%d %d %u\n", nanosleep(&moment, 0), usleep(10), sleep(0));
    result = gettimeofday(&now, 0);
    printf("%d %d\n", result, labs(time(0) - now.tv_sec) < 2);
    printf("%d ", nice(3));
    printf("%d ", getpriority(PRIO_PROCESS, 0));
    printf("%d ", setpriority(PRIO_PROCESS, 0, 5));
    printf("%d\n", getpriority(PRIO_PROCESS, 0));
    result = getrusage(RUSAGE_CHILDREN, &usage);
    printf("%d %d\n", result, usage.ru_minflt > 0);
    result = getrlimit(RLIMIT_CORE, &limit);
    printf("%d %lu ", result, (unsigned long)limit.rlim_cur);
    result = getrlimit(99, &limit);
    printf("%d %m\n", result);
    printf("%ld %d %ld ", syscall(SYS_getpid) - getpid(), gettid() - getpid(), syscall(SYS_kill, getpid(), 0));
    result = (int)syscall(9999);
    printf("%d %m\n", result);
    printf("%ld %d %ld\n", sysconf(_SC_PAGESIZE), getpagesize(), sysconf(_SC_CLK_TCK));
}

static void masks(void)
{
    struct sigaction action;
    sigset_t set, pending;
    int result;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, 0);
    raise(SIGUSR1);
    sigpending(&pending);
    printf("%d %d ", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2));
    result = sigaddset(&set, 65);
    printf("%d %m; ", result);
    signal(SIGUSR1, SIG_IGN);
    sigpending(&pending);
    printf("%d ", sigismember(&pending, SIGUSR1));
    result = signal(SIGKILL, SIG_IGN) == SIG_ERR;
    printf("%d %m; ", result);
    sigaction(SIGUSR1, 0, &action);
    printf("%d %x\n", action.sa_handler == SIG_IGN, action.sa_flags & SA_RESTART);
    result = kill(999999, 0);
    printf("%d %m; ", result);
    printf("%d %d %d\n", killpg(-2, 0), getpgrp() == getpgid(0), getsid(0) > 0);
}

static void messages(void)
{
    warn("warned %d", 1);
    warnx("warned %d", 2);
    warn(0);
    psignal(SIGSEGV, "psignal");
    errno = ENOENT;
    perror("");
    perror(0);
    if (fork() == 0)
        err(3, "fatal %s", "error");
    reap("err");
}

static void first(void)
{
    puts("registered first, run last");
}

static void second(void)
{
    puts("registered while others run");
}

static void third(void)
{
    puts("registered before");
    atexit(second);
}

static void with_status(int status, void *arg)
{
    printf("on_exit %d %s\n", status, (char *)arg);
}

int main(void)
{
    struct rlimit no_core = {0, 0};
    int i;

    setvbuf(stdout, 0, _IOLBF, 0);
    setrlimit(RLIMIT_CORE, &no_core);
    signals();
    programs();
    clones();
    waiting();
    descriptors();
    memory();
    attributes();
    masks();
    messages();
    atexit(first);
    atexit(third);
    on_exit(with_status, "argument");
    for (i = 0; i < 40; i++)
        atexit(third);
    setvbuf(stdout, 0, _IOFBF, 0);
    printf("twice ");
    if (fork() == 0)
        exit(1);
    reap("the last");
    return 6;
}
