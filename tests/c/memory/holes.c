/* munmap in the middle of a mapping leaves two; mmap errors; a hole is SIGSEGV. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
    char *area = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *again;
    int i, status;

    for (i = 0; i < 3; i++)
        area[i * 4096] = 'a' + i;
    printf("munmap the middle: %d\n", munmap(area + 4096, 4096));
    for (i = 0; i < 3; i++) {
        fflush(stdout);
        if (fork() == 0)
            _exit(area[i * 4096]);
        wait(&status);
        if (WIFSIGNALED(status))
            printf("page %d: %s\n", i, strsignal(WTERMSIG(status)));
        else
            printf("page %d: %c\n", i, WEXITSTATUS(status));
    }
    again = mmap(area + 4096, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    printf("filled again: at its place %d, zero %d\n", again == area + 4096, *again == 0);
    printf("munmap nothing: %d\n", munmap(area + 4096, 4096) || munmap(area + 4096, 4096));

    if (mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
        printf("length 0: %s\n", strerror(errno));
    if (mmap(NULL, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
        printf("neither shared nor private: %s\n", strerror(errno));
    if (munmap(area + 1, 4096) == -1)
        printf("munmap not on a page: %s\n", strerror(errno));
    if (mprotect(area + 4096, 4096, PROT_READ) == -1)
        printf("mprotect of a hole: %s\n", strerror(errno));
    if (mprotect(area + 1, 4096, PROT_READ) == -1)
        printf("mprotect not on a page: %s\n", strerror(errno));
    return 0;
}
