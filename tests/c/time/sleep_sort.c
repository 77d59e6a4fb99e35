/* Sleep sort: every child sleeps as long as its number is large. The output is sorted because sleepers wake in order of time. */
// args: 9 1 5 3 7
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(int argc, char *argv[])
{
    int i;

    setbuf(stdout, NULL);
    for (i = 1; i < argc; i++) {
        if (fork() == 0) {
            int n = atoi(argv[i]);
            usleep(n * 60000);
            printf("%d\n", n);
            return 0;
        }
    }
    while (wait(NULL) > 0)
        ;
    return 0;
}
