/* The end of the heap. */
#include <bits/libc.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

static char *current;

/* The kernel answers with the break, moved or not. */
int brk(void *end)
{
    current = (char *)__syscall(SYS_brk, end);
    if (current >= (char *)end)
        return 0;
    errno = ENOMEM;
    return -1;
}

void *sbrk(long increment)
{
    char *before;

    /* malloc moves the break too, so what was known of it may be old. */
    current = (char *)__syscall(SYS_brk, (void *)0);
    before = current;
    if (increment > 0 ? before + increment < before : before + increment > before) {
        errno = ENOMEM;
        return (void *)-1;
    }
    if (increment && brk(before + increment) < 0)
        return (void *)-1;
    return before;
}
