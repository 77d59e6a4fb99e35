/* MADV_WIPEONFORK: the child finds zeroes, the parent keeps its secrets. Only for private anonymous memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
    char *secret = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    strcpy(secret, "key");
    strcpy(secret + 4096, "plain");
    if (madvise(secret, 4096, MADV_WIPEONFORK) == -1)
        perror("madvise");
    if (madvise(shared, 4096, MADV_WIPEONFORK) == -1)
        printf("shared memory: %s\n", strerror(errno));
    fflush(stdout);
    if (fork() == 0) {
        printf("child: \"%s\" \"%s\"\n", secret, secret + 4096);
        strcpy(secret, "new");
        fflush(stdout);
        if (fork() == 0) {          /* the mark is inherited */
            printf("grandchild: \"%s\"\n", secret);
            exit(0);
        }
        wait(NULL);
        exit(0);
    }
    wait(NULL);
    printf("parent: \"%s\" \"%s\"\n", secret, secret + 4096);
    return 0;
}
