/* cat [-]...: copies its standard input to its standard output. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char buffer[131072];

static int copy(void)
{
    ssize_t n, done, written;

    while ((n = read(STDIN_FILENO, buffer, sizeof buffer)) > 0)
        for (done = 0; done < n; done += written) {
            written = write(STDOUT_FILENO, buffer + done, (size_t)(n - done));
            if (written < 0) {
                perror("cat: write error");
                return 1;
            }
        }
    if (n < 0) {
        perror("cat: -");
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int status = 0;
    int i;

    if (argc == 1)
        return copy();
    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-") == 0) {
            status |= copy();
        } else {
            fprintf(stderr, "cat: %s: %s\n", argv[i], strerror(ENOENT));
            status = 1;
        }
    }
    return status;
}
