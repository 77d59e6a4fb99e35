/* Arrays: two-dimensional, of strings, of pointers, passed to functions, variable length, pointer arithmetic. */
#include <stdio.h>

#define ROWS 3
#define COLS 4

static int table[ROWS][COLS] = { { 1, 2, 3, 4 }, { 5, 6 }, { 9 } };
static const char *days[] = { "Mon", "Tue", "Wed", "Thu", "Fri" };

static int sum(int a[][COLS], int rows)
{
    int i, j, s = 0;

    for (i = 0; i < rows; i++)
        for (j = 0; j < COLS; j++)
            s += a[i][j];
    return s;
}

static int sum_vla(int n, int m, int a[n][m])
{
    int s = 0;

    for (int *p = &a[0][0]; p < &a[0][0] + n * m; p++)
        s += *p;
    return s;
}

static void reverse(int *a, int n)
{
    int *l = a, *r = a + n - 1;

    while (l < r) {
        int t = *l;
        *l++ = *r;
        *r-- = t;
    }
}

int main(void)
{
    int a[] = { 1, 2, 3, 4, 5, 6, 7 }, n = sizeof a / sizeof a[0], i;
    char grid[3][6] = { "abcde", "fghij", "klmno" };
    int (*row)[COLS] = table;

    reverse(a, n);
    for (i = 0; i < n; i++)
        printf("%d%s", a[i], i < n - 1 ? " " : "\n");
    printf("sum %d, %d, %d\n", sum(table, ROWS), sum_vla(ROWS, COLS, table), row[1][1]);
    printf("%s %c %c %c\n", days[2], days[0][1], *days[1], *(*(days + 4) + 2));
    printf("%c%c%c %s\n", grid[0][0], grid[1][1], 2[grid][2], grid[1] + 3);
    printf("%zu %zu %zu %ld\n", sizeof table, sizeof table[0], sizeof days / sizeof *days, (long)(&a[5] - &a[2]));
    return 0;
}
