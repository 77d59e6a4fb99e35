/* A gigabyte of address space costs nothing until it is touched; fork does not copy what is not there. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define GIGA (1UL << 30)

int main(void)
{
    int status;
    char *area = mmap(NULL, GIGA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (area == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    area[0] = 1;
    area[GIGA / 2] = 2;
    area[GIGA - 1] = 3;
    if (fork() == 0) {
        area[GIGA / 2] += 10;
        area[GIGA / 4] += 20;
        _exit(area[0] + area[GIGA / 2] + area[GIGA - 1] + area[GIGA / 4]);
    }
    wait(&status);
    printf("child's sum %d\n", WEXITSTATUS(status));
    printf("parent's sum %d\n", area[0] + area[GIGA / 2] + area[GIGA - 1] + area[GIGA / 4]);
    return 0;
}
