/* A writer that meets a full pipe sleeps until a reader makes room. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
    static char block[4096];
    volatile int *written = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int fd[2], i, n, before;
    long total = 0;

    pipe(fd);
    if (fork() == 0) {
        close(fd[0]);
        for (i = 0; i < 20; i++) {
            write(fd[1], block, sizeof block);
            (*written)++;
        }
        _exit(0);
    }
    close(fd[1]);
    while (*written < 16)
        usleep(1000);
    usleep(50000);
    before = *written;
    printf("blocked after %d blocks\n", before);
    while ((n = read(fd[0], block, sizeof block)) > 0)
        total += n;
    wait(NULL);
    printf("all %d blocks written, %ld bytes read\n", *written, total);
    return 0;
}
