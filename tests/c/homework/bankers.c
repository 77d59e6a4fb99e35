/* The banker's algorithm: is the state safe, and may this request be granted? (Silberschatz, chapter 8) */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define P 5
#define R 3

static int available[R] = { 3, 3, 2 };
static int maximum[P][R] = { { 7, 5, 3 }, { 3, 2, 2 }, { 9, 0, 2 }, { 2, 2, 2 }, { 4, 3, 3 } };
static int allocation[P][R] = { { 0, 1, 0 }, { 2, 0, 0 }, { 3, 0, 2 }, { 2, 1, 1 }, { 0, 0, 2 } };

static bool less_equal(const int *a, const int *b)
{
    for (int r = 0; r < R; r++)
        if (a[r] > b[r])
            return false;
    return true;
}

static bool safe(bool print)
{
    int work[R], need[P][R];
    bool finish[P] = { false }, progress = true;

    memcpy(work, available, sizeof work);
    for (int p = 0; p < P; p++)
        for (int r = 0; r < R; r++)
            need[p][r] = maximum[p][r] - allocation[p][r];
    while (progress) {
        progress = false;
        for (int p = 0; p < P; p++) {
            if (finish[p] || !less_equal(need[p], work))
                continue;
            for (int r = 0; r < R; r++)
                work[r] += allocation[p][r];
            finish[p] = progress = true;
            if (print)
                printf(" P%d", p);
        }
    }
    for (int p = 0; p < P; p++)
        if (!finish[p])
            return false;
    return true;
}

static void request(int p, int a, int b, int c)
{
    int want[R] = { a, b, c };

    printf("P%d asks for (%d,%d,%d): ", p, a, b, c);
    if (!less_equal(want, available)) {
        printf("must wait\n");
        return;
    }
    for (int r = 0; r < R; r++) {
        available[r] -= want[r];
        allocation[p][r] += want[r];
    }
    if (safe(false)) {
        printf("granted\n");
        return;
    }
    for (int r = 0; r < R; r++) {
        available[r] += want[r];
        allocation[p][r] -= want[r];
    }
    printf("unsafe, must wait\n");
}

int main(void)
{
    printf("safe sequence:");
    printf("%s\n", safe(true) ? "" : " none");
    request(1, 1, 0, 2);
    request(4, 3, 3, 0);
    request(0, 0, 2, 0);
    printf("safe sequence:");
    printf("%s\n", safe(true) ? "" : " none");
    return 0;
}
