/* echo [-n] WORD...: prints its arguments. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    int newline = 1;
    int i = 1;

    for (; i < argc && strcmp(argv[i], "-n") == 0; i++)
        newline = 0;
    for (; i < argc; i++) {
        fputs(argv[i], stdout);
        if (i + 1 < argc)
            putchar(' ');
    }
    if (newline)
        putchar('\n');
    if (fflush(stdout) == EOF) {
        perror("echo: write error");
        return 1;
    }
    return 0;
}
