/* setjmp gives 0 first, then what longjmp brings; 0 becomes 1. Variables keep what they were given last. */
#include <setjmp.h>
#include <stdio.h>

static jmp_buf env;

static void deeper(int n, int value)
{
    volatile char room[300];

    room[n] = (char)n;
    if (n > 0)
        deeper(n - 1, value);
    else
        longjmp(env, value);
    printf("never: %d\n", room[n]);
}

static int in_condition(int value)
{
    volatile int local = value;

    if (setjmp(env)) {
        printf("back, local %d\n", local);
        return local;
    }
    local = value * 10;
    deeper(value, value);
    return -1;
}

static const char *in_switch(void)
{
    volatile int round = 0;

    switch (setjmp(env)) {
    case 0:
        round = 1;
        deeper(3, 0);
        break;
    case 1:
        if (round++ < 3)
            longjmp(env, round);
        break;
    case 2:
        round = 9;
        longjmp(env, -5);
    case -5:
        return round == 9 ? "minus five" : "?";
    }
    return "fell out";
}

static void loop(void)
{
    volatile int i = 0;

    setjmp(env);
    i++;
    printf("round %d\n", i);
    if (i < 4)
        longjmp(env, 1);
}

static int two(void)
{
    jmp_buf outer, inner;
    volatile int order = 0;

    if (setjmp(outer) == 0) {
        if (setjmp(inner) == 0) {
            order = 1;
            longjmp(inner, 7);
        }
        order = order * 10 + 2;
        longjmp(outer, 8);
    }
    return order * 10 + 3;
}

int main(void)
{
    printf("%d\n", in_condition(4));
    printf("%s\n", in_switch());
    loop();
    printf("%d\n", two());
    return 0;
}
