/* A menu with goto and a switch, reading choices from stdin. */
// stdin: 1\n7\n2\n3\n4\n9\n0\n
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/wait.h>

int number = 0;

int main(void)
{
    int choice, status;
menu:
    printf("1) set 2) double 3) fork 4) show 0) quit > ");
    if (scanf("%d", &choice) != 1)
        goto end;
    switch (choice) {
    case 1:
        scanf("%d", &number);
        goto menu;
    case 2:
        number *= 2;
        goto menu;
    case 3:
        fflush(stdout);
        if (fork() == 0) {
            number = number + 1;
            printf("[child has %d] ", number);
            fflush(stdout);
            _exit(number);
        }
        wait(&status);
        printf("[it returned %d]\n", WEXITSTATUS(status));
        goto menu;
    case 4:
        printf("[%d]\n", number);
        goto menu;
    case 0:
        goto end;
    default:
        printf("[what?]\n");
        goto menu;
    }
end:
    printf("bye\n");
    return number;
}
