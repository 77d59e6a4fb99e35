#ifndef _SCHED_H
#define _SCHED_H

#include <sys/types.h>

int sched_yield(void);

#ifdef _GNU_SOURCE
#include <linux/sched.h>
/* After arg: pid_t *parent_tid, void *tls, pid_t *child_tid. */
int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);
#endif

#endif
