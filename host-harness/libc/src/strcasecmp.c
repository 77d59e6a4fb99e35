/* Comparison without regard to case. */
#include <ctype.h>
#include <strings.h>

int strncasecmp(const char *a, const char *b, size_t n)
{
    int x, y;

    for (; n; n--) {
        x = tolower((unsigned char)*a++);
        y = tolower((unsigned char)*b++);
        if (x != y || x == 0)
            return x - y;
    }
    return 0;
}

int strcasecmp(const char *a, const char *b)
{
    return strncasecmp(a, b, (size_t)-1);
}
