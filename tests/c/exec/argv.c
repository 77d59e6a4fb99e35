/* What the new program gets as its arguments is exactly the vector: spaces and empty strings included. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    char *args[] = { "echo", "two words", "", "a\"quote", "*", "$HOME", NULL };
    char *none[] = { NULL };

    if (fork() == 0) {
        execv("/bin/echo", args);
        _exit(127);
    }
    wait(NULL);
    if (fork() == 0) {
        args[1] = "by execvp, found in PATH";
        args[2] = NULL;
        execvp("echo", args);
        _exit(127);
    }
    wait(NULL);
    if (fork() == 0) {
        execlp("echo", "echo", "-n", "by execlp, ", "no newline", NULL);
        _exit(127);
    }
    wait(NULL);
    printf(".\n");
    return 0;
}
