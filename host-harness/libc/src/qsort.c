/* Sorting by merging, as glibc does it: the comparisons and their order can be seen by the caller's function. */
#include <stdlib.h>
#include <string.h>

struct sort {
    size_t size;
    int (*compare)(const void *, const void *);
    char *merged;
};

static void merge_sort(const struct sort *sort, char *base, size_t count)
{
    size_t left = count / 2, right = count - left, size = sort->size;
    char *a = base, *b = base + left * size, *to = sort->merged;

    if (count <= 1)
        return;
    merge_sort(sort, a, left);
    merge_sort(sort, b, right);
    while (left > 0 && right > 0) {
        if (sort->compare(a, b) <= 0) {
            __builtin_memcpy(to, a, size);
            a += size;
            left--;
        } else {
            __builtin_memcpy(to, b, size);
            b += size;
            right--;
        }
        to += size;
    }
    /* What is left on the right is in its place. */
    __builtin_memcpy(to, a, left * size);
    __builtin_memcpy(base, sort->merged, (count - right) * size);
}

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    char small[1024];
    struct sort sort;

    sort.size = size;
    sort.compare = compare;
    sort.merged = count * size < sizeof small ? small : malloc(count * size);
    if (!sort.merged)
        return;
    merge_sort(&sort, base, count);
    if (sort.merged != small)
        free(sort.merged);
}
