/* The preprocessor: constants, function-like macros, # and ##, conditionals, line joining, __LINE__. */
#include <stdio.h>

#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define SQUARE(x) ((x) * (x))
#define STR(x) #x
#define XSTR(x) STR(x)
#define JOIN(a, b) a##b
#define SHOW(x) printf("%s = %d\n", #x, (x))
#define LOG(fmt, ...) printf("[%s] " fmt "\n", __func__, ##__VA_ARGS__)
#define LIMIT 10
#define SWAP(type, a, b) do { \
        type tmp_ = (a);      \
        (a) = (b);            \
        (b) = tmp_;           \
    } while (0)

#if defined(LIMIT) && LIMIT > 5
#define SIZE "large"
#elif LIMIT == 5
#define SIZE "medium"
#else
#define SIZE "small"
#endif

#ifndef NOT_DEFINED
static int conditional = 1;
#else
#error never
#endif

#ifdef __linux__
static const char *os = "linux";
#else
static const char *os = "not linux";
#endif

int main(void)
{
    int JOIN(val, ue) = 3, other = 8;

    SHOW(MAX(value, other));
    SHOW(SQUARE(value + 1));
    printf("%s %s\n", STR(LIMIT), XSTR(LIMIT));
    SWAP(int, value, other);
    LOG("value %d, other %d", value, other);
    LOG("no arguments");
    printf("%s %d %s\n", SIZE, conditional, os);
#undef LIMIT
#define LIMIT 2
    SHOW(LIMIT);
    printf("line %d of this, " "joined "
           "string\n", __LINE__ > 40);
    return 0;
}
