/* Producer and consumer over a pipe as the bounded buffer: blocking does all the synchronisation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

struct item {
    int number;
    char text[20];
};

static void producer(int out, int n)
{
    struct item item;

    for (int i = 1; i <= n; i++) {
        memset(&item, 0, sizeof item);
        item.number = i;
        snprintf(item.text, sizeof item.text, "item #%d", i);
        write(out, &item, sizeof item);
        if (i % 3 == 0)
            usleep(1000);
    }
    item.number = -1;
    write(out, &item, sizeof item);
}

static int consumer(int in)
{
    struct item item;
    int eaten = 0;

    while (read(in, &item, sizeof item) == sizeof item && item.number != -1) {
        printf("consumed %s\n", item.text);
        eaten++;
    }
    return eaten;
}

int main(void)
{
    int fd[2], status;
    pid_t p, c;

    pipe(fd);
    if ((p = fork()) == 0) {
        close(fd[0]);
        producer(fd[1], 10);
        exit(0);
    }
    if ((c = fork()) == 0) {
        close(fd[1]);
        exit(consumer(fd[0]));
    }
    close(fd[0]);
    close(fd[1]);
    waitpid(p, &status, 0);
    printf("producer: %d\n", WEXITSTATUS(status));
    waitpid(c, &status, 0);
    printf("consumer ate %d\n", WEXITSTATUS(status));
    return 0;
}
