/* Printing into a closed descriptor: printf only fills the buffer, the error comes with fflush. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    int saved = dup(1);
    int r1, r2, e2, err;

    close(1);
    r1 = printf("into the void\n");
    errno = 0;
    r2 = fflush(stdout);
    e2 = errno;
    err = ferror(stdout) != 0;
    dup2(saved, 1);
    clearerr(stdout);
    dprintf(saved, "printf returned %d, fflush %d (%s), error flag %d\n", r1, r2, strerror(e2), err);
    return 0;
}
