/* The dining philosophers: each fork is a pipe with a byte in it. */
#include <sys/wait.h>
#include <unistd.h>

#define N 3

int main(void)
{
    int forks[N][2];
    char fork_byte = 'f';

    for (int i = 0; i < N; i++) {
        pipe(forks[i]);
        write(forks[i][1], &fork_byte, 1);
    }
    for (int i = 0; i < N; i++)
        if (fork() == 0) {
            int left = i, right = (i + 1) % N;

            read(forks[left][0], &fork_byte, 1);
            read(forks[right][0], &fork_byte, 1);
            write(forks[right][1], &fork_byte, 1);
            write(forks[left][1], &fork_byte, 1);
            _exit(0);
        }
    for (int i = 0; i < N; i++)
        wait(NULL);
    write(1, "all have eaten\n", 15);
    return 0;
}
