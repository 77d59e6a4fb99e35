/* "Who am I" by the sign of fork's value, nested ternaries instead of if. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int a = fork(), b;

    if (a) wait(0);
    b = fork();
    if (b) wait(0);
    printf("a is %s, b is %s\n", a < 0 ? "error" : a == 0 ? "zero" : "positive", b < 0 ? "error" : b == 0 ? "zero" : "positive");
    return 0;
}
