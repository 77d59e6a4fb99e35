#ifndef _BITS_SYSCALL_H
#define _BITS_SYSCALL_H

/* The processor's system call instruction: -4095..-1 is a negated errno. */
long __syscall(long number, ...);

#endif
