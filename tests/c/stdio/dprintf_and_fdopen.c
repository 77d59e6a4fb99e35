/* A FILE over a pipe end: its buffer is the process's memory, the reader sees nothing before it is flushed or closed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    int fd[2];
    char line[80];
    FILE *out, *in;

    pipe2(fd, O_NONBLOCK);
    out = fdopen(fd[1], "w");
    in = fdopen(fd[0], "r");
    fprintf(out, "%s %d\n", "buffered", 1);
    if (fgets(line, sizeof line, in) == NULL)
        printf("nothing yet: %s\n", strerror(errno));
    clearerr(in);
    fflush(out);
    if (fgets(line, sizeof line, in))
        printf("now: %s", line);
    dprintf(fileno(out), "straight %s\n", "through");
    if (fgets(line, sizeof line, in))
        printf("at once: %s", line);
    fprintf(out, "last words\n");
    fclose(out);
    while (fgets(line, sizeof line, in))
        printf("after fclose: %s", line);
    printf("end of file: %d\n", feof(in) != 0);
    fclose(in);
    return 0;
}
