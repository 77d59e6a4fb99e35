#include <signal.h>
#include <string.h>
#include <unistd.h>

static void on_child(int signal)
{
    (void)signal;
}

int main(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_child;
    sigaction(SIGCHLD, &action, NULL);
    return 0;
}
