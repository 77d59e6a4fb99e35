/* Users and groups. Each call is the kernel's own, and so about the calling thread. */
#define _GNU_SOURCE
#include <bits/libc.h>
#include <grp.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

int setuid(uid_t uid)
{
    return (int)__syscall_ret(__syscall(SYS_setuid, (long)uid));
}

int setgid(gid_t gid)
{
    return (int)__syscall_ret(__syscall(SYS_setgid, (long)gid));
}

int seteuid(uid_t uid)
{
    return setresuid((uid_t)-1, uid, (uid_t)-1);
}

int setegid(gid_t gid)
{
    return setresgid((gid_t)-1, gid, (gid_t)-1);
}

int setreuid(uid_t real, uid_t effective)
{
    return (int)__syscall_ret(__syscall(SYS_setreuid, (long)real, (long)effective));
}

int setregid(gid_t real, gid_t effective)
{
    return (int)__syscall_ret(__syscall(SYS_setregid, (long)real, (long)effective));
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
    return (int)__syscall_ret(__syscall(SYS_setresuid, (long)real, (long)effective, (long)saved));
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return (int)__syscall_ret(__syscall(SYS_setresgid, (long)real, (long)effective, (long)saved));
}

int getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
    return (int)__syscall_ret(__syscall(SYS_getresuid, real, effective, saved));
}

int getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
    return (int)__syscall_ret(__syscall(SYS_getresgid, real, effective, saved));
}

int setfsuid(uid_t uid)
{
    return (int)__syscall_ret(__syscall(SYS_setfsuid, (long)uid));
}

int setfsgid(gid_t gid)
{
    return (int)__syscall_ret(__syscall(SYS_setfsgid, (long)gid));
}

int getgroups(int size, gid_t list[])
{
    return (int)__syscall_ret(__syscall(SYS_getgroups, (long)size, list));
}

int setgroups(size_t size, const gid_t *list)
{
    return (int)__syscall_ret(__syscall(SYS_setgroups, (long)size, list));
}
