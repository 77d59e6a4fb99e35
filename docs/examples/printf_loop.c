/* The loop that has been asked about in every forum: how many lines? What printf keeps is copied by fork. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    for (int i = 0; i < 3; i++) {
        fork();
        printf("%d\n", i);
    }
    return 0;
}
