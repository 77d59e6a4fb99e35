/* The string functions that everyone uses. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char buf[64] = "process", *p, *save;
    char list[] = "init,kthreadd,,bash;cat";
    int n;

    strcat(buf, " and ");
    strncat(buf, "thread pool", 6);
    printf("%s (%zu)\n", buf, strlen(buf));
    printf("%s|%s|%s\n", strchr(buf, 'a'), strrchr(buf, 'a'), strstr(buf, "thr"));
    printf("%d %d %d\n", strcmp("abc", "abc"), strcmp("abc", "abd") < 0, strncmp("abcX", "abcY", 3));
    printf("%zu %zu %s\n", strspn("aabbcc", "ab"), strcspn("hello world", " "), strpbrk("one,two;three", ";,"));
    memmove(buf + 2, buf, 7);
    printf("%s\n", buf);
    memset(buf, '-', 5);
    printf("%s\n", buf);
    for (p = strtok(list, ",;"); p; p = strtok(NULL, ",;"))
        printf("<%s>", p);
    printf("\n");
    char again[] = "a b";
    p = strtok_r(again, " ", &save);
    printf("%s %s\n", p, strtok_r(NULL, " ", &save));
    for (p = buf; *p; p++)
        *p = toupper((unsigned char)*p);
    printf("%s\n", buf);
    p = strdup("a copy");
    printf("%s %d\n", p, strcasecmp(p, "A COPY"));
    free(p);
    n = snprintf(buf, 10, "%s %d", "truncated", 12345);
    printf("%s %d\n", buf, n);
    printf("%d %d %d %d\n", atoi(" 42abc"), atoi("-7"), atoi("x"), (int)strtol("0x1f", &p, 0));
    printf("%ld %ld\n", strtol("777", NULL, 8), strtol("zz", NULL, 36));
    unsigned long u = strtoul("12 rest", &p, 10);
    printf("%lu [%s]\n", u, p);
    printf("%d %d %d %d\n", isalpha('x') != 0, isdigit('x') != 0, isspace('\t') != 0, ispunct('!') != 0);
    printf("%d %s\n", memcmp("aaa", "aab", 2), (char *)memchr("findme", 'm', 6));
    return 0;
}
