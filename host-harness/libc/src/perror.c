/* The text of errno on stderr. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

void perror(const char *s)
{
    const char *colon = s && *s ? ": " : "";
    int error = errno;

    fprintf(stderr, "%s%s%s\n", s && *s ? s : "", colon, strerror(error));
}
