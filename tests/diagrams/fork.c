/* A child that ends with a status, and a parent that waits; what they print is not what XML and DOT like best. */
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    if (fork() == 0) {
        write(1, "<child> & \"\\\"\n", 14);
        _exit(3);
    }
    write(1, "parent\n", 7);
    wait(NULL);
    write(1, "a line that is much longer than there is room for in a diagram\n", 63);
    return 0;
}
