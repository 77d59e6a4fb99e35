/* Four processes write four letters each, as they like: 16! / (4! 4! 4! 4!) orders. */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    for (char letter = 'a'; letter <= 'd'; letter++)
        if (fork() == 0) {
            for (int i = 0; i < 4; i++)
                write(1, &letter, 1);
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    return 0;
}
