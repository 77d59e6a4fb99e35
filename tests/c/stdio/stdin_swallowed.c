/*
 * fgets reads a whole buffer ahead: after one line the parent's stdio has swallowed everything, and
 * the child, whose buffer is a copy, can read the same lines again.
 */
// stdin: one\ntwo\nthree\n
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    char line[64], c;

    fgets(line, sizeof line, stdin);
    printf("parent read: %s", line);
    fflush(stdout);
    if (fork() == 0) {
        while (fgets(line, sizeof line, stdin))
            printf("child read: %s", line);
        exit(0);
    }
    wait(NULL);
    while (fgets(line, sizeof line, stdin))
        printf("parent read: %s", line);
    printf("the pipe itself is empty: %d\n", (int)read(0, &c, 1));
    return 0;
}
