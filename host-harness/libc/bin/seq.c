/* seq [FIRST [STEP]] LAST: counts in whole numbers. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    long number[3] = {1, 1, 0};
    long n;
    char *end;
    int i;

    if (argc < 2 || argc > 4) {
        fprintf(stderr, "usage: seq [FIRST [STEP]] LAST\n");
        return 1;
    }
    for (i = 1; i < argc; i++) {
        n = strtol(argv[i], &end, 10);
        if (end == argv[i] || *end) {
            fprintf(stderr, "seq: '%s' is not a whole number\n", argv[i]);
            return 1;
        }
        number[i == argc - 1 ? 2 : i - 1] = n;
    }
    if (number[1] == 0) {
        fprintf(stderr, "seq: the step must not be 0\n");
        return 1;
    }
    for (n = number[0]; number[1] > 0 ? n <= number[2] : n >= number[2]; n += number[1])
        printf("%ld\n", n);
    return 0;
}
