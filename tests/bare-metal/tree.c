/* A tree of 60 processes. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TREE = 60 };

static int born[2], gate[2];

/* Node `number` has the children 2 * number and 2 * number + 1; all live at the same time. */
static int node(int number)
{
    pid_t children[2] = {0, 0};
    int sum = 1, alive = 0, side, status = 0;
    char bytes[64] = {1};

    for (side = 0; side < 2; side++) {
        int child = 2 * number + side;

        if (child <= TREE && (children[side] = fork()) == 0) {
            close(gate[1]);
            _exit(node(child));
        }
    }
    write(born[1], bytes, 1);
    if (number == 1) {
        while (alive < TREE)
            alive += read(born[0], bytes, sizeof bytes);
        dprintf(1, "%d processes are alive\n", alive);
        close(gate[1]);
    } else
        read(gate[0], bytes, 1);
    for (side = 0; side < 2; side++)
        if (children[side] > 0 && waitpid(children[side], &status, 0) == children[side])
            sum += status >> 8;
    return sum;
}

int main(void)
{
    pipe(born);
    pipe(gate);
    dprintf(1, "%d processes have been waited for\n", node(1));
    return 0;
}
