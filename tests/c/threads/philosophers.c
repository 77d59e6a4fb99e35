/* Five philosophers who all take the fork with the lower number first: nobody starves, nothing locks up. */
#include <pthread.h>
#include <stdio.h>

enum { N = 5, MEALS = 20 };

static pthread_mutex_t fork_of[N];
static int eating[N], meals[N], collisions;

static void *dine(void *arg)
{
    int me = (int)(long)arg, i;
    int left = me, right = (me + 1) % N;
    int first = left < right ? left : right, second = left < right ? right : left;

    for (i = 0; i < MEALS; i++) {
        pthread_mutex_lock(&fork_of[first]);
        pthread_mutex_lock(&fork_of[second]);
        eating[me] = 1;
        if (eating[(me + 1) % N] || eating[(me + N - 1) % N])
            collisions++;
        meals[me]++;
        eating[me] = 0;
        pthread_mutex_unlock(&fork_of[second]);
        pthread_mutex_unlock(&fork_of[first]);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread[N];
    long i;

    for (i = 0; i < N; i++)
        pthread_mutex_init(&fork_of[i], NULL);
    for (i = 0; i < N; i++)
        pthread_create(&thread[i], NULL, dine, (void *)i);
    for (i = 0; i < N; i++)
        pthread_join(thread[i], NULL);
    for (i = 0; i < N; i++)
        printf("philosopher %ld: %d meals\n", i, meals[i]);
    printf("%d collisions\n", collisions);
    return 0;
}
