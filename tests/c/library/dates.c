/* time.h on a fixed moment: gmtime, mktime, strftime, asctime; nothing here asks the clock. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(void)
{
    time_t when = 951782400 + 3661;      /* in the leap year 2000 */
    struct tm tm, *p;
    char buf[100];

    setenv("TZ", "UTC0", 1);
    p = gmtime(&when);
    printf("%04d-%02d-%02d %02d:%02d:%02d, weekday %d, day %d\n", p->tm_year + 1900, p->tm_mon + 1, p->tm_mday, p->tm_hour,
           p->tm_min, p->tm_sec, p->tm_wday, p->tm_yday);
    printf("%s", asctime(p));
    strftime(buf, sizeof buf, "%A, %d %B %Y, %H:%M:%S %p %j %y %a %b %e %I %%", p);
    printf("%s\n", buf);
    memset(&tm, 0, sizeof tm);
    tm.tm_year = 2026 - 1900;
    tm.tm_mon = 13;                      /* February of the next year */
    tm.tm_mday = 30;                     /* which is in March */
    printf("%ld ", (long)timegm(&tm));
    strftime(buf, sizeof buf, "%F %T", &tm);
    printf("%s\n", buf);
    printf("%.0f seconds\n", difftime(when + 90, when));
    when = 0;
    printf("%s", ctime(&when));
    return 0;
}
