#ifndef _SYS_WAIT_H
#define _SYS_WAIT_H

#include <bits/waitstatus.h>
#include <signal.h>
#include <sys/types.h>

#define WAIT_ANY (-1)
#define WAIT_MYPGRP 0

typedef enum { P_ALL, P_PID, P_PGID, P_PIDFD } idtype_t;

struct rusage;

pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);
int waitid(idtype_t idtype, id_t id, siginfo_t *info, int options);
pid_t wait3(int *status, int options, struct rusage *usage);
pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage);

#endif
