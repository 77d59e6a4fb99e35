/* Of the exit code only the low 8 bits arrive. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    int codes[] = { 0, 1, 127, 128, 255, 256, 257, 0x1ff, 1000, -1, -2, -256 };
    int i, status;

    for (i = 0; i < (int)(sizeof codes / sizeof codes[0]); i++) {
        fflush(stdout);
        if (fork() == 0)
            exit(codes[i]);
        wait(&status);
        printf("exit(%d) arrives as %d, status word 0x%04x\n", codes[i], WEXITSTATUS(status), status);
    }
    return 300;         /* a shell shows 300 - 256 */
}
