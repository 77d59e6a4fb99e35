/* Float and double arithmetic: precision, conversion, comparison, integer mixing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    float f = 0.1f, third = 1.0f / 3;
    double d = 0.1, sum = 0;
    int i;

    for (i = 0; i < 10; i++)
        sum += 0.1;
    printf("sum is 1.0: %d, %.17f\n", sum == 1.0, sum);
    printf("f == d: %d, (float)d == f: %d\n", f == d, (float)d == f);
    printf("%.9f %.17f %.9f\n", third, 1.0 / 3, third * 3);
    printf("%d %d %u %ld\n", (int)2.9, (int)-2.9, (unsigned)3e9, (long)1e15);
    printf("%f %f\n", (double)(1L << 53), (float)16777217);
    printf("%.3f %.3f %.3f\n", fabs(-2.5), sqrt(2), floor(-1.5));
    printf("%d %d\n", 5 / 2 == 2.5, 5 / 2.0 == 2.5);
    printf("%.2f\n", atof("3.75") + strtod("1e2xyz", NULL));
    i = 7;
    i *= 1.5;
    printf("%d %d\n", i, (int)(0.1 + 0.7) * 10);
    return 0;
}
