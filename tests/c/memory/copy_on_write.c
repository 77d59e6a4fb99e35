/* Every kind of private memory is copied by fork (on the first write): data, bss, heap, stack. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int data[4] = { 1, 2, 3, 4 };
int bss[4];
static char text[] = "parent's text";

static void show(const char *who, const int *heap, const int *stack)
{
    printf("%s: data %d, bss %d, heap %d, stack %d, \"%s\"\n", who, data[3], bss[3], heap[3], stack[3], text);
}

int main(void)
{
    int stack[4] = { 10, 20, 30, 40 };
    int *heap = malloc(4 * sizeof *heap);

    memcpy(heap, stack, sizeof stack);
    show("before", heap, stack);
    fflush(stdout);
    if (fork() == 0) {
        data[3] = bss[3] = heap[3] = stack[3] = -1;
        strcpy(text, "child's text");
        show("child ", heap, stack);
        exit(0);
    }
    wait(NULL);
    show("parent", heap, stack);
    free(heap);
    return 0;
}
