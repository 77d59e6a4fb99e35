/* setitimer gives the old value, getitimer the one that is set; each of the three is one of its own. */
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

static void show(const char *what, const struct itimerval *v)
{
    printf("%s: %ld s and more: %d, every %ld s %ld us\n", what, (long)((v->it_value.tv_sec + 1) / 1000 * 1000),
           v->it_value.tv_sec || v->it_value.tv_usec, (long)v->it_interval.tv_sec, (long)v->it_interval.tv_usec);
}

int main(void)
{
    struct itimerval new = {{7, 8}, {5000, 0}}, old;
    int which;

    for (which = 0; which < 3; which++) {
        getitimer(which, &old);
        show("at first", &old);
        new.it_value.tv_sec = 5000 + 1000 * which;
        printf("%d\n", setitimer(which, &new, &old));
        show("old", &old);
    }
    for (which = 0; which < 3; which++) {
        getitimer(which, &old);
        show("set", &old);
    }
    new.it_value.tv_sec = 0;
    setitimer(ITIMER_REAL, &new, NULL);
    getitimer(ITIMER_REAL, &old);
    show("stopped", &old);
    return 0;
}
