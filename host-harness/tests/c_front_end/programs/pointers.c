#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int g = 5, *gp = &g, arr[5] = {1, 2, 3, 4, 5}, *ap = arr + 2, **app = &ap;
char *names[] = {"one", "two", "three"}; int grid[2][3] = {{1, 2, 3}, {4, 5, 6}};
static void swap(int *a, int *b) { int t = *a; *a = *b; *b = t; }
static int sum(int *p, int n) { int s = 0; while (n--) s += *p++; return s; }
static int total(int m[][3], int rows) { int s = 0; for (int i = 0; i < rows; i++) for (int j = 0; j < 3; j++) s += m[i][j]; return s; }
static int add(int a, int b) { return a + b; } static int sub(int a, int b) { return a - b; }
typedef int (*op)(int, int); static op pick(char c) { return c == '+' ? add : sub; }
static int apply(int f(int, int), int x) { return f(x, 1); }
int (*table[2])(int, int) = {add, sub};
int main(void)
{
    int x = 1, y = 2; swap(&x, &y); printf("%d %d\n", x, y); printf("%d %d %d %d\n", *gp, *ap, ap[-1], **app);
    printf("%d %d\n", sum(arr, 5), total(grid, 2)); printf("%s %c %s\n", names[1], *names[2], names[0] + 1);
    int *p = arr, *q = &arr[4]; printf("%ld %d %d\n", q - p, p < q, *(p + 3)); p += 2; p--; printf("%d %d\n", *p, 2[arr]);
    char buf[20] = "hello", *s = buf; while (*s) s++; printf("%ld %lu\n", s - buf, sizeof buf);
    printf("%d %d %d\n", pick('+')(3, 4), (*pick('-'))(3, 4), apply(sub, 10)); printf("%d\n", table[1](9, 4));
    int (*pa)[3] = grid; printf("%d %d %lu\n", (*pa)[1], pa[1][2], sizeof *pa); void *v = &x; *(int *)v = 77; printf("%d\n", x);
    int *h = malloc(10 * sizeof *h); for (int i = 0; i < 10; i++) h[i] = i * i; printf("%d\n", h[9]); h = realloc(h, 100 * sizeof *h); printf("%d\n", h[9]); free(h);
    char **w = malloc(2 * sizeof(char *)); w[0] = strdup("ab"); w[1] = "cd"; printf("%s%s\n", w[0], w[1]);
    int *np = NULL; printf("%d %d %d\n", np == NULL, !np, p && 1); const char *cs = "const"; printf("%s\n", cs);
    long addr = (long)p; printf("%d\n", *(int *)addr); unsigned char *bytes = (unsigned char *)&g; printf("%d %d\n", bytes[0], bytes[3]);
    int i = 2; arr[i++] = 50; printf("%d %d\n", arr[2], i); int m[3][4][5]; m[1][2][3] = 9; printf("%d %lu %lu\n", *(*(*(m + 1) + 2) + 3), sizeof m, sizeof m[0]);
    int **rows = malloc(3 * sizeof *rows); for (i = 0; i < 3; i++) { rows[i] = calloc(4, sizeof **rows); rows[i][i] = i + 1; } printf("%d %d\n", rows[2][2], rows[2][1]);
    for (char *c = "abc"; *c; ++c) putchar(*c + 1); putchar('\n'); p = &arr[0]; printf("%d ", *p++); printf("%d ", (*p)++); printf("%d\n", ++*p);
    op o = &add; printf("%d %d\n", (*o)(1, 2), (**o)(3, 4)); printf("%d\n", (o == add)); return 0;
}
