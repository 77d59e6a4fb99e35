/* <stdatomic.h>: what each operation gives, and that no change is lost. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { THREADS = 3, TURNS = 300 };

static atomic_int counter;
static _Atomic unsigned char small;
static atomic_long sum = ATOMIC_VAR_INIT(5);
static atomic_flag flag = ATOMIC_FLAG_INIT;
static int behind_flag;

static void *work(void *arg)
{
    int i;

    for (i = 0; i < TURNS; i++) {
        counter++;
        small += 1;
        atomic_fetch_sub(&sum, (long)arg);
        while (atomic_flag_test_and_set(&flag))
            ;
        behind_flag++;
        atomic_flag_clear(&flag);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread[THREADS];
    atomic_int x;
    int expected, i;
    long l = 7;

    for (i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, work, (void *)(long)i);
    for (i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    printf("%d %d %ld %d\n", atomic_load(&counter), small, (long)sum, behind_flag);

    atomic_init(&x, 10);
    printf("add %d", atomic_fetch_add(&x, 5));
    printf(" sub %d", atomic_fetch_sub(&x, 1));
    printf(" or %d", atomic_fetch_or(&x, 1));
    printf(" and %d", atomic_fetch_and(&x, 12));
    printf(" xor %d", atomic_fetch_xor(&x, 6));
    printf(" exchange %d", atomic_exchange(&x, -3));
    printf(" load %d\n", atomic_load(&x));
    expected = 4;
    i = atomic_compare_exchange_strong(&x, &expected, 8);
    printf("not equal: %d, expected %d\n", i, expected);
    i = atomic_compare_exchange_strong(&x, &expected, 8);
    printf("equal: %d, x %d\n", i, atomic_load(&x));
    printf("%d ", x++);
    printf("%d ", ++x);
    printf("%d\n", x--);
    x -= 3;
    printf("%d\n", x);
    printf("%ld", __sync_val_compare_and_swap(&l, 7, 9));
    printf(" %d", __sync_bool_compare_and_swap(&l, 7, 10));
    printf(" %ld", __sync_lock_test_and_set(&l, 1));
    printf(" %ld", __sync_and_and_fetch(&l, 0));
    printf(" %ld\n", __sync_fetch_and_nand(&l, 5));
    printf("%ld\n", l);
    return 0;
}
