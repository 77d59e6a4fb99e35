/* Reading lines: fgets with a small buffer, getline without limit; ungetc. */
// stdin: short\na line that is longer than the buffer\n\nno newline at the end
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char small[10], *line = NULL;
    size_t cap = 0;
    ssize_t len;
    int c;

    fgets(small, sizeof small, stdin);
    printf("[%s]", small);
    fgets(small, sizeof small, stdin);
    printf("[%s]\n", small);
    c = getchar();
    ungetc('#', stdin);
    while ((len = getline(&line, &cap, stdin)) != -1)
        printf("%2zd: %s%s", len, line, line[len - 1] == '\n' ? "" : "<EOF>\n");
    printf("c was '%c', feof %d\n", c, feof(stdin) != 0);
    free(line);
    return 0;
}
