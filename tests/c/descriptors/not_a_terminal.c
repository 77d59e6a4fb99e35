/* stdout is a pipe here, and isatty says so: ENOTTY. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    int r;

    errno = 0;
    r = isatty(STDOUT_FILENO);
    printf("stdout: %d %s\n", r, strerror(errno));
    errno = 0;
    r = isatty(99);
    printf("nothing: %d %s\n", r, strerror(errno));
    return 0;
}
