/* PR_SET_KEEPCAPS: the permitted capabilities outlive the change of user, and can be made effective again. */
// user: root
#define _GNU_SOURCE
#include <linux/capability.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
static struct __user_cap_data_struct data[2];

static void show(const char *when)
{
    syscall(SYS_capget, &header, data);
    printf("%s: effective %d, permitted %d\n", when, data[0].effective >> CAP_SETUID & 1,
           data[0].permitted >> CAP_SETUID & 1);
}

int main(void)
{
    printf("keep %d\n", prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
    printf("kept %d\n", prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0));
    setuid(1001);
    show("kept");
    data[0].effective = data[0].permitted = 1 << CAP_SETUID;
    data[1].effective = data[1].permitted = 0;
    printf("raise %ld\n", syscall(SYS_capset, &header, data));
    show("raised");
    printf("root again %d\n", setuid(0));
    show("of root's only that");
    data[0].permitted |= 1 << CAP_KILL;
    printf("more than permitted %ld\n", syscall(SYS_capset, &header, data));
    return 0;
}
