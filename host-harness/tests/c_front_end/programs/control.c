#include <stdio.h>
static int sw(int n) { switch (n) { case 1: return 10; case 2: n += 5; case 3: n *= 2; break; case 'x': case -4: return 99; default: n = -1; } return n; }
static const char *day(int d) { switch (d) { case 0: return "sun"; case 1: return "mon"; case 2: return "tue"; case 3: return "wed"; case 4: return "thu"; case 5: return "fri"; case 6: return "sat"; case 100: return "hundred"; case -1: return "minus"; } return "?"; }
static int collatz(long n) { int steps = 0; while (n != 1) { n = n % 2 ? 3 * n + 1 : n / 2; steps++; } return steps; }
static int fact(int n) { return n <= 1 ? 1 : n * fact(n - 1); } static int fib(int n) { if (n < 2) return n; return fib(n - 1) + fib(n - 2); }
static int ack(int m, int n) { return m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)); }
static int counter(void) { static int n = 10; return n++; } int even(int); int odd(int n) { return n ? even(n - 1) : 0; } int even(int n) { return n ? odd(n - 1) : 1; }
static int log_[20], nlog; static int note(int v, int r) { log_[nlog++] = v; return r; }
int main(void)
{
    for (int i = -5; i < 5; i++) printf("%d ", sw(i)); printf("%d\n", sw('x')); for (int i = -2; i < 8; i++) printf("%s ", day(i)); printf("%s\n", day(100));
    printf("%d %d %d %d\n", collatz(27), fact(10), fib(15), ack(2, 3)); counter(); counter(); printf("%d %d %d\n", counter(), even(10), odd(7));
    int i = 0; do { if (i == 3) continue; if (i == 6) break; printf("%d ", i); } while (++i < 10); printf("\n"); for (;;) { if (i++ > 8) break; } printf("%d\n", i);
    for (int a = 0, b = 10; a < b; a++, b--) if (a == 4) printf("%d %d\n", a, b); int k = 0; again: if (k < 3) { printf("%d ", k++); goto again; } goto end; printf("skipped\n"); end: printf("\n");
    int r = note(1, 0) && note(2, 1); r += note(3, 1) || note(4, 1); r = r + (note(5, 0) || note(6, 1)); for (int j = 0; j < nlog; j++) printf("%d ", log_[j]); printf("= %d\n", r);
    int x = 5; x = x > 3 ? x < 10 ? 1 : 2 : 3; printf("%d\n", x); x = (1, 2, 3); printf("%d\n", x); while (x-- > 0) { int x = 100; x++; } printf("%d\n", x); { int x = 1; { int x = 2; printf("%d ", x); } printf("%d\n", x); }
    for (i = 0; i < 3; i++) switch (i) { case 0: continue; case 1: printf("one "); break; default: printf("other\n"); } if (0) ; else if (1) printf("else if\n"); else printf("no\n");
    int n = 7; switch (n % 4) { case 0: do { printf("0"); case 3: printf("3"); case 2: printf("2"); case 1: printf("1"); } while ((n -= 4) > 0); } printf("\n"); unsigned long ul = 5; switch (ul) { case 5UL: printf("five\n"); }
    int w = 1 && 0 || 1; printf("%d %d %d\n", w, 1 & 3 == 3, 5 & ~1 | 8 ^ 3); printf("%d\n", !w == 0); if (!(w && x < 0) || w == 3) printf("T\n"); else printf("F\n"); switch (3) { int unused; case 3: unused = 4; printf("%d\n", unused); }
    switch (w) { case 1 ... 5: printf("range\n"); } return fact(5) & 0x7f;
}
