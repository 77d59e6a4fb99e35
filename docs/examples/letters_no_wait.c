/* letters.c without its wait. */
#include <unistd.h>

int main(void)
{
    write(1, "a", 1);
    if (fork() == 0) {
        write(1, "b", 1);
        _exit(0);
    }
    write(1, "c", 1);
    write(1, "d", 1);
    return 0;
}
