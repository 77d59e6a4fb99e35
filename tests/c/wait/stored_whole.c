// wait4's status and each field of waitid's siginfo_t are stored whole or not at all; what lies between them is kept.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const unsigned char *at, int count) {
    for (int i = 0; i < count; i++)
        printf(" %02x", at[i]);
    printf("\n");
}

int main(void) {
    unsigned char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char *end = page + 4096;
    mprotect(end, 4096, PROT_NONE);
    for (int room = 2; room <= 28; room += 2) {
        memset(page, 0xaa, 4096);
        pid_t pid = fork();
        if (pid == 0)
            _exit(7);
        errno = 0;
        int got = waitid(P_PID, pid, (siginfo_t *)(end - room), WEXITED);
        printf("room for %d: %d %s:", room, got, strerror(errno));
        show(end - room, room < 16 ? room : 16); // behind them stands the pid
    }
    memset(page, 0xaa, 4096);
    pid_t pid = fork();
    if (pid == 0)
        _exit(7);
    errno = 0;
    pid_t got = wait4(pid, (int *)(end - 2), 0, NULL);
    printf("wait4: %d %s: %02x %02x\n", (int)got, strerror(errno), end[-2], end[-1]);
    errno = 0;
    got = wait4(pid, NULL, 0, NULL);
    printf("the child is gone: %d %s\n", (int)got, strerror(errno));
    return 0;
}
