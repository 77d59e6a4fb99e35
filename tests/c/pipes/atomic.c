/* Writes of up to 4096 bytes are atomic: four children write records at the same time, no record is torn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#define CHILDREN 4
#define RECORDS 30
#define SIZE 1000

int main(void)
{
    static char record[SIZE];
    int fd[2], i, k, got, torn = 0, count[CHILDREN] = { 0 };

    pipe(fd);
    for (i = 0; i < CHILDREN; i++) {
        if (fork() == 0) {
            memset(record, 'a' + i, SIZE);
            for (k = 0; k < RECORDS; k++)
                write(fd[1], record, SIZE);
            _exit(0);
        }
    }
    close(fd[1]);
    for (;;) {
        got = 0;
        while (got < SIZE && (k = read(fd[0], record + got, SIZE - got)) > 0)
            got += k;
        if (got < SIZE)
            break;
        for (k = 1; k < SIZE; k++)
            if (record[k] != record[0])
                torn++;
        count[record[0] - 'a']++;
    }
    while (wait(NULL) > 0)
        ;
    for (i = 0; i < CHILDREN; i++)
        printf("child %d: %d records\n", i, count[i]);
    printf("torn: %d, left over: %d bytes\n", torn, got);
    return 0;
}
