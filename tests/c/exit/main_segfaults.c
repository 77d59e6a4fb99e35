/* The program itself dies of SIGSEGV: what was flushed is there, what was buffered is lost; a shell shows 139. */
#include <stdio.h>

struct node { int value; struct node *next; };

int main(void)
{
    struct node a = { 1, NULL };
    struct node *p = &a;

    printf("list:\n");
    fflush(stdout);
    for (;;) {
        printf("%d\n", p->value);
        p = p->next;
    }
}
