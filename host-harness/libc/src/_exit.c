/* Ends the process at once: no handlers, no flushing. */
#include <bits/libc.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

void _exit(int status)
{
    for (;;)
        __syscall(SYS_exit_group, (long)status);
}

void _Exit(int status)
{
    _exit(status);
}
