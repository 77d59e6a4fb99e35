/* The functions of math.h that are exact. */
#include <math.h>
#include <stdio.h>

int main(void)
{
    double ip;
    int e;

    printf("%g %g %g %g\n", floor(2.7), floor(-2.7), ceil(2.1), ceil(-2.1));
    printf("%g %g %g %ld\n", trunc(-2.7), rint(2.5), rint(3.5), lround(-2.5));
    printf("%.15g %.15g %g\n", sqrt(2), sqrt(1e10), fabs(-0.5));
    printf("%g %g %g\n", fmod(7.5, 2), fmin(1, 2), fmax(1, 2));
    printf("%g ", modf(3.25, &ip));
    printf("%g\n", ip);
    printf("%g ", frexp(40, &e));
    printf("%d %g\n", e, ldexp(0.625, 6));
    printf("%g %g %g %g\n", pow(2, 10), pow(2, -1), pow(9, 0.5), pow(-2, 3));
    printf("%d %d %d\n", isnan(sqrt(-1.0)) != 0, isinf(1 / fabs(0.0)) != 0, isfinite(1.0) != 0);
    return 0;
}
