/* printf of doubles: %f %e %g, rounding, special values. */
#include <stdio.h>

int main(void)
{
    double zero = 0.0;
    double values[] = { 0, 1, -1.5, 3.14159265358979, 1e10, 1e-5, 123456789.0, 2.5, 0.1, 1.0 / 3, 1e100, 6.02214076e23 };
    int i;

    for (i = 0; i < (int)(sizeof values / sizeof *values); i++)
        printf("%f %.2f %e %g\n", values[i], values[i], values[i], values[i]);
    printf("[%10.3f] [%-10.3f] [%+.1f] [%010.2f] [%.0f] [%#.0f]\n", 2.71828, 2.71828, 2.71828, -2.71828, 2.5, 3.5);
    printf("[%5.1f] [%e] [%.3E] [%G] [%.10g]\n", 99.95, 0.00012345, 12345.678, 1e-10, 0.1);
    printf("%f %f %f\n", 1 / zero, -1 / zero, zero / zero == zero / zero ? 1.0 : 0.0);
    printf("%.20f\n", 0.1);
    printf("%.1f %.1f %.1f %.1f\n", 0.25, 0.35, 0.45, 0.05);
    printf("%f %f\n", (float)1 / 3, (double)1 / 3);
    return 0;
}
