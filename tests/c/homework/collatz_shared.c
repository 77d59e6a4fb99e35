/* Silberschatz 3.22: the same through shared memory: the child puts the sequence there, the parent prints it. */
// args: 27
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_SEQUENCE 200

struct shared_data {
    long sequence[MAX_SEQUENCE];
    int sequence_size;
};

int main(int argc, char *argv[])
{
    struct shared_data *data;
    long n = argc > 1 ? atol(argv[1]) : 1, highest = 0;
    int i;

    data = mmap(0, sizeof *data, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fork() == 0) {
        while (data->sequence_size < MAX_SEQUENCE) {
            data->sequence[data->sequence_size++] = n;
            if (n == 1)
                break;
            n = n % 2 ? 3 * n + 1 : n / 2;
        }
        _exit(0);
    }
    wait(NULL);
    for (i = 0; i < data->sequence_size; i++) {
        printf("%ld%c", data->sequence[i], (i + 1) % 12 && i + 1 < data->sequence_size ? ' ' : '\n');
        if (data->sequence[i] > highest)
            highest = data->sequence[i];
    }
    printf("%d numbers, the highest is %ld\n", data->sequence_size, highest);
    return 0;
}
