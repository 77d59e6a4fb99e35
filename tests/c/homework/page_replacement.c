/* Page replacement on paper: FIFO (with Belady's anomaly), LRU and the optimal algorithm. */
#include <stdio.h>
#include <string.h>

#define MAX 10

static const int belady[] = { 1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5 };
static const int book[] = { 7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1 };

enum policy { FIFO, LRU, OPT };

static int next_use(const int *refs, int n, int from, int page)
{
    int i;

    for (i = from; i < n; i++)
        if (refs[i] == page)
            break;
    return i;
}

static int run(enum policy policy, const int *refs, int n, int frames)
{
    int page[MAX], stamp[MAX], used = 0, faults = 0, i, k, victim;

    for (i = 0; i < n; i++) {
        for (k = 0; k < used; k++)
            if (page[k] == refs[i])
                break;
        if (k < used) {
            if (policy == LRU)
                stamp[k] = i;
            continue;
        }
        faults++;
        if (used < frames) {
            victim = used++;
        } else {
            victim = 0;
            for (k = 1; k < frames; k++) {
                if (policy == OPT) {
                    if (next_use(refs, n, i, page[k]) > next_use(refs, n, i, page[victim]))
                        victim = k;
                } else if (stamp[k] < stamp[victim]) {
                    victim = k;
                }
            }
        }
        page[victim] = refs[i];
        stamp[victim] = i;
    }
    return faults;
}

int main(void)
{
    static const char *const names[] = { "FIFO", "LRU", "OPT" };
    int f, n = sizeof belady / sizeof *belady, m = sizeof book / sizeof *book;
    enum policy p;

    printf("faults  ");
    for (f = 1; f <= 6; f++)
        printf("%4d frames", f);
    printf("\n");
    for (p = FIFO; p <= OPT; p++) {
        printf("%-8s", names[p]);
        for (f = 1; f <= 6; f++)
            printf("   %3d/%3d ", run(p, belady, n, f), run(p, book, m, f));
        printf("\n");
    }
    return 0;
}
