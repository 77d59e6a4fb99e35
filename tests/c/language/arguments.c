/* argc and argv: the arguments as they are, argv[argc] is NULL, they may be changed. */
// args: one "two words" "" -x 42
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    int i;

    printf("%d arguments\n", argc - 1);
    for (i = 1; i < argc; i++)
        printf("argv[%d] = \"%s\" (%zu)\n", i, argv[i], strlen(argv[i]));
    printf("argv[argc] is NULL: %d\n", argv[argc] == NULL);
    printf("number: %d\n", atoi(argv[argc - 1]) + 1);
    argv[1][0] = 'O';
    printf("%s\n", argv[1]);
    return 0;
}
