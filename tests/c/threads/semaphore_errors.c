/* sem_trywait, sem_getvalue, and what they refuse. */
#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <stdio.h>

int main(void)
{
    sem_t sem;
    int value, result;

    printf("init %d\n", sem_init(&sem, 0, 2));
    printf("trywait %d", sem_trywait(&sem));
    printf(" %d", sem_trywait(&sem));
    result = sem_trywait(&sem);
    printf(" %d %s\n", result, errno == EAGAIN ? "EAGAIN" : "?");
    sem_getvalue(&sem, &value);
    printf("value %d\n", value);
    sem_post(&sem);
    sem_getvalue(&sem, &value);
    printf("value %d\n", value);
    result = sem_init(&sem, 0, 1u << 31);
    printf("too large: %d %s\n", result, errno == EINVAL ? "EINVAL" : "?");
    sem_init(&sem, 0, SEM_VALUE_MAX);
    result = sem_post(&sem);
    printf("one more: %d %s\n", result, errno == EOVERFLOW ? "EOVERFLOW" : "?");
    printf("destroy %d\n", sem_destroy(&sem));
    return 0;
}
