/* Functions whose results are exact, or rounded right by both libraries. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double numbers[] = {0,     -0.0, 1,    2,     0.5,   -0.5,  1.5,    -1.5,   2.5,
                                 3.7,   -3.7, 1e10, 1e300, 123.5, 5e-324, 4503599627370497.5, 0.49999999999999994,
                                 1e-300};

enum { COUNT = sizeof numbers / sizeof *numbers };

static void one(double x)
{
    double whole, part;
    int exponent;

    printf("%a: %a %a %a %a %a %a %a\n", x, floor(x), ceil(x), trunc(x), round(x), rint(x), fabs(x), sqrt(x));
    part = frexp(x, &exponent);
    printf("%a %d ", part, exponent);
    part = modf(x, &whole);
    printf("%a %a %a %a %a\n", part, whole, ldexp(x, -30), ldexp(x, 3), ldexp(x, -1070));
}

int main(void)
{
    int i, k;

    for (i = 0; i < COUNT; i++) {
        one(numbers[i]);
        for (k = 0; k < COUNT; k++)
            printf("%a %g %a %a ", fmod(numbers[i], numbers[k]), pow(numbers[i], numbers[k]),
                   fmax(numbers[i], numbers[k]), fmin(numbers[i], numbers[k]));
        printf("\n%.14g %.14g %.14g %.14g\n", exp(numbers[i]), log(fabs(numbers[i])), log2(fabs(numbers[i])),
               log10(fabs(numbers[i])));
    }
    for (i = 0; i < 1000; i++) {
        double x = rand() % 100000 / 777.0, y = (rand() % 2000 - 1000) / 99.0;
        printf("%a %.14g %.14g %.14g %.14g\n", sqrt(x), pow(x, rand() % 40 - 20), pow(x, y), exp(y), log(x));
    }
    errno = 0;
    printf("%f %f %f\n", log(-1), pow(-8, 1 / 3.0), -INFINITY);
    printf("%d\n", errno);
    return 0;
}
