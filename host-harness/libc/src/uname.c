/* The names of the machine. */
#include <bits/libc.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

int uname(struct utsname *buf)
{
    return (int)__syscall_ret(__syscall(SYS_uname, buf));
}
