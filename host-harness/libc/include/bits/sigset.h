#ifndef _BITS_SIGSET_H
#define _BITS_SIGSET_H

/* glibc's size; the kernel knows the first word only. */
typedef struct {
    unsigned long __bits[16];
} sigset_t;

#endif
