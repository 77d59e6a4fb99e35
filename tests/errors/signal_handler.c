#include <signal.h>
#include <unistd.h>

static void on_interrupt(int signal)
{
    write(1, "interrupted\n", 12);
}

int main(void)
{
    signal(SIGINT, on_interrupt);
    pause();
    return 0;
}
