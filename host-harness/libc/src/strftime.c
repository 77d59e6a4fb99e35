/* Dates as text, in the C locale. */
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const day_names[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday"};
static const char *const month_names[12] = {"January", "February", "March",     "April",   "May",      "June",
                                            "July",    "August",   "September", "October", "November", "December"};

static const char *day_name(const struct tm *tm)
{
    return tm->tm_wday >= 0 && tm->tm_wday < 7 ? day_names[tm->tm_wday] : "?";
}

static const char *month_name(const struct tm *tm)
{
    return tm->tm_mon >= 0 && tm->tm_mon < 12 ? month_names[tm->tm_mon] : "?";
}

char *asctime_r(const struct tm *tm, char *s)
{
    const char *day = day_name(tm), *month = month_name(tm);

    sprintf(s, "%.3s %.3s%3d %.2d:%.2d:%.2d %d\n", *day == '?' ? "???" : day, *month == '?' ? "???" : month,
            tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec, 1900 + tm->tm_year);
    return s;
}

char *asctime(const struct tm *tm)
{
    static char s[64];

    return asctime_r(tm, s);
}

char *ctime_r(const time_t *t, char *s)
{
    struct tm tm;

    return localtime_r(t, &tm) ? asctime_r(&tm, s) : 0;
}

char *ctime(const time_t *t)
{
    return asctime(localtime(t));
}

/* What a conversion that is made of others stands for. */
static const char *composed(char letter)
{
    switch (letter) {
    case 'c': return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x': return "%m/%d/%y";
    case 'F': return "%Y-%m-%d";
    case 'r': return "%I:%M:%S %p";
    case 'R': return "%H:%M";
    case 'T':
    case 'X': return "%H:%M:%S";
    default: return 0;
    }
}

/* One conversion that is made of no others, in s. */
static void convert(char s[32], char letter, const struct tm *tm)
{
    struct tm copy = *tm;
    int hour = tm->tm_hour % 12 ? tm->tm_hour % 12 : 12;

    switch (letter) {
    case 'a': sprintf(s, "%.3s", day_name(tm)); break;
    case 'A': sprintf(s, "%s", day_name(tm)); break;
    case 'b':
    case 'h': sprintf(s, "%.3s", month_name(tm)); break;
    case 'B': sprintf(s, "%s", month_name(tm)); break;
    case 'C': sprintf(s, "%02d", (1900 + tm->tm_year) / 100); break;
    case 'd': sprintf(s, "%02d", tm->tm_mday); break;
    case 'e': sprintf(s, "%2d", tm->tm_mday); break;
    case 'H': sprintf(s, "%02d", tm->tm_hour); break;
    case 'I': sprintf(s, "%02d", hour); break;
    case 'j': sprintf(s, "%03d", tm->tm_yday + 1); break;
    case 'k': sprintf(s, "%2d", tm->tm_hour); break;
    case 'l': sprintf(s, "%2d", hour); break;
    case 'm': sprintf(s, "%02d", tm->tm_mon + 1); break;
    case 'M': sprintf(s, "%02d", tm->tm_min); break;
    case 'n': strcpy(s, "\n"); break;
    case 'p': strcpy(s, tm->tm_hour < 12 ? "AM" : "PM"); break;
    case 'P': strcpy(s, tm->tm_hour < 12 ? "am" : "pm"); break;
    case 's': sprintf(s, "%ld", (long)mktime(&copy)); break;
    case 'S': sprintf(s, "%02d", tm->tm_sec); break;
    case 't': strcpy(s, "\t"); break;
    case 'u': sprintf(s, "%d", tm->tm_wday ? tm->tm_wday : 7); break;
    case 'U': sprintf(s, "%02d", (tm->tm_yday + 7 - tm->tm_wday) / 7); break;
    case 'w': sprintf(s, "%d", tm->tm_wday); break;
    case 'W': sprintf(s, "%02d", (tm->tm_yday + 7 - (tm->tm_wday + 6) % 7) / 7); break;
    case 'y': sprintf(s, "%02d", (tm->tm_year % 100 + 100) % 100); break;
    case 'Y': sprintf(s, "%d", 1900 + tm->tm_year); break;
    case 'z': strcpy(s, "+0000"); break;
    case 'Z': sprintf(s, "%.31s", tm->tm_zone ? tm->tm_zone : ""); break;
    case '%': strcpy(s, "%"); break;
    default: sprintf(s, "%%%c", letter); break;
    }
}

size_t strftime(char *s, size_t size, const char *format, const struct tm *tm)
{
    char piece[32];
    size_t n = 0, length;
    const char *parts;

    for (; *format; format++) {
        if (*format != '%' || !format[1]) {
            piece[0] = *format;
            piece[1] = 0;
        } else {
            format++;
            parts = composed(*format);
            if (parts) {
                length = strftime(s + n, size - n, parts, tm);
                if (length == 0)
                    return 0;
                n += length;
                continue;
            }
            convert(piece, *format, tm);
        }
        length = strlen(piece);
        if (n + length >= size)
            return 0;
        memcpy(s + n, piece, length);
        n += length;
    }
    if (n >= size)
        return 0;
    s[n] = 0;
    return n;
}
