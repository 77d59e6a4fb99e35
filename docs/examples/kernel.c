/* A kernel in one file of C that `ktm conform` can test: processes, wait and pipes, without a library.
 *
 *     cc -O -o kernel kernel.c
 *     ktm conform -- ./kernel
 *
 * It reads one request a line and writes one answer a line: docs/line-protocol.md. What it does not have, threads,
 * signals and memory, it leaves out of the lists that it gives at boot, and is not asked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The address that stands for an area of the caller's own, into which results go. All others are bad here. */
#define OUT 0x200000000000ll
#define TASK_SIZE 0x7ffffffff000ull

enum { ESRCH = 3, EBADF = 9, ECHILD = 10, EAGAIN = 11, EFAULT = 14, EINVAL = 22, EMFILE = 24, ENOSYS = 38 };
/* The options of wait4. */
#define NOHANG 1u
#define UNTRACED 2u
#define CONTINUED 8u
#define NOTHREAD 0x20000000u
#define ALL 0x40000000u
#define CLONE 0x80000000u

enum { TASKS = 512, FDS = 64, FILES = 1024 };

enum state { FREE, RUNNING, IN_WAIT, IN_READ, ZOMBIE };

struct task {
    enum state state;
    int ppid;
    int status;      /* of a zombie, as wait4 stores it */
    int adopted;     /* the eldest child has the lowest number */
    int fd[FDS];     /* which open file, or -1 */
    long long arg[4]; /* of the call it sleeps in */
    /* What its call gave after it had slept. */
    int returned, has_status, result_status;
    long long result;
};

struct file { /* an open file description: one end of a pipe */
    int users, pipe, is_write;
};

static struct task tasks[TASKS]; /* by pid */
static struct file files[FILES];
static int last_pid, adoptions, last_pipe;

/* What a call has come to: a value, or that it sleeps or has ended its caller; and what it stored. */
static enum { DONE, BLOCKED, GONE } outcome;
static int out_status, out_fds[2], has_out_status, has_out_fds;

static void boot(void) {
    memset(tasks, 0, sizeof tasks);
    memset(files, 0, sizeof files);
    last_pid = 1;
    adoptions = last_pipe = 0;
    tasks[1].state = RUNNING;
    for (int fd = 0; fd < FDS; fd++) tasks[1].fd[fd] = -1;
}

/* ---- pipes ---- */

static int writers(int pipe) {
    int count = 0;
    for (int f = 0; f < FILES; f++) count += files[f].users > 0 && files[f].pipe == pipe && files[f].is_write;
    return count;
}

static void wake_readers(int pipe);

static void put_file(int f) {
    if (--files[f].users == 0 && files[f].is_write && writers(files[f].pipe) == 0) wake_readers(files[f].pipe);
}

static int new_file(int pipe, int is_write) {
    for (int f = 0; f < FILES; f++)
        if (files[f].users == 0) {
            files[f] = (struct file){1, pipe, is_write};
            return f;
        }
    return -1;
}

static int lowest_fd(const struct task *t, int from) {
    for (int fd = from; fd < FDS; fd++)
        if (t->fd[fd] < 0) return fd;
    return -1;
}

static long long sys_pipe(struct task *t, long long at) {
    int r = lowest_fd(t, 0), w = r < 0 ? -1 : lowest_fd(t, r + 1);
    if (w < 0) return -EMFILE;
    if (at != OUT) return -EFAULT;
    t->fd[r] = new_file(++last_pipe, 0);
    t->fd[w] = new_file(last_pipe, 1);
    out_fds[0] = r, out_fds[1] = w, has_out_fds = 1;
    return 0;
}

static int file_of(const struct task *t, int fd) { return fd < 0 || fd >= FDS ? -1 : t->fd[fd]; }

static long long sys_close(struct task *t, int fd) {
    int f = file_of(t, fd);
    if (f < 0) return -EBADF;
    t->fd[fd] = -1;
    put_file(f);
    return 0;
}

/* Nothing can be written here, for there is no memory to write from: a read gives 0, or sleeps until it can. */
static long long sys_read(struct task *t, int fd, unsigned long long at, unsigned long long count) {
    int f = file_of(t, fd);
    if (f < 0 || files[f].is_write) return -EBADF;
    if (at > TASK_SIZE || count > TASK_SIZE - at) return -EFAULT;
    if (count == 0 || writers(files[f].pipe) == 0) return 0;
    t->state = IN_READ;
    outcome = BLOCKED;
    return 0;
}

static void wake_readers(int pipe) {
    for (int pid = 1; pid <= last_pid; pid++) {
        struct task *t = &tasks[pid];
        if (t->state != IN_READ || files[file_of(t, (int)t->arg[0])].pipe != pipe) continue;
        t->state = RUNNING;
        t->returned = 1, t->has_status = 0, t->result = 0;
    }
}

/* ---- processes ---- */

static long long sys_fork(int pid) {
    if (last_pid + 1 >= TASKS) return -EAGAIN;
    int child = ++last_pid;
    tasks[child] = (struct task){.state = RUNNING, .ppid = pid, .adopted = ++adoptions};
    for (int fd = 0; fd < FDS; fd++) {
        int f = tasks[child].fd[fd] = tasks[pid].fd[fd];
        if (f >= 0) files[f].users++;
    }
    return child;
}

/* One look at the children: a value, or 0 with *hope set where one may end later. */
static long long look(int pid, int *hope) {
    struct task *t = &tasks[pid];
    int whom = (int)t->arg[0];
    unsigned options = (unsigned)t->arg[2];
    int eldest = 0;
    *hope = 0;
    for (int child = 2; child <= last_pid; child++) {
        struct task *c = &tasks[child];
        if (c->state == FREE || c->ppid != pid) continue;
        /* Everybody is in group 1, and every child is one that fork made. */
        if (whom > 0 && whom != child) continue;
        if (whom < -1) continue;
        if ((options & CLONE) && !(options & ALL)) continue;
        if (c->state != ZOMBIE) *hope = 1;
        else if (!eldest || c->adopted < tasks[eldest].adopted) eldest = child;
    }
    if (!eldest) return *hope ? 0 : -ECHILD;
    *hope = 0;
    int status = tasks[eldest].status;
    tasks[eldest].state = FREE;
    /* The child is gone even where its status cannot be stored. */
    if (t->arg[1] != 0 && t->arg[1] != OUT) return -EFAULT;
    if (t->arg[1] == OUT) out_status = status, has_out_status = 1;
    return t->arg[3] ? -EFAULT : eldest;
}

static long long sys_wait4(int pid) {
    struct task *t = &tasks[pid];
    unsigned options = (unsigned)t->arg[2];
    if (options & ~(NOHANG | UNTRACED | CONTINUED | NOTHREAD | ALL | CLONE)) return -EINVAL;
    if ((int)t->arg[0] == -2147483647 - 1) return -ESRCH;
    int hope;
    long long value = look(pid, &hope);
    if (hope && !(options & NOHANG)) {
        t->state = IN_WAIT;
        outcome = BLOCKED;
    }
    return value;
}

static void wake_waiter(int pid) {
    struct task *t = &tasks[pid];
    if (pid == 0 || t->state != IN_WAIT) return;
    int hope;
    has_out_status = 0;
    long long value = look(pid, &hope);
    if (hope) return;
    t->state = RUNNING;
    t->returned = 1, t->result = value;
    t->has_status = has_out_status && value > 0, t->result_status = out_status;
    has_out_status = 0;
}

/* Tells whether there was a zombie among them. */
static int adopt_children(int pid) {
    int zombies = 0;
    for (;;) {
        int eldest = 0;
        for (int child = 2; child <= last_pid; child++)
            if (tasks[child].state != FREE && tasks[child].ppid == pid &&
                (!eldest || tasks[child].adopted < tasks[eldest].adopted))
                eldest = child;
        if (!eldest) return zombies;
        tasks[eldest].ppid = 1;
        tasks[eldest].adopted = ++adoptions;
        zombies |= tasks[eldest].state == ZOMBIE;
    }
}

static void sys_exit(int pid, int code) {
    outcome = GONE;
    if (pid == 1) { /* without init there is nobody */
        memset(tasks, 0, sizeof tasks);
        return;
    }
    struct task *t = &tasks[pid];
    for (int fd = 0; fd < FDS; fd++)
        if (t->fd[fd] >= 0) sys_close(t, fd);
    int zombies = adopt_children(pid);
    t->state = ZOMBIE;
    t->status = (code & 0xff) << 8;
    /* Who waits runs only now, and finds all that has happened. */
    if (zombies) wake_waiter(1);
    wake_waiter(t->ppid);
}

/* ---- the line protocol ---- */

/* The number behind a key: {"nr":61} */
static long long number(const char *line, const char *key) {
    const char *at = strstr(line, key);
    return at ? strtoll(at + strlen(key), NULL, 10) : -1;
}

static void step(const char *line) {
    int pid = (int)number(line, "\"task\":"), nr = (int)number(line, "\"nr\":");
    struct task *t = &tasks[pid];
    const char *at = strstr(line, "\"args\":[");
    at = at ? at + 8 : "]";
    memset(t->arg, 0, sizeof t->arg);
    for (int n = 0; n < 4 && *at != ']'; n++) {
        t->arg[n] = strtoll(at, (char **)&at, 10);
        if (*at == ',') at++;
    }
    outcome = DONE;
    has_out_status = has_out_fds = 0;
    long long value = -ENOSYS;
    switch (nr) {
    case 0: value = sys_read(t, (int)t->arg[0], t->arg[1], t->arg[2]); break;
    case 3: value = sys_close(t, (int)t->arg[0]); break;
    case 22: value = sys_pipe(t, t->arg[0]); break;
    case 39: value = pid; break;
    case 57: value = sys_fork(pid); break;
    case 60: sys_exit(pid, (int)t->arg[0]); break;
    case 61: value = sys_wait4(pid); break;
    case 110: value = t->ppid; break;
    }
    if (outcome == GONE) printf("{\"gone\":true}");
    else if (outcome == BLOCKED) printf("{\"blocked\":true}");
    else if (has_out_status && value > 0) printf("{\"done\":%lld,\"status\":%d}", value, out_status);
    else if (has_out_fds) printf("{\"done\":0,\"fds\":[%d,%d]}", out_fds[0], out_fds[1]);
    else printf("{\"done\":%lld}", value);
}

static void returned(void) {
    const char *comma = "";
    printf("{\"returned\":[");
    for (int pid = 1; pid <= last_pid; pid++) {
        struct task *t = &tasks[pid];
        if (!t->returned) continue;
        t->returned = 0;
        printf("%s{\"task\":%d,\"done\":%lld", comma, pid, t->result);
        if (t->has_status) printf(",\"status\":%d", t->result_status);
        printf("}");
        comma = ",";
    }
    printf("]}");
}

static void observe(void) {
    static const char letter[] = {0, 'R', 'S', 'S', 'Z'};
    const char *comma = "";
    printf("{\"tasks\":[");
    for (int pid = 1; pid <= last_pid; pid++) {
        struct task *t = &tasks[pid];
        if (t->state == FREE) continue;
        printf("%s{\"tid\":%d,\"state\":\"%c\",\"ppid\":%d,\"descriptors\":[", comma, pid, letter[t->state], t->ppid);
        const char *between = "";
        for (int fd = 0; fd < FDS; fd++) {
            int f = t->fd[fd];
            if (f < 0) continue;
            printf("%s{\"fd\":%d,\"description\":%d,\"pipe\":%d,\"end\":\"%s\"}", between, fd, f, files[f].pipe,
                   files[f].is_write ? "write" : "read");
            between = ",";
        }
        printf("]}");
        comma = ",";
    }
    printf("]}");
}

int main(void) {
    static char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        if (strstr(line, "\"op\":\"boot\"")) {
            boot();
            printf("{\"ok\":true,\"observes\":[\"state\",\"ppid\",\"descriptors\"],\"calls\":[\"fork\",\"exit\","
                   "\"wait4\",\"getpid\",\"getppid\",\"pipe\",\"read\",\"close\"]}");
        } else if (strstr(line, "\"op\":\"step\"")) step(line);
        else if (strstr(line, "\"op\":\"returned\"")) returned();
        else observe();
        printf("\n");
        fflush(stdout);
    }
    return 0;
}
