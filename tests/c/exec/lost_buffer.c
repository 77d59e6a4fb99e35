/* What stands in the stdio buffer at exec is lost: the buffer was memory of the old program. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    if (fork() == 0) {
        printf("lost\n");
        execl("/bin/echo", "echo", "from echo", (char *)NULL);
    }
    wait(NULL);
    if (fork() == 0) {
        printf("kept\n");
        fflush(stdout);
        execl("/bin/echo", "echo", "from echo", (char *)NULL);
    }
    wait(NULL);
    return 0;
}
