#ifndef _MATH_H
#define _MATH_H

#define HUGE_VAL (1e300 * 1e300)
#define INFINITY ((float)HUGE_VAL)
#define NAN __nan()
#define M_E 2.7182818284590452354
#define M_PI 3.14159265358979323846
#define M_PI_2 1.57079632679489661923
#define M_SQRT2 1.41421356237309504880

#define isnan(x) ((x) != (x))
#define isinf(x) ((x) == HUGE_VAL ? 1 : (x) == -HUGE_VAL ? -1 : 0)
#define isfinite(x) ((x) - (x) == 0)

float __nan(void);

double ceil(double x);
double exp(double x);
double fabs(double x);
double floor(double x);
double fmax(double x, double y);
double fmin(double x, double y);
double fmod(double x, double y);
double modf(double x, double *integral);
double frexp(double x, int *exponent);
double ldexp(double x, int exponent);
double log(double x);
double log10(double x);
double log2(double x);
double pow(double x, double y);
double rint(double x);
double round(double x);
double sqrt(double x);
double trunc(double x);
long lround(double x);

#endif
