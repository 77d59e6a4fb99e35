/* wc [-lwc]: counts the lines, words and bytes of its standard input. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    long lines = 0, words = 0, bytes = 0;
    const char *which = argc > 1 && argv[1][0] == '-' ? argv[1] + 1 : "lwc";
    int alone = which[0] && !which[1];
    int width = alone ? 1 : 7, between = 0;
    int c, before = ' ';

    while ((c = getchar()) != EOF) {
        bytes++;
        lines += c == '\n';
        words += isspace(before) && !isspace(c);
        before = c;
    }
    if (strchr(which, 'l'))
        between = printf("%*ld", width, lines);
    if (strchr(which, 'w'))
        between = printf("%s%*ld", between ? " " : "", width, words);
    if (strchr(which, 'c'))
        printf("%s%*ld", between ? " " : "", width, bytes);
    putchar('\n');
    return 0;
}
