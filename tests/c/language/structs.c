/* Structs: nested, assigned, passed and returned by value, arrays of them, pointers into them, sizes and padding. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct point { int x, y; };

struct rect {
    struct point min, max;
    char name[8];
};

typedef struct person {
    char initial;
    double height;
    short age;
    struct person *boss;
} Person;

union word {
    unsigned int whole;
    unsigned char byte[4];
};

enum color { RED, GREEN = 5, BLUE };

static struct point add(struct point a, struct point b)
{
    a.x += b.x;
    a.y += b.y;
    return a;
}

static struct rect grow(struct rect r, int by)
{
    r.max = add(r.max, (struct point){ by, by });
    strcpy(r.name, "grown");
    return r;
}

int main(void)
{
    struct rect r = { { 1, 2 }, { 3, 4 }, "first" }, s;
    struct point grid[2][3] = { [1] = { [2] = { .y = 9, .x = 8 } } };
    Person boss = { 'B', 1.80, 50, NULL }, ann = { .initial = 'A', .boss = &boss, .age = 30 };
    union word w = { 0x01020304 };
    enum color c = BLUE;

    s = grow(r, 10);
    printf("%s (%d,%d)-(%d,%d)\n", r.name, r.min.x, r.min.y, r.max.x, r.max.y);
    printf("%s (%d,%d)-(%d,%d)\n", s.name, s.min.x, s.min.y, s.max.x, s.max.y);
    printf("%d %d %d\n", grid[1][2].x, grid[1][2].y, grid[0][0].x);
    printf("%c's boss is %c, %.2f m\n", ann.initial, ann.boss->initial, ann.boss->height);
    printf("%zu %zu %zu %zu\n", sizeof(struct rect), sizeof(Person), offsetof(Person, height), offsetof(Person, boss));
    printf("%d %d, %d\n", w.byte[0], w.byte[3], c);
    struct point *p = &grid[0][0];
    printf("%d\n", (p + 5)->y);
    return 0;
}
