/* Who waits for whom decides what can be printed: 63 outputs. */
#include <sys/wait.h>
#include <unistd.h>

static void print(char digit)
{
    write(1, &digit, 1);
}

int main(void)
{
    if (fork() == 0) {
        if (fork() == 0) {
            print('2');
            print('0');
            _exit(0);
        }
        wait(NULL);
        print('3');
        print('0');
        _exit(0);
    }
    if (fork() == 0) {
        print('5');
        _exit(0);
    }
    print('4');
    print('0');
    return 0;
}
