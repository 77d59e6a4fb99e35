#ifndef _BITS_SIGINFO_H
#define _BITS_SIGINFO_H

#include <sys/types.h>

union sigval {
    int sival_int;
    void *sival_ptr;
};
typedef union sigval sigval_t;

typedef struct {
    int si_signo;
    int si_errno;
    int si_code;
    int __pad;
    union {
        int __words[28];
        struct {
            pid_t pid;
            uid_t uid;
            int status;
            clock_t utime;
            clock_t stime;
        } __child;
        struct {
            pid_t pid;
            uid_t uid;
            sigval_t value;
        } __queued;
        struct {
            void *address;
        } __fault;
    } __fields;
} siginfo_t;

#define si_pid __fields.__child.pid
#define si_uid __fields.__child.uid
#define si_status __fields.__child.status
#define si_utime __fields.__child.utime
#define si_stime __fields.__child.stime
#define si_value __fields.__queued.value
#define si_int __fields.__queued.value.sival_int
#define si_ptr __fields.__queued.value.sival_ptr
#define si_addr __fields.__fault.address

#define SI_USER 0
#define SI_KERNEL 128
#define SI_QUEUE (-1)
#define SI_TIMER (-2)
#define SI_TKILL (-6)

#define CLD_EXITED 1
#define CLD_KILLED 2
#define CLD_DUMPED 3
#define CLD_TRAPPED 4
#define CLD_STOPPED 5
#define CLD_CONTINUED 6

#define SI_MESGQ (-3)
#define SI_ASYNCIO (-4)
#define SI_SIGIO (-5)

#define ILL_ILLOPC 1
#define ILL_ILLOPN 2
#define ILL_ILLADR 3
#define ILL_ILLTRP 4
#define ILL_PRVOPC 5
#define ILL_PRVREG 6
#define FPE_INTDIV 1
#define FPE_INTOVF 2
#define FPE_FLTDIV 3
#define FPE_FLTOVF 4
#define FPE_FLTUND 5
#define FPE_FLTRES 6
#define FPE_FLTINV 7
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
#define BUS_ADRALN 1
#define BUS_ADRERR 2
#define BUS_OBJERR 3
#define TRAP_BRKPT 1
#define TRAP_TRACE 2

#endif
