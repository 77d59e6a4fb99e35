/* MAP_SHARED memory stays one across fork, MAP_PRIVATE memory is copied. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
    int *shared = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int *private = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED || private == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    printf("fresh: shared %d, private %d\n", *shared, *private);
    *shared = *private = 1;
    fflush(stdout);
    if (fork() == 0) {
        *shared += 41;
        *private += 41;
        printf("child: shared %d, private %d\n", *shared, *private);
        exit(EXIT_SUCCESS);
    }
    wait(NULL);
    printf("parent: shared %d, private %d\n", *shared, *private);
    munmap(shared, sizeof(int));
    munmap(private, sizeof(int));
    return 0;
}
