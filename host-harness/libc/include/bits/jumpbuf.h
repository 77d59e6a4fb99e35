/* Where a function is to be gone on with: the processor writes the first words. */
#ifndef _BITS_JUMPBUF_H
#define _BITS_JUMPBUF_H

#include <bits/sigset.h>

struct __jmp_buf_tag {
    unsigned long __context[8];
    int __mask_was_saved;
    sigset_t __saved_mask;
};

/* Notes the place behind this call, and gives 0; then what __long_jump brings. */
int __set_jump(struct __jmp_buf_tag *env) __attribute__((returns_twice));
void __long_jump(struct __jmp_buf_tag *env, int value) __attribute__((noreturn));

#endif
