/* ctype.h over all of ASCII: a row a function, a mark where it says yes. */
#include <ctype.h>
#include <stdio.h>

static void row(const char *name, int (*is)(int))
{
    int c, n = 0, sum = 0;

    printf("%-9s", name);
    for (c = 0; c < 128; c++)
        if (is(c)) {
            n++;
            sum += c;
        }
    printf("%3d characters, sum %d, EOF %d, 200 %d\n", n, sum, is(-1) != 0, is(200) != 0);
}

int main(void)
{
    int c;

    row("isalnum", isalnum);
    row("isalpha", isalpha);
    row("isblank", isblank);
    row("iscntrl", iscntrl);
    row("isdigit", isdigit);
    row("isgraph", isgraph);
    row("islower", islower);
    row("isprint", isprint);
    row("ispunct", ispunct);
    row("isspace", isspace);
    row("isupper", isupper);
    row("isxdigit", isxdigit);
    for (c = 0; "aZ09_~"[c]; c++)
        printf("%c%c ", toupper("aZ09_~"[c]), tolower("aZ09_~"[c]));
    printf("\n%d %d %d\n", isascii('a') != 0, isascii(200) != 0, toascii(200));
    return 0;
}
