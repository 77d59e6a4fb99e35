/* The classic mistake: the children do not leave the loop, so there are 2^3 - 1 of them, not 3. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main()
{
    int i, k = 0;
    pid_t pid;
    setbuf(stdout, NULL);
    for (i = 0; i < 3; i++) {
        pid = fork();
        if (pid == 0) {
            // the student thinks the child is done here
            write(1, "child\n", 6);
        }
    }
    while (wait(NULL) > 0) k++;
    if (i == 3 && pid > 0 && k == 3)
        printf("the parent counts %d children, it wanted 3\n", k);
    return 0;
}
