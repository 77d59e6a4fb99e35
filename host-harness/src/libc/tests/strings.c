/* Strings, bytes, texts of errors, the environment, options. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static void texts(void)
{
    int i;

    for (i = -2; i < 140; i++)
        printf("%d %s\n", i, strerror(i));
    for (i = -2; i < 70; i++)
        if (i != 32 && i != 33)
            printf("%d %s\n", i, strsignal(i));
    printf("%s %s %s\n", strerrorname_np(EPERM), sigabbrev_np(9), sigdescr_np(11));
}

static void classes(void)
{
    int c;

    for (c = -1; c < 256; c++)
        printf("%d:%d%d%d%d%d%d%d%d%d%d%d%d %d %d\n", c, !!isalnum(c), !!isalpha(c), !!isblank(c), !!iscntrl(c),
               !!isdigit(c), !!isgraph(c), !!islower(c), !!isprint(c), !!ispunct(c), !!isspace(c), !!isupper(c),
               !!isxdigit(c), tolower(c), toupper(c));
}

static void searching(void)
{
    const char *s = "hello world";

    printf("%s %s %s %s\n", strstr(s, "o w"), strchr(s, 'l'), strrchr(s, 'l'), strpbrk(s, "xow"));
    printf("%d %d %d\n", strstr(s, "x") == 0, strchr(s, 0) == s + 11, strchrnul(s, 'z') == s + 11);
    printf("%zu %zu %zu\n", strspn(s, "elh"), strcspn(s, " "), strnlen(s, 3));
    printf("%d %d %d %d\n", strcmp("a", "b") < 0, strcmp("abc", "ab") > 0, strncmp("abcd", "abcf", 3),
           strcmp("\xff", "a") > 0);
    printf("%d %d %d\n", strcasecmp("HeLLo", "hEllO"), strncasecmp("ABCx", "abcy", 3), strcasestr(s, "WOR") != 0);
    printf("%d %s %s\n", memcmp("abc", "abd", 3) < 0, (char *)memchr(s, 'w', 11), (char *)memrchr(s, 'o', 11));
    printf("%s %d\n", (char *)memmem(s, 11, "wor", 3), ffs(40));
}

static void copying(void)
{
    char buffer[100];
    char *rest = buffer, *token;
    int i;

    memset(buffer, '#', sizeof buffer);
    strncpy(buffer, "hi", 5);
    for (i = 0; i < 8; i++)
        printf("%d ", buffer[i]);
    strcpy(buffer, "0123456789");
    memmove(buffer + 2, buffer, 5);
    printf("%s ", buffer);
    memmove(buffer, buffer + 3, 5);
    printf("%s\n", buffer);
    strcpy(buffer, "x");
    strncat(strcat(buffer, "yz"), "abcdef", 3);
    printf("%s %s %s %ld\n", buffer, strdup("copy"), strndup("copy", 2), (long)(stpcpy(buffer, "zz") - buffer));
    strcpy(buffer, "a,b;;c , d");
    for (token = strtok(buffer, ",; "); token; token = strtok(0, ",; "))
        printf("<%s>", token);
    strcpy(buffer, "a,,b");
    while ((token = strsep(&rest, ",")))
        printf("(%s)", token);
    printf("\n");
}

static void environment(void)
{
    setenv("FOO", "bar", 1);
    setenv("FOO", "baz", 0);
    printf("%s ", getenv("FOO"));
    setenv("FOO", "qux", 1);
    printf("%s ", getenv("FOO"));
    printf("%d ", unsetenv("FOO"));
    printf("%d ", getenv("FOO") == 0);
    putenv("A=b");
    printf("%s ", getenv("A"));
    errno = 0;
    printf("%d ", setenv("A=B", "x", 1));
    printf("%d\n", errno);
}

static void options(void)
{
    char *words[] = {"program", "-a", "x", "-b", "val", "-cq", "y", "-z", "-dattached", "-d", "--", "-a", "last", "-b", 0};
    int count = 14, c, i;

    while ((c = getopt(count, words, "ab:cqd::")) != -1)
        printf("%c %s %d %d\n", c, optarg ? optarg : "-", optind, c == '?' ? optopt : 0);
    for (i = optind; i < count; i++)
        printf("%s ", words[i]);
    printf("\n");
    optind = 1;
    c = getopt(2, (char *[]){"program", "-b", 0}, "ab:");
    printf("%c\n", c);
}

int main(void)
{
    texts();
    classes();
    searching();
    copying();
    environment();
    options();
    return 0;
}
