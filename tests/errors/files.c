#include <stdio.h>

int main(void)
{
    FILE *f = fopen("out.txt", "w");
    fprintf(f, "hello\n");
    fclose(f);
    return 0;
}
