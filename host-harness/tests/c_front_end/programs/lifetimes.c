/* Objects without a name live as long as their block: through the calls that get pointers to them. */
#include <stdio.h>
#include <string.h>
struct text { char s[16]; int n; };
static struct text name(int n) { struct text t; sprintf(t.s, "name %d", n); t.n = n; return t; }
static int sum(int *p, int n) { int local[50]; memset(local, 7, sizeof local); int s = 0; while (n--) s += *p++; return s; }
static int count(char **v) { char junk[200]; memset(junk, 1, sizeof junk); int n = 0; while (*v) n += strlen(*v++); return n; }
static int both(struct text a, int *p, struct text b) { char junk[100]; memset(junk, 9, sizeof junk); return a.n * 100 + *p * 10 + b.n; }
static int *keep;
int main(void)
{
    printf("%d\n", sum((int[]){1, 2, 3}, 3)); printf("%d\n", count((char *[]){"one", "three", NULL}));
    printf("%d %d\n", sum((int[]){1, 2, 3}, 2), sum((int[]){4, 5, 6}, sum((int[]){1}, 1) + 1));
    printf("%s %s\n", name(1).s, name(2).s); printf("%d\n", both(name(3), &(int){4}, name(5)));
    keep = (int[]){7, 8, 9}; sum(keep, 3); printf("%d %d\n", keep[0], keep[2]); printf("%d\n", *(&(int){5} + 0) + sum(&(int){6}, 1));
    int n = 7; printf("%d characters before%n\n", n, &(int){0}); struct text *t = &(struct text){"lit", 3}; printf("%s %d\n", t->s, t->n);
    for (int i = 0; i < 3; i++) { int *p = (int[]){i, i + 1}; printf("%d ", sum(p, 2)); } puts("");
    int v = name(sum((int[]){2, 2}, 2)).n; printf("%d %s\n", v, strcmp(name(6).s, "name 6") ? "no" : "yes"); return 0;
}
