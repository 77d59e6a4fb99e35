/* Nobody waits: who ends first leaves a zombie, who ends last is an orphan. */
#include <unistd.h>

int main(void)
{
    if (fork() == 0) {
        if (fork() == 0) {
            write(1, "grandchild\n", 11);
            _exit(1);
        }
        write(1, "child\n", 6);
        _exit(0);
    }
    write(1, "main\n", 5);
    return 0;
}
