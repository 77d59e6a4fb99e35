/* qsort and bsearch with comparison functions: numbers, structs, strings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct task { const char *name; int priority; };

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static int by_priority(const void *a, const void *b)
{
    const struct task *x = a, *y = b;

    return y->priority - x->priority;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(void)
{
    int numbers[] = { 170, 45, 75, -90, 802, 24, 2, 66 }, key = 75, *hit, i;
    struct task tasks[] = { { "cat", 3 }, { "init", 9 }, { "cron", 1 }, { "sshd", 5 } };
    const char *words[] = { "zombie", "orphan", "fork", "wait", "exec" };

    qsort(numbers, 8, sizeof(int), by_value);
    for (i = 0; i < 8; i++)
        printf("%d ", numbers[i]);
    hit = bsearch(&key, numbers, 8, sizeof(int), by_value);
    printf("\n75 is at %ld\n", (long)(hit - numbers));
    key = 76;
    printf("76: %s\n", bsearch(&key, numbers, 8, sizeof(int), by_value) ? "found" : "not there");
    qsort(tasks, 4, sizeof tasks[0], by_priority);
    for (i = 0; i < 4; i++)
        printf("%s:%d ", tasks[i].name, tasks[i].priority);
    qsort(words, 5, sizeof *words, by_text);
    printf("\n%s %s %s %s %s\n", words[0], words[1], words[2], words[3], words[4]);
    return 0;
}
