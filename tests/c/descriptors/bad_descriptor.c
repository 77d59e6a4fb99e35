/* EBADF: what is not open cannot be read, written, closed or duplicated. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void show(const char *what, int r)
{
    printf("%-12s %d %s\n", what, r, r < 0 ? strerror(errno) : "");
}

int main(void)
{
    char c = 0;

    show("read:", read(77, &c, 1));
    show("write:", write(77, &c, 1));
    show("close:", close(77));
    show("dup:", dup(77));
    show("dup2 from:", dup2(77, 5));
    show("dup2 to -1:", dup2(1, -1));
    show("fcntl:", fcntl(77, F_GETFD));
    show("read(-1):", read(-1, &c, 1));
    show("close(-1):", close(-1));
    show("write 0:", write(77, &c, 0));
    return 0;
}
