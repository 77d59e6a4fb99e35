/* stderr is unbuffered and overtakes what stands in the buffer of stdout, even on the same pipe. */
#include <stdio.h>
#include <errno.h>
#include <unistd.h>

int main(void)
{
    dup2(STDOUT_FILENO, STDERR_FILENO);
    printf("1: printf to stdout\n");
    fprintf(stderr, "2: fprintf to stderr\n");
    printf("3: printf to stdout\n");
    write(STDOUT_FILENO, "4: write\n", 9);
    fflush(stdout);
    errno = ENOENT;
    perror("5: perror");
    fputs("6: fputs to stderr\n", stderr);
    return 0;
}
