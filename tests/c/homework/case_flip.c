/* Silberschatz 3.26: two pipes; one process sends a string, the other sends it back with the case reversed. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#define BUFFER_SIZE 64

int main(void)
{
    char buffer[BUFFER_SIZE];
    int to_child[2], to_parent[2], i, n;

    if (pipe(to_child) == -1 || pipe(to_parent) == -1) {
        perror("pipe");
        exit(1);
    }
    if (fork() == 0) {
        close(to_child[1]);
        close(to_parent[0]);
        n = read(to_child[0], buffer, BUFFER_SIZE);
        for (i = 0; i < n; i++)
            buffer[i] = isupper(buffer[i]) ? tolower(buffer[i]) : toupper(buffer[i]);
        write(to_parent[1], buffer, n);
        exit(0);
    }
    close(to_child[0]);
    close(to_parent[1]);
    strcpy(buffer, "Hi There, Process 2!");
    write(to_child[1], buffer, strlen(buffer) + 1);
    memset(buffer, 0, sizeof buffer);
    read(to_parent[0], buffer, BUFFER_SIZE);
    printf("%s\n", buffer);
    wait(NULL);
    return 0;
}
