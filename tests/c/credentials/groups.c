/* Groups: real, effective and saved ones like those of users, and a list beside them, which is given in order. */
// user: root
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int result;

int main(void)
{
    gid_t list[8] = {30, 10, 20}, r, e, s;
    int n, i;

    printf("set %d\n", setgroups(3, list));
    n = getgroups(8, list);
    for (i = 0; i < n; i++)
        printf(" %d", (int)list[i]);
    printf("\nhow many %d\n", getgroups(0, NULL));
    result = getgroups(2, list);
    printf("too little room %d, %s\n", result, strerror(errno));
    result = getgroups(-1, list);
    printf("negative %d, %s\n", result, strerror(errno));
    printf("setgid %d\n", setresgid(100, 200, 300));
    getresgid(&r, &e, &s);
    printf("%d %d %d\n", (int)r, (int)e, (int)s);
    setuid(1001);
    result = setgroups(0, NULL);
    printf("after setuid: set %d, %s\n", result, strerror(errno));
    printf("setgid to the saved one %d\n", setgid(300));
    printf("to another %d\n", setgid(400));
    printf("effective %d\n", (int)getegid());
    return 0;
}
