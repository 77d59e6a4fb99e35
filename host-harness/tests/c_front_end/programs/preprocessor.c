#include <stdio.h>
#define ONE 1
#define ADD(a, b) ((a) + (b))
#define SQUARE(x) x * x
#define STR(x) #x
#define XSTR(x) STR(x)
#define CAT(a, b) a##b
#define XCAT(a, b) CAT(a, b)
#define LOG(fmt, ...) printf("log: " fmt "\n", __VA_ARGS__)
#define GNU(fmt, ...) printf(fmt "\n", ##__VA_ARGS__)
#define EMPTY
#define SWAP(t, a, b) do { t tmp = a; a = b; b = tmp; } while (0)
#define SELF SELF + 1
#define F(x) G(x)
#define G(x) x F
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define LONG_MACRO(a) \
    ((a) * \
     2)
#if defined(ONE) && !defined(TWO) && ONE + 1 == 2
#define TAKEN "yes"
#elif 1
#define TAKEN "elif"
#else
#define TAKEN "no"
#endif
#ifdef NOTHING
# error never
#elif (1 ? 2 : 3) == 2 && 'A' == 65 && -1 < 0 && 0x10 == 16 && (3 & 1) && !0
#define DEEP 1
#ifndef DEEP
#error never
#else
#define DEEPER 2
#endif
#endif
#undef EMPTY
#define EMPTY
#if 0
it's an unterminated ' apostrophe "
#endif
int CAT(va, r) = 5; int XCAT(v, ONE) = 6; int SELF_ = 3;
int main(void)
{
    int SELF_2 = 0; printf("%d %d %s\n", ADD(ONE, 2), SQUARE(1 + 2), STR(a + "b\n")); printf("%s %s\n", XSTR(ONE), STR(ONE)); printf("%d %d\n", var, v1); LOG("%d %s", 1, "x"); GNU("plain"); GNU("%d", 5); int a = 1, b = 2; SWAP(int, a, b); printf("%d %d\n", a, b);
    printf("%s %d %d\n", TAKEN, DEEP, DEEPER); printf("%d\n", MAX(MAX(1, 5), 3)); printf("%d %d\n", LONG_MACRO(4), __LINE__); printf("%s\n", STR(  spaced   out  )); printf("%d\n", ADD((1, 2), 3)); // comment
    /* a /* b */ printf("%d\n", __STDC_VERSION__ >= 199901L); const char *s = "/* not a comment */ // neither"; puts(s); EMPTY; (void)SELF_2;
#define ARGS(...) #__VA_ARGS__
    puts(ARGS(a, b , c)); puts(ARGS()); printf("%d\n", XCAT(1, 2) + XCAT(0x, f)); return 0;
}
#define UNUSED(x) (void)x
