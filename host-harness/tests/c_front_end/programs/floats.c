#include <stdio.h>
float half(float x) { return x / 2; }
double square(double x) { return x * x; }
int main(void)
{
    float f = 1.1f; double d = 1.1; float g = d; double z = 0.0;
    printf("%d %.10f %.10f %.10f\n", f == d, f, d, g);
    printf("%f %f\n", half(3), square(1.5f)); printf("%d %d %d\n", (int)3.99, (int)-3.99, (char)65.5);
    printf("%u %lu %ld\n", (unsigned)3e9, (unsigned long)1e19, (long)-1e18);
    printf("%f %f %f\n", (double)3000000000u, (double)18446744073709551615ul, (float)16777217);
    printf("%g %g %g\n", 1 / 3.0, 1e300 * 10, -1.0 / 3); printf("%d %d %d\n", 1.0 / z > 5, z == -z, !d);
    double nan = z / z; printf("%d %d %d %d\n", nan == nan, nan != nan, nan < 1, !(nan >= 1));
    if (nan < 1 || nan > 1 || nan == 1) printf("bad\n"); if (!(nan < 1)) printf("good\n");
    f += 1; f *= 2; f -= .5; f /= 3; printf("%f\n", f); d++; --d; f++; printf("%f %f\n", d, f);
    int i = 7; i *= 1.5; printf("%d\n", i); i /= 0.3; printf("%d\n", i); char c = 'a'; c += 1.7; printf("%d\n", c);
    printf("%f %e\n", 0x1.8p3, 1e-10); printf("%f\n", i ? 1 : 2.5); printf("%.3f\n", f > 1 ? f : 1);
    double a[3] = {1, 2.5f, 'a'}; printf("%g %g %g\n", a[0], a[1], a[2]); float sum = 0;
    for (int k = 0; k < 10; k++) sum += 0.1f; printf("%.9f\n", sum); unsigned long big = 1ul << 63; printf("%f\n", (double)(big + 1025));
    _Bool b = 0.5; printf("%d\n", b); printf("%d\n", 0.0 || 0.1f); printf("%d\n", (f && d)); printf("%f\n", -f);
    return (int)2.9;
}
