/* Function pointers: tables, arguments, returned from functions; callbacks that fork. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

static int add(int a, int b) { return a + b; }
static int sub(int a, int b) { return a - b; }
static int mul(int a, int b) { return a * b; }

static int (*choose(char op))(int, int)
{
    switch (op) {
    case '+': return add;
    case '-': return sub;
    case '*': return mul;
    }
    return NULL;
}

typedef int job(void);

static int in_child(job *f)
{
    int status;

    fflush(stdout);
    if (fork() == 0)
        exit(f());
    wait(&status);
    return WEXITSTATUS(status);
}

static int hello(void)
{
    puts("hello from a callback");
    return 12;
}

int main(void)
{
    const char *ops = "+-*/";
    int (*f)(int, int);

    for (; *ops; ops++) {
        f = choose(*ops);
        if (f)
            printf("7 %c 3 = %d\n", *ops, f(7, 3));
        else
            printf("no function for %c\n", *ops);
    }
    printf("%d\n", in_child(hello));
    printf("%d\n", in_child(&hello) == (*hello)());
    return 0;
}
