/* Four signals do nothing by default: SIGCHLD, SIGURG, SIGWINCH, and SIGCONT to a process that is not stopped. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    raise(SIGCHLD);
    raise(SIGURG);
    raise(SIGWINCH);
    raise(SIGCONT);
    printf("four signals, nothing happened\n");
    return 0;
}
