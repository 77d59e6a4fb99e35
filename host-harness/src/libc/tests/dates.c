/* Dates in UTC. */
#include <stdio.h>
#include <time.h>

static void show(time_t t)
{
    char s[300];
    struct tm tm = *gmtime(&t);
    long again;

    printf("%s", asctime(&tm));
    strftime(s, sizeof s, "%a %A %b %B %c %d %D %e %F %H %I %j %k %l %m %M %n %p %P %r %R %s %S %t %T %u %U %w %W "
             "%x %X %y %Y %z %Z %%", &tm);
    printf("%s\n%s", s, ctime(&t));
    tm.tm_mon += 14;
    tm.tm_mday -= 40;
    tm.tm_sec += 5000;
    again = (long)mktime(&tm);
    printf("%ld %d %d %d\n", again, tm.tm_wday, tm.tm_yday, tm.tm_mon);
}

int main(void)
{
    static const long times[] = {0, 1, 86399, 951782400, 1700000000, 2147483647, 4102444800, -1, -86400, -2208988800,
                                 253402300799, 1709164800, 1735603200, 978307199};
    char s[5];
    size_t i;

    for (i = 0; i < sizeof times / sizeof *times; i++)
        show(times[i]);
    printf("%zu %g\n", strftime(s, sizeof s, "%Y-%m", gmtime(&times[0])), difftime(5, 3));
    return 0;
}
