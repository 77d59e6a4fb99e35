/* Where malloc puts blocks, how it reuses them, and when the heap grows and shrinks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *start;

static void where(const char *what, void *p)
{
    printf("%s: %ld, the break %ld\n", what, p ? (long)((char *)p - start) : -1L, (long)((char *)sbrk(0) - start));
}

static void sizes(void)
{
    static const size_t size[] = {0, 1, 8, 24, 25, 40, 41, 100, 1000, 1032, 1033, 5000, 60000};
    void *p[sizeof size / sizeof *size];
    size_t i;

    for (i = 0; i < sizeof size / sizeof *size; i++) {
        p[i] = malloc(size[i]);
        where("malloc", p[i]);
    }
    for (i = 0; i < sizeof size / sizeof *size; i++)
        free(p[i]);
    for (i = 0; i < sizeof size / sizeof *size; i++)
        if (size[i] <= 1032) {
            p[i] = malloc(size[i]);
            where("again", p[i]);
        }
}

static void reuse(void)
{
    void *a = malloc(48), *b = malloc(48), *c = malloc(48), *first, *second;

    free(a);
    free(b);
    first = malloc(48);
    second = malloc(48);
    printf("the last freed comes first: %d, then the one before: %d\n", first == b, second == a);
    free(c);
    printf("another size does not take it: %d\n", malloc(64) == c);
}

static void growing(void)
{
    char *p = malloc(10), *q;
    int i;

    strcpy(p, "contents");
    for (i = 20; i < 300000; i *= 3) {
        q = realloc(p, (size_t)i);
        printf("to %d: %s\n", i, q);
        p = q;
    }
    p = realloc(p, 16);
    printf("back: %s\n", p);
    free(p);
    p = calloc(1000, 3);
    for (i = 0; i < 3000 && p[i] == 0; i++)
        ;
    printf("zeros: %d\n", i);
    printf("impossible: %d %d %d\n", malloc((size_t)-1) == 0, calloc((size_t)-1, 2) == 0,
           realloc(p, (size_t)-100) == 0);
}

static void top(void)
{
    void *p[40];
    int i;

    for (i = 0; i < 40; i++)
        p[i] = malloc(100000);
    printf("grown: %ld\n", (long)((char *)sbrk(0) - start) / 1000000);
    for (i = 39; i >= 0; i--)
        free(p[i]);
    printf("shrunk: %d\n", (char *)sbrk(0) - start < 1000000);
    p[0] = malloc(1 << 20);
    printf("mapped: %d\n", (char *)p[0] > (char *)sbrk(0) && ((long)p[0] & 4095) == 16);
    free(p[0]);
    p[0] = malloc(1 << 20);
    printf("no longer mapped: %d\n", (char *)p[0] < (char *)sbrk(0));
}

/* Every block keeps its own pattern, whatever is done to the others. */
static void churn(void)
{
    static unsigned char *block[200];
    static size_t length[200];
    long done, i;
    size_t k;

    srand(5);
    for (done = 0; done < 20000; done++) {
        i = rand() % 200;
        for (k = 0; k < length[i]; k++)
            if (block[i][k] != (unsigned char)(i + k)) {
                printf("block %ld is damaged\n", i);
                exit(1);
            }
        if (rand() % 3 == 0) {
            free(block[i]);
            block[i] = 0;
            length[i] = 0;
            continue;
        }
        length[i] = (size_t)(rand() % (rand() % 10 ? 300 : 20000));
        block[i] = realloc(block[i], length[i]);
        if (!block[i])
            length[i] = 0;
        for (k = 0; k < length[i]; k++)
            block[i][k] = (unsigned char)(i + k);
    }
    for (i = 0; i < 200; i++)
        free(block[i]);
    printf("churned\n");
}

int main(int argc, char **argv)
{
    void *p;

    setvbuf(stdout, 0, _IONBF, 0);
    start = sbrk(0);
    if (argc > 1) {
        p = malloc(argv[1][0] == 't' ? 2000 : 100);
        free(argv[1][0] == 'i' ? (char *)p + 8 : (char *)p);
        free(p);
        return 0;
    }
    sizes();
    reuse();
    growing();
    top();
    churn();
    return 0;
}
