#ifndef _SEMAPHORE_H
#define _SEMAPHORE_H

#include <bits/timespec.h>
#include <sys/types.h>

typedef struct {
    unsigned long __word; /* the value in the upper 31 bits, how many wait in the lower 33 */
    long __room[3];
} sem_t;

#ifndef SEM_VALUE_MAX
#define SEM_VALUE_MAX 2147483647
#endif

int sem_init(sem_t *sem, int shared, unsigned int value);
int sem_destroy(sem_t *sem);
int sem_wait(sem_t *sem);
int sem_trywait(sem_t *sem);
int sem_timedwait(sem_t *sem, const struct timespec *until);
int sem_post(sem_t *sem);
int sem_getvalue(sem_t *sem, int *value);

#endif
