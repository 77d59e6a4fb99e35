/* Written on Windows: a byte order mark, and every line ends in CR LF. */
#include <stdio.h>
#include <unistd.h>
#include <sys/wait.h>

#define GREET(who) do { \
        printf("hello from the %s\n", who); \
    } while (0)

int main(void)
{
    if (fork() == 0) {
        GREET("child");
        return 0;
    }
    wait(NULL);
    GREET("parent"); // done
    return 0;
}
