/* Returning the address of a local array gives garbage; returning a static one works; malloc works. The student keeps two. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *good_static(int n)
{
    static char buffer[32];
    sprintf(buffer, "number %d", n);
    return buffer;
}

char *good_malloc(int n)
{
    char *buffer = malloc(32);
    sprintf(buffer, "number %d", n);
    return buffer;
}

int main()
{
    char *a = good_static(1), *b = good_static(2);
    char *c = good_malloc(1), *d = good_malloc(2);
    printf("%s, %s (the same buffer)\n", a, b);
    printf("%s, %s\n", c, d);
    free(c); free(d);
    return 0;
}
