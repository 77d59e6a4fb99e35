#include <unistd.h>

int main(void)
{
    int fd[2];
    char c;
    pipe(fd);
    read(fd[0], &c);
    return 0;
}
