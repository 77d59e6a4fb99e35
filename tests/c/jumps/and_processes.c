/* A child jumps in its own copy of the stack; threads jump in their own stacks. */
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static jmp_buf env;

static void *worker(void *argument)
{
    jmp_buf own;
    volatile long rounds = 0;

    if (setjmp(own) < 100) {
        rounds++;
        longjmp(own, (int)rounds);
    }
    *(long *)argument = rounds;
    return NULL;
}

int main(void)
{
    volatile int value = 1;
    pthread_t threads[3];
    long rounds[3];
    int who = setjmp(env), status, i;

    if (who == 0) {
        if (fork() == 0) {
            value = 2;
            longjmp(env, 5);
        }
        wait(&status);
        printf("the child ended with %d, value %d\n", WEXITSTATUS(status), value);
        fflush(stdout);
        longjmp(env, 6);
    }
    if (who == 5)
        _exit(value * 10 + who);
    for (i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, worker, &rounds[i]);
    for (i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("%d: %ld %ld %ld\n", who, rounds[0], rounds[1], rounds[2]);
    return 0;
}
