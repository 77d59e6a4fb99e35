/* After exec nothing is left of the old memory: a shared mapping written by the child before exec keeps what it was told, no more. */
#include <stdio.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int private = 1;

    if (fork() == 0) {
        *shared = 10;
        private = 10;
        execl("/bin/true", "true", (char *)NULL);
        *shared = 20;
        _exit(127);
    }
    wait(NULL);
    printf("shared %d, private %d\n", *shared, private);
    return 0;
}
