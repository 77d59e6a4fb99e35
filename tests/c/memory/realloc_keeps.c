/* realloc keeps the contents, calloc gives zeroes, large blocks come and go; after fork all of it is the child's too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int *a = NULL, *z, n, i, wrong = 0, status;
    char *big;

    for (n = 1; n <= 5000; n++) {
        a = realloc(a, n * sizeof *a);
        a[n - 1] = n * 3;
    }
    for (i = 0; i < 5000; i++)
        wrong += a[i] != (i + 1) * 3;
    printf("realloc: %d wrong\n", wrong);
    z = calloc(1000, sizeof *z);
    for (i = wrong = 0; i < 1000; i++)
        wrong += z[i] != 0;
    printf("calloc: %d wrong\n", wrong);
    big = malloc(300000);               /* large enough for a mapping of its own */
    memset(big, 'b', 300000);
    big = realloc(big, 600000);
    printf("big: %c%c\n", big[0], big[299999]);
    if (fork() == 0) {
        a = realloc(a, 10 * sizeof *a);
        free(z);
        free(big);
        _exit(a[9]);
    }
    wait(&status);
    printf("child: %d, mine: %d %c\n", WEXITSTATUS(status), a[4999], big[100]);
    free(a);
    free(z);
    free(big);
    printf("malloc(0) and free(NULL) are harmless\n");
    free(malloc(0));
    free(NULL);
    return 0;
}
