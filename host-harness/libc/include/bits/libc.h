/* What the files of the library share: how a program starts, calls the kernel and ends. */
#ifndef _BITS_LIBC_H
#define _BITS_LIBC_H

#include <bits/syscall.h>

/* The stack pointer that the kernel gave to _start. */
long *__initial_sp(void);
/* System call clone with a child that runs fn(arg) on its own stack and exits with its value. */
int __clone_call(int (*fn)(void *), void *stack, unsigned long flags, void *arg, void *parent_tid, void *tls,
                 void *child_tid);

extern char **environ;
/* The auxiliary vector: pairs of a kind and a value. */
extern unsigned long *__auxv;
extern char *program_invocation_name;
extern char *program_invocation_short_name;

/* Turns a raw result into what C programs see: -1 and errno. */
long __syscall_ret(long result);

/* strlen for the library's own use: a program may define its own strlen. */
unsigned long __strlen(const char *s);

/* Set by stdio when it is first used, so that a program without stdio does not carry it. */
extern void (*__stdio_exit)(void);

enum { EXIT_BLOCK = 32 };
struct __exit_handler {
    void (*plain)(void);
    void (*with_status)(int, void *);
    void *arg;
};
struct __exit_handlers {
    struct __exit_handlers *older;
    int count;
    struct __exit_handler entry[EXIT_BLOCK];
};
extern struct __exit_handlers *__exit_handlers;

/* The text of an error or signal, 0 where the number has none. */
const char *__error_text(int error);
const char *__signal_text(int sig);

/* errno EDOM and the result of an operation that has none. */
double __domain_error(void);

/* glibc's message on stderr, then SIGABRT. */
void __fatal(const char *message) __attribute__((noreturn));

#endif
