/* Recursion: towers of Hanoi, Ackermann, permutations, mutual recursion, and a deep one. */
#include <stdio.h>

static int moves;

static void hanoi(int n, char from, char to, char via)
{
    if (n == 0)
        return;
    hanoi(n - 1, from, via, to);
    if (++moves <= 3)
        printf("disk %d from %c to %c\n", n, from, to);
    hanoi(n - 1, via, to, from);
}

static int ackermann(int m, int n)
{
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static void permute(char *s, int k)
{
    char t;

    if (!s[k]) {
        printf("%s ", s);
        return;
    }
    for (int i = k; s[i]; i++) {
        t = s[k], s[k] = s[i], s[i] = t;
        permute(s, k + 1);
        t = s[k], s[k] = s[i], s[i] = t;
    }
}

static int odd(int n);
static int even(int n) { return n == 0 ? 1 : odd(n - 1); }
static int odd(int n) { return n == 0 ? 0 : even(n - 1); }

static long depth(long n) { return n == 0 ? 0 : 1 + depth(n - 1); }

int main(void)
{
    char abc[] = "abc";

    hanoi(8, 'A', 'C', 'B');
    printf("%d moves\n", moves);
    printf("ackermann(2, 3) = %d\n", ackermann(2, 3));
    permute(abc, 0);
    printf("\n%d %d %ld\n", even(10), odd(10), depth(10000));
    return 0;
}
