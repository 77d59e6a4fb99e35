/* clone3: sizes of its structure, flags, a number that is asked for, a descriptor of the child. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    struct clone_args known;
    unsigned long long more;
} args;

static void make(const char *what, unsigned long size)
{
    int status = 0;
    long child;

    fflush(stdout);
    child = syscall(SYS_clone3, &args, size);
    if (child == 0)
        _exit(3);
    if (child < 0) {
        printf("%s: %s\n", what, strerror(errno));
        return;
    }
    waitpid((pid_t)child, &status, __WALL);
    printf("%s: child, status %d\n", what, WEXITSTATUS(status));
}

int main(void)
{
    int pidfd = -1, tid;

    args.known.exit_signal = 17;
    make("version 0", 64);
    make("version 2", 88);
    make("too small", 63);
    make("zeroes behind", 96);
    args.more = 1;
    make("more behind", 96);
    make("more than a page", 4097);
    args.known.exit_signal = 65;
    make("no signal", 88);
    args.known.exit_signal = 0;
    make("signal 0", 88);
    args.known.flags = 1ULL << 40;
    make("unknown flag", 88);
    args.known.flags = CLONE_DETACHED;
    make("CLONE_DETACHED", 88);
    args.known.flags = CLONE_CLEAR_SIGHAND;
    make("CLONE_CLEAR_SIGHAND", 88);
    args.known.flags = CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM;
    make("with CLONE_SIGHAND", 88);
    args.known.flags = 0;
    args.known.stack = 4096;
    make("stack without size", 88);
    args.known.stack = 0;
    args.known.stack_size = 4096;
    make("size without stack", 88);
    args.known.stack_size = 0;
    args.known.set_tid = (unsigned long)&tid;
    make("numbers without count", 88);
    args.known.set_tid_size = 33;
    make("too many numbers", 88);
    args.known.set_tid_size = 1;
    tid = 0;
    make("number 0", 88);
    args.known.set_tid = 0;
    args.known.set_tid_size = 0;
    args.known.flags = CLONE_PIDFD;
    args.known.pidfd = (unsigned long)&pidfd;
    make("CLONE_PIDFD", 88);
    printf("descriptor %d, closed on exec %d\n", pidfd >= 0, fcntl(pidfd, F_GETFD));
    args.known.pidfd = 16;
    make("nowhere", 88);
    args.known.pidfd = args.known.parent_tid = (unsigned long)&pidfd;
    args.known.flags |= CLONE_PARENT_SETTID;
    make("both to one place", 88);
    return 0;
}
