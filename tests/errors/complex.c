#include <complex.h>
#include <stdio.h>

int main(void)
{
    double complex z = 1.0 + 2.0 * I;
    printf("%f\n", creal(z));
    return 0;
}
