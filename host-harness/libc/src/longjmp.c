/* Jumps out of functions. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>

struct __jmp_buf_tag *__jump_mask(struct __jmp_buf_tag *env, int save)
{
    env->__mask_was_saved = save && sigprocmask(SIG_BLOCK, 0, &env->__saved_mask) == 0;
    return env;
}

void siglongjmp(struct __jmp_buf_tag *env, int value)
{
    if (env->__mask_was_saved)
        sigprocmask(SIG_SETMASK, &env->__saved_mask, 0);
    __long_jump(env, value ? value : 1);
}

void longjmp(struct __jmp_buf_tag *env, int value)
{
    siglongjmp(env, value);
}

void _longjmp(struct __jmp_buf_tag *env, int value)
{
    siglongjmp(env, value);
}
