/* waitpid(pid) waits for that child, however many others are dead already. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    pid_t a, b, c;
    int status;

    if ((a = fork()) == 0)
        exit(1);
    if ((b = fork()) == 0)
        exit(2);
    if ((c = fork()) == 0) {
        usleep(50000);
        exit(3);
    }
    printf("c: %d", waitpid(c, &status, 0) == c);
    printf(" status %d\n", WEXITSTATUS(status));
    printf("a: %d", waitpid(a, &status, 0) == a);
    printf(" status %d\n", WEXITSTATUS(status));
    printf("b: %d", waitpid(-1, &status, 0) == b);
    printf(" status %d\n", WEXITSTATUS(status));
    return 0;
}
