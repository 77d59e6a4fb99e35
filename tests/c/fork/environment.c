/* The environment is memory like any other: the child has a copy, its changes stay its own. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

int main(void)
{
    const char *c;

    setenv("COURSE", "operating systems", 1);
    setenv("ROOM", "12", 1);
    if (fork() == 0) {
        printf("child has %s in room %s\n", getenv("COURSE"), getenv("ROOM"));
        setenv("ROOM", "13", 1);
        unsetenv("COURSE");
        c = getenv("COURSE");
        printf("child now has %s in room %s\n", c ? c : "nothing", getenv("ROOM"));
        exit(0);
    }
    wait(NULL);
    printf("parent has %s in room %s\n", getenv("COURSE"), getenv("ROOM"));
    return 0;
}
