/* abort() does not flush: "lost" never appears. The program dies of SIGABRT, a shell shows 134. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    printf("kept\n");
    fflush(stdout);
    printf("lost\n");
    abort();
}
