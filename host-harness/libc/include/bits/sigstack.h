#ifndef _BITS_SIGSTACK_H
#define _BITS_SIGSTACK_H

#include <bits/sigset.h>
#include <stddef.h>

typedef struct {
    void *ss_sp;
    int ss_flags;
    size_t ss_size;
} stack_t;

#define SS_ONSTACK 1
#define SS_DISABLE 2
#define SS_AUTODISARM (1U << 31)
#define MINSIGSTKSZ 2048
#define SIGSTKSZ 8192

/* The registers as the kernel stores them; a machine without those of x86-64 has its program counter in REG_RIP, its
   stack pointer in REG_RSP, its frame pointer in REG_RBP and its accumulator in REG_RAX. */
enum {
    REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RDI, REG_RSI, REG_RBP, REG_RBX,
    REG_RDX, REG_RAX, REG_RCX, REG_RSP, REG_RIP, REG_EFL, REG_CSGSFS, REG_ERR, REG_TRAPNO, REG_OLDMASK, REG_CR2
};
typedef long long greg_t;
typedef greg_t gregset_t[23];

typedef struct {
    gregset_t gregs;
    void *fpregs;
    unsigned long long __reserved[8];
} mcontext_t;

typedef struct ucontext_t {
    unsigned long uc_flags;
    struct ucontext_t *uc_link;
    stack_t uc_stack;
    mcontext_t uc_mcontext;
    sigset_t uc_sigmask;
} ucontext_t;

#endif
