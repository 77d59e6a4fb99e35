/* Merge sort by processes in shared memory: each half is sorted by a child down to a depth, then merged by the parent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define N 400

static int *a;

static void merge(int from, int mid, int to)
{
    int *t = malloc((to - from) * sizeof *t), i = from, j = mid, k = 0;

    while (i < mid && j < to)
        t[k++] = a[i] <= a[j] ? a[i++] : a[j++];
    while (i < mid)
        t[k++] = a[i++];
    while (j < to)
        t[k++] = a[j++];
    memcpy(a + from, t, k * sizeof *t);
    free(t);
}

static void sort(int from, int to, int depth)
{
    int mid = (from + to) / 2;

    if (to - from < 2)
        return;
    if (depth > 0) {
        pid_t left = fork(), right;
        if (left == 0) {
            sort(from, mid, depth - 1);
            _exit(0);
        }
        right = fork();
        if (right == 0) {
            sort(mid, to, depth - 1);
            _exit(0);
        }
        waitpid(left, NULL, 0);
        waitpid(right, NULL, 0);
    } else {
        sort(from, mid, 0);
        sort(mid, to, 0);
    }
    merge(from, mid, to);
}

int main(void)
{
    int i, sorted = 1;
    unsigned x = 12345;

    a = mmap(NULL, N * sizeof *a, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (i = 0; i < N; i++) {
        x = x * 1103515245 + 12345;
        a[i] = x / 65536 % 1000;
    }
    sort(0, N, 2);
    for (i = 1; i < N; i++)
        if (a[i - 1] > a[i])
            sorted = 0;
    printf("sorted: %d, first %d, middle %d, last %d\n", sorted, a[0], a[N / 2], a[N - 1]);
    return 0;
}
