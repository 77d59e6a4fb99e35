/* printf of integers: flags, width, precision, sizes, and what happens to values that do not fit. */
#include <limits.h>
#include <stdio.h>

int main(void)
{
    printf("[%d] [%5d] [%-5d] [%05d] [%+d] [% d]\n", 42, 42, 42, 42, 42, 42);
    printf("[%.4d] [%8.4d] [%-8.4d] [%+.3d] [%.0d]\n", 42, 42, 42, 7, 0);
    printf("[%u] [%x] [%X] [%#x] [%#X] [%o] [%#o] [%08x]\n", 255u, 255u, 255u, 255u, 255u, 8u, 8u, 0xbeefu);
    printf("[%*d] [%-*d] [%.*d]\n", 6, 12, 6, 12, 4, 12);
    printf("[%hhd] [%hd] [%ld] [%lld] [%zu]\n", (char)300, (short)70000, 1L << 40, -1LL, sizeof(long));
    printf("[%d] [%d] [%u] [%ld] [%lu]\n", INT_MAX, INT_MIN, UINT_MAX, LONG_MIN, ULONG_MAX);
    printf("[%c] [%3c] [%-3c] [%%] [%c%c%c]\n", 'x', 'y', 'z', 72, 105, 33);
    printf("[%s] [%8s] [%-8s] [%.2s] [%5.1s]\n", "text", "text", "text", "text", "text");
    printf("[%p] [%10s]\n", (void *)0x1234, "right");
    printf("%d characters before%n\n", 7, &(int){ 0 });
    return 0;
}
