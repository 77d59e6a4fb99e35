/* mprotect in the child changes only the child's protection; copy-on-write pages made writable again are still private. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

int main(void)
{
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status;

    strcpy(page, "parent's");
    if (fork() == 0) {
        mprotect(page, 4096, PROT_READ);
        mprotect(page, 4096, PROT_READ | PROT_WRITE);
        strcpy(page, "child's");
        mprotect(page, 8192, PROT_NONE);
        _exit(0);
    }
    wait(&status);
    printf("%s page, child ended with %d\n", page, status);
    page[4096] = 1;
    printf("the second page is writable for me: %d\n", page[4096]);
    return 0;
}
