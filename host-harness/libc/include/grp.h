#ifndef _GRP_H
#define _GRP_H

#include <stddef.h>
#include <sys/types.h>

int setgroups(size_t size, const gid_t *list);

#endif
