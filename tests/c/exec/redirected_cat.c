/* stdin and stdout of another program are whatever stands in descriptors 0 and 1: feed cat and read what it says. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int in[2], out[2], n, status;
    char buf[200];
    const char *poem = "Roses are red,\nprocesses fork,\n";

    pipe(in);
    pipe(out);
    if (fork() == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[0]);
        close(in[1]);
        close(out[0]);
        close(out[1]);
        execlp("cat", "cat", NULL);
        perror("cat");
        _exit(1);
    }
    close(in[0]);
    close(out[1]);
    write(in[1], poem, strlen(poem));
    close(in[1]);
    while ((n = read(out[0], buf, sizeof buf)) > 0)
        printf("%.*s", n, buf);
    wait(&status);
    printf("cat: %d\n", status);
    return 0;
}
