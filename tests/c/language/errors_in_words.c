/* The texts of strerror and strsignal. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    int errors[] = { 0, EPERM, ENOENT, ESRCH, EINTR, EIO, E2BIG, ENOEXEC, EBADF, ECHILD, EAGAIN, ENOMEM, EACCES, EFAULT,
                     EBUSY, EEXIST, ENOTDIR, EISDIR, EINVAL, ENFILE, EMFILE, ENOTTY, EFBIG, ENOSPC, ESPIPE, EROFS, EMLINK,
                     EPIPE, EDOM, ERANGE, EDEADLK, ENOSYS, EILSEQ, EOPNOTSUPP, ETIMEDOUT, 9999 };
    unsigned i;

    for (i = 0; i < sizeof errors / sizeof *errors; i++)
        printf("%4d %s\n", errors[i], strerror(errors[i]));
    for (i = 1; i < 32; i++)
        printf("%4d %s\n", i, strsignal(i));
    return 0;
}
