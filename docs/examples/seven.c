/* Two forks on each side, and nobody waits: 27,720 orders of the letters, 1,542 of them different. */
#include <unistd.h>

static void print(char letter)
{
    write(1, &letter, 1);
}

int main(void)
{
    print('A');
    if (fork() == 0) {
        print('E');
        fork();
        print('F');
    } else {
        print('B');
        if (fork() == 0)
            print('C');
        print('D');
    }
    print('G');
    return 0;
}
