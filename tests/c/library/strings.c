/* The less usual functions of string.h. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int main(void)
{
    char buf[40], *p, *rest;
    int i;

    p = stpcpy(buf, "stop");
    printf("%s %ld\n", buf, (long)(p - buf));
    memset(buf, '#', sizeof buf);
    strncpy(buf, "ab", 5);
    printf("%s %d %d %c\n", buf, buf[3], buf[4], buf[5]);
    p = stpncpy(buf, "xyz", 2);
    printf("%.3s %ld\n", buf, (long)(p - buf));
    p = mempcpy(buf, "memory", 7);
    printf("%s %ld\n", buf, (long)(p - buf));
    printf("%s %s\n", (char *)memmem(buf, 6, "mor", 3), (char *)memrchr(buf, 'm', 6));
    printf("%zu %zu\n", strnlen("12345", 3), strnlen("12", 3));
    p = strndup("a long text", 6);
    printf("[%s]\n", p);
    free(p);
    printf("%d %d\n", strncasecmp("HELLO", "help", 3), strncasecmp("HELLO", "help", 4) < 0);
    printf("%s\n", strcasestr("Operating Systems", "sys"));
    printf("%s %d\n", strchrnul("name=value", '='), *strchrnul("none", '='));
    rest = strcpy(buf, "one::two");
    while ((p = strsep(&rest, ":")) != NULL)
        printf("<%s>", p);
    printf("\n%s %s\n", index("a/b/c", '/'), rindex("a/b/c", '/'));
    bzero(buf, 4);
    bcopy("bcopy", buf + 4, 6);
    printf("%d %s %d\n", buf[0], buf + 4, bcmp("aa", "ab", 1));
    printf("%d %d %d\n", ffs(0), ffs(1), ffs(0x50));
    printf("%s %s\n", strerrorname_np(11), sigabbrev_np(11));
    for (i = 0; i < 3; i++)
        printf("%d ", strcoll("b", "a\0b\0c" + 2 * i) > 0);
    printf("\n%s\n", strerror(11));
    return 0;
}
