/* Mappings. */
#include <bits/libc.h>
#include <sys/mman.h>
#include <sys/syscall.h>

void *mmap(void *address, size_t length, int prot, int flags, int fd, off_t offset)
{
    return (void *)__syscall_ret(
        __syscall(SYS_mmap, address, length, (long)prot, (long)flags, (long)fd, offset));
}

int munmap(void *address, size_t length)
{
    return (int)__syscall_ret(__syscall(SYS_munmap, address, length));
}

int mprotect(void *address, size_t length, int prot)
{
    return (int)__syscall_ret(__syscall(SYS_mprotect, address, length, (long)prot));
}

int madvise(void *address, size_t length, int advice)
{
    return (int)__syscall_ret(__syscall(SYS_madvise, address, length, (long)advice));
}
