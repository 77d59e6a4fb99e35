/* Normal, recursive and error-checking mutexes. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

static const char *name(int error)
{
    switch (error) {
    case 0: return "0";
    case EBUSY: return "EBUSY";
    case EPERM: return "EPERM";
    case EDEADLK: return "EDEADLK";
    case EINVAL: return "EINVAL";
    default: return "?";
    }
}

static pthread_mutex_t recursive, checked, normal = PTHREAD_MUTEX_INITIALIZER;

static void *other(void *arg)
{
    (void)arg;
    printf("  other: recursive try %s unlock %s\n", name(pthread_mutex_trylock(&recursive)),
           name(pthread_mutex_unlock(&recursive)));
    printf("  other: checked try %s unlock %s\n", name(pthread_mutex_trylock(&checked)),
           name(pthread_mutex_unlock(&checked)));
    printf("  other: normal try %s\n", name(pthread_mutex_trylock(&normal)));
    return NULL;
}

static void ask_other(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, other, NULL);
    pthread_join(thread, NULL);
}

int main(void)
{
    pthread_mutexattr_t attr;
    int type;

    pthread_mutexattr_init(&attr);
    printf("bad type: %s\n", name(pthread_mutexattr_settype(&attr, 99)));
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutexattr_gettype(&attr, &type);
    printf("type is kept: %d\n", type == PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&recursive, &attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checked, &attr);
    pthread_mutexattr_destroy(&attr);

    printf("recursive: %s", name(pthread_mutex_lock(&recursive)));
    printf(" %s", name(pthread_mutex_lock(&recursive)));
    printf(" %s\n", name(pthread_mutex_trylock(&recursive)));
    printf("checked: %s", name(pthread_mutex_lock(&checked)));
    printf(" %s", name(pthread_mutex_lock(&checked)));
    printf(" %s\n", name(pthread_mutex_trylock(&checked)));
    printf("normal: %s", name(pthread_mutex_lock(&normal)));
    printf(" %s\n", name(pthread_mutex_trylock(&normal)));
    ask_other();
    printf("destroy: %s\n", name(pthread_mutex_destroy(&normal)));
    printf("unlock: %s", name(pthread_mutex_unlock(&recursive)));
    printf(" %s", name(pthread_mutex_unlock(&recursive)));
    printf(" %s", name(pthread_mutex_unlock(&recursive)));
    printf(" %s\n", name(pthread_mutex_unlock(&recursive)));
    printf("unlock: %s", name(pthread_mutex_unlock(&checked)));
    printf(" %s\n", name(pthread_mutex_unlock(&checked)));
    printf("unlock: %s\n", name(pthread_mutex_unlock(&normal)));
    printf("destroy: %s\n", name(pthread_mutex_destroy(&normal)));
    return 0;
}
