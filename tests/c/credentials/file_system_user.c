/* setfsuid tells the number that was there before, whether it could change it or not. */
// user: root
#include <stdio.h>
#include <sys/fsuid.h>
#include <unistd.h>

int main(void)
{
    printf("%d\n", setfsuid(1001));
    printf("%d\n", setfsuid(-1));
    seteuid(1002);
    printf("follows the effective one: %d\n", setfsuid(-1));
    printf("%d\n", setfsuid(0));
    printf("root is real and saved: %d\n", setfsuid(-1));
    setuid(1002);
    printf("%d\n", setfsuid(1001));
    printf("not allowed: %d\n", setfsuid(-1));
    return 0;
}
