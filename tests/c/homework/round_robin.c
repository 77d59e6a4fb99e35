/* CPU scheduling on paper, as every course has it: FCFS, SJF and round robin, waiting and turnaround times. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N 5

struct process {
    char name;
    int arrival, burst, left, finish;
};

static const struct process jobs[N] = {
    { 'A', 0, 8, 0, 0 }, { 'B', 1, 4, 0, 0 }, { 'C', 2, 9, 0, 0 }, { 'D', 3, 5, 0, 0 }, { 'E', 6, 2, 0, 0 },
};

static struct process p[N];

static void reset(void)
{
    memcpy(p, jobs, sizeof p);
    for (int i = 0; i < N; i++)
        p[i].left = p[i].burst;
}

static void report(const char *name)
{
    double wait = 0, turnaround = 0;

    printf("\n%s\n%-4s%8s%8s%8s%8s\n", name, "", "arrive", "burst", "finish", "wait");
    for (int i = 0; i < N; i++) {
        int t = p[i].finish - p[i].arrival;
        printf("%-4c%8d%8d%8d%8d\n", p[i].name, p[i].arrival, p[i].burst, p[i].finish, t - p[i].burst);
        wait += t - p[i].burst;
        turnaround += t;
    }
    printf("average wait %.2f, turnaround %.2f\n", wait / N, turnaround / N);
}

static void fcfs(void)
{
    int clock = 0;

    for (int i = 0; i < N; i++) {
        if (clock < p[i].arrival)
            clock = p[i].arrival;
        clock += p[i].burst;
        p[i].finish = clock;
    }
}

static void sjf(void)
{
    int clock = 0, done = 0;

    while (done < N) {
        struct process *best = NULL;
        for (struct process *q = p; q < p + N; q++)
            if (q->left && q->arrival <= clock && (!best || q->burst < best->burst))
                best = q;
        if (!best) {
            clock++;
            continue;
        }
        clock += best->burst;
        best->left = 0;
        best->finish = clock;
        done++;
    }
}

static void round_robin(int quantum)
{
    int queue[200], head = 0, tail = 0, clock = 0, next = 0, i;

    while (next < N && p[next].arrival <= clock)
        queue[tail++] = next++;
    while (head < tail) {
        i = queue[head++];
        int slice = p[i].left < quantum ? p[i].left : quantum;
        printf("%c", p[i].name);
        clock += slice;
        p[i].left -= slice;
        while (next < N && p[next].arrival <= clock)
            queue[tail++] = next++;
        if (p[i].left)
            queue[tail++] = i;
        else
            p[i].finish = clock;
    }
}

int main(void)
{
    reset();
    fcfs();
    report("First come, first served");
    reset();
    sjf();
    report("Shortest job first");
    reset();
    round_robin(3);
    report(" Round robin, quantum 3");
    return 0;
}
