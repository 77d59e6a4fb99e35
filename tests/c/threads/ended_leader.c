// A main thread that has ended takes no signal: SIGCONT to it alone continues nobody, and SIGKILL to it alone kills
// nobody. Both do when they are sent to the process.
// kernel: 6.18.44
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int heard[2];
static pthread_t self;

static void *stay(void *leader) {
    pthread_join(*(pthread_t *)leader, NULL);
    write(heard[1], "s", 1);
    for (;;)
        pause();
}

int main(void) {
    setbuf(stdout, NULL);
    pipe(heard);
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t thread;
        self = pthread_self();
        pthread_create(&thread, NULL, stay, &self);
        pthread_exit(NULL);
    }
    char c;
    int status;
    read(heard[0], &c, 1);

    kill(pid, SIGSTOP);
    waitpid(pid, &status, WUNTRACED);
    printf("stopped %d\n", WIFSTOPPED(status));
    printf("%ld\n", syscall(SYS_tgkill, pid, pid, SIGCONT));
    printf("news %d\n", waitpid(pid, &status, WCONTINUED | WNOHANG));
    kill(pid, SIGCONT);
    printf("continued %d\n", waitpid(pid, &status, WCONTINUED | WNOHANG) == pid);

    printf("%ld\n", syscall(SYS_tgkill, pid, pid, SIGKILL));
    usleep(20000);
    printf("news %d\n", waitpid(pid, &status, WNOHANG));
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    printf("killed %d\n", WTERMSIG(status));
    return 0;
}
