#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
static int vsum(int n, ...) { va_list ap; int s = 0; va_start(ap, n); while (n--) s += va_arg(ap, int); va_end(ap); return s; }
static double mixed(const char *f, ...) { va_list ap, copy; double t = 0; va_start(ap, f); va_copy(copy, ap); for (; *f; f++) switch (*f) { case 'i': t += va_arg(ap, int); break; case 'd': t += va_arg(ap, double); break; case 'l': t += va_arg(ap, long); break; case 's': t += va_arg(ap, char *)[0]; } va_end(ap); t += va_arg(copy, int); va_end(copy); return t; }
static void logf_(const char *fmt, ...) { va_list ap; va_start(ap, fmt); vprintf(fmt, ap); va_end(ap); }
struct pair { long a; int b; }; static int pairs(int n, ...) { va_list ap; int s = 0; va_start(ap, n); for (int i = 0; i < n; i++) { struct pair p = va_arg(ap, struct pair); s += p.a * p.b; } va_end(ap); return s; }
int old(a, b, c) int a; char b; float c; { return a + b + (int)(c * 2); } int many(int a, char b, short c, long d, float e, double f, char *g, unsigned char h, int i, int j) { printf("%d %d %d %ld %g %g %s %d %d %d\n", a, b, c, d, e, f, g, h, i, j); return a; }
static inline int inl(int x) { return x + 1; } static void nothing(void) {} static void (*noth)(void) = nothing; extern int later; int later = 12; static int shadow = 1; int main_helper(void); int proto();
typedef struct { int (*cmp)(const void *, const void *); } ops; static int cmpi(const void *a, const void *b) { return *(int *)b - *(int *)a; } static ops o = {cmpi}; static unsigned char narrow(int x) { return x; } static signed char snarrow(long x) { return x; } static _Bool truth(int x) { return x; } static float flt(void) { return 1; }
static int deep(int n) { int local[10]; for (int i = 0; i < 10; i++) local[i] = n; return n == 0 ? 0 : deep(n - 1) + local[9]; } int arr_param(int a[10]) { return sizeof a; } static int const_ptr(const int *const p) { return *p; } int (*get(void))(int) { return inl; } static void out(int *a, long *b, char **c) { *a = 1; *b = 2; *c = "three"; }
int main(int argc, char **argv)
{
    printf("%d %g %d\n", vsum(5, 1, 2, 3, 4, 5), mixed("idls", 1, 2.5, 3L, "A"), argc); logf_("%s %d %c\n", "log", 7, 'x'); struct pair p = {3, 4}, q = {5, 6}; printf("%d\n", pairs(2, p, q)); printf("%d\n", old(1, 'a', 2.5)); many(1, 2, 3, 4, 5.5f, 6.5, "seven", 8, 9, 10); noth(); printf("%d %d\n", later, inl(3)); int v[4] = {3, 1, 4, 1}; qsort(v, 4, sizeof(int), o.cmp); printf("%d%d%d%d\n", v[0], v[1], v[2], v[3]); int shadow = 2; { extern int later; printf("%d %d\n", later, shadow); }
    printf("%d %d %d %g\n", narrow(300), snarrow(200), truth(256), flt()); printf("%d %d %d\n", deep(100), arr_param(v), const_ptr(v)); printf("%d\n", get()(41)); int a; long b; char *c; out(&a, &b, &c); printf("%d %ld %s\n", a, b, c); printf("%d\n", main_helper()); printf("%d\n", proto(5, 6)); printf("%s\n", __func__); float f = 2.5; printf("%f\n", f); char ch = 'x'; short sh = -3; printf("%c %d\n", ch, sh); exit(argv[0] != 0 ? 7 : 8);
}
int main_helper(void) { return shadow * 33; } int proto(int a, int b) { return a * b; }
