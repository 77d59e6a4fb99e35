/* sleep NUMBER[smhd]...: waits for the sum of its arguments. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The seconds that one argument stands for; below 0 where it is none. */
static double parse(const char *s)
{
    char *end;
    double seconds = strtod(s, &end);

    if (end == s)
        return -1;
    switch (*end) {
    case 0: return seconds;
    case 's': break;
    case 'm': seconds *= 60; break;
    case 'h': seconds *= 3600; break;
    case 'd': seconds *= 86400; break;
    default: return -1;
    }
    return end[1] ? -1 : seconds;
}

int main(int argc, char **argv)
{
    struct timespec ts;
    double sum = 0, seconds;
    int i;

    if (argc < 2) {
        fprintf(stderr, "sleep: missing operand\n");
        return 1;
    }
    for (i = 1; i < argc; i++) {
        seconds = parse(argv[i]);
        if (!(seconds >= 0)) {
            fprintf(stderr, "sleep: invalid time interval '%s'\n", argv[i]);
            return 1;
        }
        sum += seconds;
    }
    ts.tv_sec = sum < 1e18 ? (time_t)sum : (time_t)1e18;
    ts.tv_nsec = sum < 1e18 ? (long)((sum - (double)ts.tv_sec) * 1e9) : 0;
    while (nanosleep(&ts, &ts) < 0)
        ;
    return 0;
}
