#ifndef _SETJMP_H
#define _SETJMP_H

#include <bits/jumpbuf.h>

typedef struct __jmp_buf_tag jmp_buf[1];
typedef struct __jmp_buf_tag sigjmp_buf[1];

struct __jmp_buf_tag *__jump_mask(struct __jmp_buf_tag *env, int save);

/* The place is one in the caller's frame, so that none of these can be a function. */
#define setjmp(env) __set_jump(__jump_mask((env), 0))
#define _setjmp(env) __set_jump(__jump_mask((env), 0))
#define sigsetjmp(env, save) __set_jump(__jump_mask((env), (save)))

void longjmp(struct __jmp_buf_tag *env, int value) __attribute__((noreturn));
void _longjmp(struct __jmp_buf_tag *env, int value) __attribute__((noreturn));
void siglongjmp(struct __jmp_buf_tag *env, int value) __attribute__((noreturn));

#endif
