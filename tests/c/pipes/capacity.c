/*
 * A pipe is 16 pages, and a write only fills up the last one if it fits there as a whole: so the number of bytes
 * that a pipe holds depends on the size of the writes. (pipe(7) says 65536.)
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    static char block[70000];
    int sizes[] = { 1, 64, 1000, 1365, 1366, 2048, 2049, 3000, 4095, 4096, 5000, 8192, 65536, 70000 };
    unsigned i;

    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int fd[2], n;
        long total = 0, writes = 0;

        pipe(fd);
        fcntl(fd[1], F_SETFL, O_NONBLOCK);
        while ((n = write(fd[1], block, sizes[i])) > 0) {
            total += n;
            writes++;
        }
        printf("writes of %5d: %5ld of them, %ld bytes\n", sizes[i], writes, total);
        close(fd[0]);
        close(fd[1]);
    }
    return 0;
}
