/* Seconds since 1970 and dates. The time zone is UTC. */
#include <errno.h>
#include <limits.h>
#include <time.h>

enum { DAY = 86400, DAYS_IN_400_YEARS = 146097 };

static int is_leap(long year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The number of days from 1 January 1970 to 1 January of year. */
static long days_before(long year)
{
    long before = year - 1;
    long cycles = before >= 0 ? before / 400 : -((399 - before) / 400);
    long rest = before - 400 * cycles; /* 0..399 */

    return cycles * DAYS_IN_400_YEARS + 365 * rest + rest / 4 - rest / 100 - 719162;
}

static int days_in(int month, long year)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month] + (month == 1 && is_leap(year));
}

struct tm *gmtime_r(const time_t *t, struct tm *tm)
{
    long days = *t / DAY, seconds = *t % DAY, year;
    int month = 0;

    if (seconds < 0) {
        seconds += DAY;
        days--;
    }
    year = 1970 + days / 366; /* never more than a few years from the right one, for a date near ours */
    while (days_before(year) > days)
        year--;
    while (days_before(year + 1) <= days)
        year++;
    if (year - 1900 > INT_MAX || year - 1900 < INT_MIN) {
        errno = EOVERFLOW;
        return 0;
    }
    tm->tm_sec = (int)(seconds % 60);
    tm->tm_min = (int)(seconds / 60 % 60);
    tm->tm_hour = (int)(seconds / 3600);
    tm->tm_wday = (int)((days % 7 + 11) % 7); /* day 0 was a Thursday */
    days -= days_before(year);
    tm->tm_yday = (int)days;
    for (; days >= days_in(month, year); month++)
        days -= days_in(month, year);
    tm->tm_mday = (int)days + 1;
    tm->tm_mon = month;
    tm->tm_year = (int)(year - 1900);
    tm->tm_isdst = 0;
    tm->tm_gmtoff = 0;
    tm->tm_zone = "GMT";
    return tm;
}

struct tm *localtime_r(const time_t *t, struct tm *tm)
{
    tm = gmtime_r(t, tm);
    if (tm)
        tm->tm_zone = "UTC";
    return tm;
}

static struct tm last;

struct tm *gmtime(const time_t *t)
{
    return gmtime_r(t, &last);
}

struct tm *localtime(const time_t *t)
{
    return localtime_r(t, &last);
}

/* The fields may be out of their ranges; they are brought into them. */
time_t timegm(struct tm *tm)
{
    long month = tm->tm_mon;
    long year = 1900L + tm->tm_year + month / 12;
    time_t t;
    long days;
    int i;

    month %= 12;
    if (month < 0) {
        month += 12;
        year--;
    }
    days = days_before(year) + tm->tm_mday - 1;
    for (i = 0; i < month; i++)
        days += days_in(i, year);
    t = days * DAY + 3600L * tm->tm_hour + 60L * tm->tm_min + tm->tm_sec;
    gmtime_r(&t, tm);
    return t;
}

time_t mktime(struct tm *tm)
{
    time_t t = timegm(tm);

    tm->tm_zone = "UTC";
    return t;
}
