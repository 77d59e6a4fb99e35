/* malloc'ed structures after fork: both have the whole list, each frees its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

struct node {
    char name[16];
    struct node *next;
};

static struct node *push(struct node *head, const char *name)
{
    struct node *n = malloc(sizeof *n);

    strncpy(n->name, name, sizeof n->name - 1);
    n->name[sizeof n->name - 1] = '\0';
    n->next = head;
    return n;
}

static void print(const char *who, struct node *head)
{
    printf("%s:", who);
    for (; head; head = head->next)
        printf(" %s", head->name);
    printf("\n");
}

static void destroy(struct node *head)
{
    while (head) {
        struct node *next = head->next;
        memset(head, 'X', sizeof *head);
        free(head);
        head = next;
    }
}

int main(void)
{
    struct node *list = NULL;

    list = push(list, "init");
    list = push(list, "shell");
    list = push(list, "editor");
    if (fork() == 0) {
        list = push(list, "child's");
        print("child", list);
        destroy(list);
        exit(0);
    }
    wait(NULL);
    print("parent", list);
    destroy(list);
    return 0;
}
