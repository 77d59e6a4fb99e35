/* Lines from several threads: each comes out whole. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 3, LINES = 20 };

static FILE *out;

static void *write_lines(void *arg)
{
    int i;

    for (i = 0; i < LINES; i++)
        fprintf(out, "thread %ld line %d of %d\n", (long)arg, i, LINES);
    return NULL;
}

int main(void)
{
    pthread_t thread[THREADS];
    int ends[2], next[THREADS] = {0}, lines = 0, bad = 0, n, i;
    long t;
    FILE *in;
    char line[80];

    if (pipe(ends) < 0)
        return 1;
    out = fdopen(ends[1], "w");
    in = fdopen(ends[0], "r");
    for (t = 0; t < THREADS; t++)
        pthread_create(&thread[t], NULL, write_lines, (void *)t);
    for (t = 0; t < THREADS; t++)
        pthread_join(thread[t], NULL);
    fclose(out);
    while (fgets(line, sizeof line, in)) {
        lines++;
        if (sscanf(line, "thread %ld line %d of %d", &t, &i, &n) != 3 || n != LINES || t >= THREADS || next[t] != i)
            bad++;
        else
            next[t]++;
    }
    printf("%d lines, %d bad\n", lines, bad);
    return 0;
}
