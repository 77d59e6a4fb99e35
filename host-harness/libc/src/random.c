/* rand and random: the additive feedback generator r[i] = r[i-3] + r[i-31] of BSD and glibc. */
#include <stdint.h>
#include <stdlib.h>

enum { DEGREE = 31, SEPARATION = 3 };

static uint32_t state[DEGREE];
static int front, rear;
static int seeded;

/* The next number, whose lowest and least random bit is dropped. */
static long step(void)
{
    uint32_t n = state[front] += state[rear];

    front = front + 1 == DEGREE ? 0 : front + 1;
    rear = rear + 1 == DEGREE ? 0 : rear + 1;
    return (long)(n >> 1);
}

void srandom(unsigned int seed)
{
    int32_t word = seed == 0 ? 1 : (int32_t)seed;
    long next;
    int i;

    state[0] = (uint32_t)word;
    for (i = 1; i < DEGREE; i++) {
        next = 16807L * (word % 127773) - 2836L * (word / 127773); /* 16807 * word mod 2^31 - 1 */
        word = (int32_t)(next < 0 ? next + 2147483647 : next);
        state[i] = (uint32_t)word;
    }
    front = SEPARATION;
    rear = 0;
    seeded = 1;
    for (i = 0; i < 10 * DEGREE; i++)
        step();
}

long random(void)
{
    if (!seeded)
        srandom(1);
    return step();
}

int rand(void)
{
    return (int)random();
}

void srand(unsigned int seed)
{
    srandom(seed);
}

int rand_r(unsigned int *seed)
{
    unsigned int next = *seed;
    unsigned int result;

    next = next * 1103515245 + 12345;
    result = next / 65536 % 2048;
    next = next * 1103515245 + 12345;
    result = result << 10 ^ next / 65536 % 1024;
    next = next * 1103515245 + 12345;
    result = result << 10 ^ next / 65536 % 1024;
    *seed = next;
    return (int)result;
}
