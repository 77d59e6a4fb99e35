/* Keys, under which each thread has a value of its own. */
#include <bits/threads.h>
#include <errno.h>
#include <pthread.h>

static struct {
    int used;
    void (*destructor)(void *);
} keys[THREAD_KEYS];
static int keys_lock;

/* A destructor may set values again: there are four rounds. */
static void keys_exit(struct __pthread *self)
{
    int round, key, found = 1;

    for (round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS && found; round++) {
        found = 0;
        for (key = 0; key < THREAD_KEYS; key++) {
            void *value = self->value[key];

            self->value[key] = 0;
            if (value && keys[key].used && keys[key].destructor) {
                keys[key].destructor(value);
                found = 1;
            }
        }
    }
}

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    int at;

    __thread_keys_exit = keys_exit;
    __lock(&keys_lock);
    for (at = 0; at < THREAD_KEYS && keys[at].used; at++)
        ;
    if (at < THREAD_KEYS) {
        keys[at].used = 1;
        keys[at].destructor = destructor;
        __thread_self()->value[at] = 0;
    }
    __unlock(&keys_lock);
    if (at == THREAD_KEYS)
        return EAGAIN;
    *key = (pthread_key_t)at;
    return 0;
}

int pthread_key_delete(pthread_key_t key)
{
    if (key >= THREAD_KEYS || !keys[key].used)
        return EINVAL;
    keys[key].used = 0;
    return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
    return key < THREAD_KEYS ? __thread_self()->value[key] : 0;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (key >= THREAD_KEYS || !keys[key].used)
        return EINVAL;
    __thread_self()->value[key] = (void *)value;
    return 0;
}
