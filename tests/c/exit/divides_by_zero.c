/* Integer division by zero is SIGFPE: 136. Floating-point division by zero is not. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    double d = 1.0 / (argc - 1);

    printf("1.0 / 0 = %f\n", d);
    fflush(stdout);
    printf("%d\n", 100 / (argc - 1));
    return 0;
}
