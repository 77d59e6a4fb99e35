/* Where a signal handler returns to. */
#include <bits/libc.h>
#include <sys/syscall.h>

void __restore_rt(void);

void __restore_rt(void)
{
    __syscall(SYS_rt_sigreturn);
}
