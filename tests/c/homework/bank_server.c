/* A server process owns the account; clients send requests through one pipe and get answers each through its own. No lost updates. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#define CLIENTS 3
#define ROUNDS 50

enum kind { DEPOSIT, WITHDRAW, BALANCE };

struct request {
    enum kind kind;
    int client;
    long amount;
};

static int requests[2], answers[CLIENTS][2];

static long ask(int client, enum kind kind, long amount)
{
    struct request r = { .kind = kind, .client = client, .amount = amount };
    long answer;

    write(requests[1], &r, sizeof r);
    read(answers[client][0], &answer, sizeof answer);
    return answer;
}

static void server(void)
{
    struct request r;
    long balance = 0, answer;
    int served = 0;

    while (read(requests[0], &r, sizeof r) == sizeof r) {
        switch (r.kind) {
        case DEPOSIT:
            balance += r.amount;
            answer = 1;
            break;
        case WITHDRAW:
            answer = r.amount <= balance;
            if (answer)
                balance -= r.amount;
            break;
        case BALANCE:
        default:
            answer = balance;
        }
        write(answers[r.client][1], &answer, sizeof answer);
        served++;
    }
    printf("server: %d requests, balance %ld\n", served, balance);
    exit(0);
}

int main(void)
{
    int i, k;

    pipe(requests);
    for (i = 0; i < CLIENTS; i++)
        pipe(answers[i]);
    if (fork() == 0) {
        close(requests[1]);
        server();
    }
    close(requests[0]);
    for (i = 0; i < CLIENTS; i++)
        if (fork() == 0) {
            for (k = 0; k < ROUNDS; k++) {
                ask(i, DEPOSIT, 10 * (i + 1));
                ask(i, WITHDRAW, i + 1);
                ask(i, BALANCE, 0);
            }
            exit(0);
        }
    close(requests[1]);
    while (wait(NULL) > 0)
        ;
    printf("expected %d\n", ROUNDS * 9 * (1 + 2 + 3));
    return 0;
}
