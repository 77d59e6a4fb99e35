/* scanf, and reading standard input in every way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int a, b, c, n;
static unsigned u;
static long l;
static short h;
static signed char byte;
static double d;
static float f;
static char s[100], t[100];

static void show(int result)
{
    printf("%d: %d %d %d, %u %ld %hd %d, %g %g, '%s' '%s', %d\n", result, a, b, c, u, l, h, byte, d, (double)f, s, t,
           n);
    a = b = c = n = -1;
    u = 0;
    l = h = byte = 0;
    d = f = 0;
    memset(s, 0, sizeof s);
    memset(t, 0, sizeof t);
}

static void from_strings(void)
{
    show(sscanf("12 34 56", "%d %d %d", &a, &b, &c));
    show(sscanf("12,34", "%d,%d", &a, &b));
    show(sscanf("abc", "%d", &a));
    show(sscanf("", "%d", &a));
    show(sscanf("   ", "%d", &a));
    show(sscanf("12abc", "%d%s", &a, s));
    show(sscanf("0x1f 077 0x10", "%i %i %x", &a, &b, &u));
    show(sscanf("12345", "%2d%3d", &a, &b));
    show(sscanf("hello world", "%s %s", s, t));
    show(sscanf("hello world", "%5c", s));
    show(sscanf("abc123", "%[a-z]%d", s, &a));
    show(sscanf("abc]x", "%[]abc]%s", s, t));
    show(sscanf("abc-x", "%[^-]-%s", s, t));
    show(sscanf("3.14 -2e3", "%lf %f", &d, &f));
    show(sscanf("1.5e", "%lf", &d));
    show(sscanf("1.5e+x", "%lf%s", &d, s));
    show(sscanf("inf nan", "%lf %f", &d, &f));
    show(sscanf("infinit", "%lf%s", &d, s));
    show(sscanf("0x1p3 z", "%lf %s", &d, s));
    show(sscanf("-12", "%u", &u));
    show(sscanf("70000 300", "%hd %hhd", &h, &byte));
    show(sscanf("-99999999999999999999", "%ld", &l));
    show(sscanf("10 20", "%*d %d", &a));
    show(sscanf("50%", "%d%%%n", &a, &n));
    show(sscanf("x=5", "x=%d%n", &a, &n));
    show(sscanf("x=5", "y=%d", &a));
    show(sscanf(" 7 ", "%d %n", &a, &n));
    show(sscanf("- 5", "%d", &a));
    show(sscanf("0x", "%x%s", &u, s));
    show(sscanf("08", "%i%s", &a, s));
    show(sscanf("a,b", "%[^,],%s", s, t));
    show(sscanf("   x", " %c", s));
    show(sscanf("5", "%d %d", &a, &b));
    show(sscanf("abc", "%[x]", s));
}

static void from_input(void)
{
    char line[20], block[5000], *longest = 0;
    size_t size = 0, got;
    long length;
    int count = 0, next;

    if (fgets(line, sizeof line, stdin))
        printf("[%s]\n", line);
    if (scanf("%*[^\n]") != EOF)
        printf("the rest of the line is gone\n");
    show(scanf("%d %d", &a, &b));
    show(scanf("%s", s));
    next = getchar();
    printf("%d\n", next);
    ungetc('Q', stdin);
    ungetc('R', stdin);
    next = getchar();
    printf("%c", next);
    next = getchar();
    printf("%c\n", next);
    length = getline(&longest, &size, stdin);
    printf("%ld: %s", length, longest);
    length = getline(&longest, &size, stdin);
    printf("%ld %zu: %s", length, size, longest);
    got = fread(block, 1, 100, stdin);
    printf("%zu %.10s\n", got, block);
    got = fread(block, 1, sizeof block, stdin);
    printf("%zu\n", got);
    while (getchar() != EOF)
        count++;
    printf("%d more, eof %d, error %d\n", count, feof(stdin), ferror(stdin));
    clearerr(stdin);
    next = getchar();
    printf("%d %d\n", next, feof(stdin));
    printf("%d %ld\n", fgets(line, sizeof line, stdin) == 0, (long)getline(&longest, &size, stdin));
    printf("%d ", fputc('x', stdin));
    printf("%d\n", ferror(stdin));
}

int main(void)
{
    from_strings();
    from_input();
    return 0;
}
