/* fread, fwrite, getdelim, fputc, fputs, sprintf, asprintf, fscanf on pipes. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct record { int key; char name[12]; };

int main(void)
{
    struct record out[3] = { { 1, "one" }, { 2, "two" }, { 3, "three" } }, in[5];
    int fd[2], n, a, b;
    size_t cap = 0;
    char *field = NULL, *made, text[50];
    FILE *w, *r;

    pipe(fd);
    w = fdopen(fd[1], "w");
    r = fdopen(fd[0], "r");
    printf("written: %zu\n", fwrite(out, sizeof out[0], 3, w));
    fputs("red:green:blue\n", w);
    fputc('#', w);
    fprintf(w, "%d,%d\n", 12, 34);
    fclose(w);
    printf("read: %zu\n", fread(in, sizeof in[0], 3, r));
    printf("%d %s, %d %s\n", in[0].key, in[0].name, in[2].key, in[2].name);
    n = getdelim(&field, &cap, ':', r);
    printf("%d %s\n", n, field);
    n = getdelim(&field, &cap, ':', r);
    printf("%d %s\n", n, field);
    printf("%s", fgets(text, sizeof text, r));
    printf("%c ", getc(r));
    n = fscanf(r, "%d,%d", &a, &b);
    printf("%d: %d %d\n", n, a, b);
    printf("left: %zu, ", fread(in, 1, sizeof in, r));
    printf("end %d\n", feof(r) != 0);
    fclose(r);
    n = asprintf(&made, "%s-%03d", "made", 7);
    printf("%d %s\n", n, made);
    free(made);
    free(field);
    n = sprintf(text, "%c%c%c", 'a', 'b', 'c');
    printf("%d %s\n", n, text);
    fwrite("no newline", 1, 10, stdout);
    putchar('\n');
    return 0;
}
