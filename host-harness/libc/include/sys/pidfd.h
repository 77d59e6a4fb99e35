#ifndef _SYS_PIDFD_H
#define _SYS_PIDFD_H

#include <fcntl.h>
#include <sys/types.h>

#define PIDFD_NONBLOCK O_NONBLOCK
#define PIDFD_THREAD O_EXCL

int pidfd_open(pid_t pid, unsigned int flags);
int pidfd_getfd(int pidfd, int target, unsigned int flags);

#endif
