#include <stdio.h>
#include <stddef.h>
#include <string.h>
struct point { int x, y; }; struct rect { struct point a, b; char name[8]; double w; };
typedef struct node { int v; struct node *next; } node; union u { int i; float f; char c[8]; struct point p; };
struct big { long a[10]; }; struct flags { unsigned a : 3; unsigned b : 5; int c : 4; unsigned d : 20; unsigned e : 1; _Bool f : 1; };
struct { int anon; } single = {9}; enum color { RED, GREEN = 5, BLUE }; struct empty_tail { char c; short s; char d; long l; };
struct outer { int k; union { int i; char c; }; struct { int m, n; }; };
struct fn { int (*f)(int); const char *name; }; static int twice(int x) { return 2 * x; }
struct point make(int x, int y) { struct point p = {x, y}; return p; }
struct point add(struct point a, struct point b) { a.x += b.x; a.y += b.y; return a; }
struct big fill(int n) { struct big b; for (int i = 0; i < 10; i++) b.a[i] = n + i; return b; }
long sum(struct big b, int k, struct point p) { long s = 0; for (int i = 0; i < 10; i++) s += b.a[i]; return s * k + p.x; }
struct rect r0 = {{1, 2}, {3, 4}, "abc", 2.5}, r1 = {.b = {.y = 7}, .name = "xy", .a.x = 3};
struct point pts[] = {{1, 2}, {3, 4}, [4] = {9, 9}}; struct fn fns[] = {{twice, "twice"}, {.name = "none"}};
int main(void)
{
    struct point p = make(3, 4), q = p; q.x = 10; printf("%d %d %d %d\n", p.x, p.y, q.x, add(p, q).y);
    printf("%d %d %s %g\n", r0.b.x, r0.a.y, r0.name, r0.w); printf("%d %d %s %g\n", r1.a.x, r1.b.y, r1.name, r1.w);
    printf("%lu %lu %lu %lu\n", sizeof(struct rect), sizeof(union u), sizeof(struct flags), sizeof(struct empty_tail));
    printf("%lu %lu %lu\n", offsetof(struct rect, name), offsetof(struct empty_tail, l), offsetof(struct rect, b.y));
    node c = {3, NULL}, b = {2, &c}, a = {1, &b}; int s = 0; for (node *n = &a; n; n = n->next) s = s * 10 + n->v; printf("%d %d\n", s, a.next->next->v);
    union u u; u.f = 1.0f; printf("%x\n", u.i); u.i = 0x41424344; printf("%c%c\n", u.c[0], u.c[3]); u.p = p; printf("%d\n", u.p.y);
    struct flags f = {5, 17, -3, 1000000, 1, 1}; printf("%d %d %d %d %d %d\n", f.a, f.b, f.c, f.d, f.e, f.f); f.a = 9; f.c = 7; f.c++; f.d -= 1; printf("%d %d %d %d\n", f.a, f.c, f.d, f.b);
    printf("%ld\n", sum(fill(5), 2, make(7, 8))); struct rect *rp = &r0; rp->a.x = 100; (*rp).b.y++; printf("%d %d\n", r0.a.x, r0.b.y); struct rect r2 = *rp; r2.a = q; printf("%d\n", r2.a.x);
    printf("%lu %d %d\n", sizeof pts / sizeof *pts, pts[4].x, pts[2].y); struct point *pp = pts; pp++; printf("%d %d\n", pp->x, (pp - 1)->y); struct outer o = {1, {2}, {3, 4}}; o.c = 'A'; printf("%d %d %d\n", o.i, o.m, o.n);
    printf("%d %s %d\n", fns[0].f(21), fns[0].name, fns[1].f == 0); enum color col = BLUE; printf("%d %d %d\n", RED, GREEN, col); struct point arr2[3] = {{1}}; arr2[1] = arr2[0]; printf("%d %d\n", arr2[1].x, arr2[2].y);
    p = (struct point){.y = 5}; printf("%d %d\n", p.x, p.y); int *lit = (int[]){7, 8, 9}; printf("%d\n", lit[2]); printf("%d\n", make(1, 2).y); const struct point cp = {1, 2}; printf("%d\n", cp.y);
    struct point t = s > 5 ? p : q; printf("%d\n", t.y); (s > 5 ? &p : &q)->x = 55; printf("%d\n", p.x); memset(&r2, 0, sizeof r2); printf("%d %s|\n", r2.a.x, r2.name); struct big bb = fill(1), bc; bc = bb; printf("%ld %d\n", bc.a[9], memcmp(&bb, &bc, sizeof bb));
    struct { int a; struct { int b[2]; } in; } nested = {1, {{2, 3}}}; printf("%d %d\n", nested.in.b[1], single.anon); p = q = make(6, 6); printf("%d %d\n", p.x, q.y); return 0;
}
