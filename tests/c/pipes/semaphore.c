/* A pipe as a semaphore: tokens in the pipe are permits. Never more than two children are inside. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#define CHILDREN 6
#define PERMITS 2

int main(void)
{
    int sem[2], log[2], i, inside = 0, most = 0, entered = 0;
    char c;

    pipe(sem);
    pipe(log);
    for (i = 0; i < PERMITS; i++)
        write(sem[1], "t", 1);
    for (i = 0; i < CHILDREN; i++) {
        if (fork() == 0) {
            read(sem[0], &c, 1);        /* P */
            write(log[1], "+", 1);
            usleep(2000);
            write(log[1], "-", 1);
            write(sem[1], "t", 1);      /* V */
            exit(0);
        }
    }
    close(log[1]);
    while (read(log[0], &c, 1) == 1) {
        if (c == '+') {
            entered++;
            if (++inside > most)
                most = inside;
        } else {
            inside--;
        }
    }
    printf("%d entered, at most %d at once: %s\n", entered, PERMITS, most <= PERMITS ? "kept" : "broken");
    printf("inside at the end: %d\n", inside);
    return 0;
}
