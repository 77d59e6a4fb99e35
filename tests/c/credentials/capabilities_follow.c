/* The effective capabilities go and come with the effective user 0; with the last 0 all are gone. */
// user: root
#define _GNU_SOURCE
#include <linux/capability.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static void show(const char *when)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];

    syscall(SYS_capget, &header, data);
    printf("%s: effective %d, permitted %d\n", when, data[0].effective >> CAP_KILL & 1, data[0].permitted >> CAP_KILL & 1);
}

int main(void)
{
    show("root");
    seteuid(1001);
    show("effective 1001");
    seteuid(0);
    show("effective 0");
    setresuid(1001, 0, 1001);
    show("1001, 0, 1001");
    seteuid(1001);
    show("nothing is 0");
    printf("%d\n", seteuid(0));
    return 0;
}
