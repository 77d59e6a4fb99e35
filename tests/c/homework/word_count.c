/* The parent reads text from stdin and sends it to a child, who counts lines, words and characters. */
// stdin: the quick brown fox\njumps over\n\n  the lazy dog\n
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

struct counts { int lines, words, chars; };

int main(void)
{
    int text[2], answer[2], c;
    struct counts n = { 0, 0, 0 };

    pipe(text);
    pipe(answer);
    if (fork() == 0) {
        FILE *in = fdopen(text[0], "r");
        int inside = 0;

        close(text[1]);
        while ((c = fgetc(in)) != EOF) {
            n.chars++;
            if (c == '\n')
                n.lines++;
            if (isspace(c))
                inside = 0;
            else if (!inside++)
                n.words++;
        }
        write(answer[1], &n, sizeof n);
        exit(0);
    }
    FILE *out = fdopen(text[1], "w");
    while ((c = getchar()) != EOF)
        putc(c, out);
    fclose(out);
    read(answer[0], &n, sizeof n);
    wait(NULL);
    printf("%7d%8d%8d\n", n.lines, n.words, n.chars);
    return 0;
}
