/* A small process that does to the running kernel what the table measures on the model. It reads lines
 * "what count pages" and answers each with the nanoseconds that one of the count took. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void give_up(const char *what)
{
	perror(what);
	exit(1);
}

/* Memory in pages of 4 KiB, each written once. */
static char *touched(long pages)
{
	static char *area;
	static long size;
	if (size != pages) {
		if (area)
			munmap(area, size * PAGE);
		area = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (area == MAP_FAILED)
			give_up("mmap");
		madvise(area, pages * PAGE, MADV_NOHUGEPAGE);
		size = pages;
		for (long i = 0; i < pages; i++)
			area[i * PAGE] = 1;
	}
	return area;
}

/* fork, exit, wait. */
static double life(long count)
{
	double start = now();
	for (long i = 0; i < count; i++) {
		pid_t pid = fork();
		if (pid < 0)
			give_up("fork");
		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	return now() - start;
}

/* Only the fork, as its caller sees it. */
static double copy_table(long count, long pages)
{
	double sum = 0;
	touched(pages);
	for (long i = 0; i < count; i++) {
		double start = now();
		pid_t pid = fork();
		if (pid < 0)
			give_up("fork");
		if (pid == 0)
			_exit(0);
		sum += now() - start;
		waitpid(pid, NULL, 0);
	}
	return sum;
}

/* The first write to each page while a child shares them all. */
static double copy_on_write(long count, long pages)
{
	double sum = 0;
	for (long i = 0; i < count; i++) {
		char *area = touched(pages);
		pid_t pid = fork();
		if (pid < 0)
			give_up("fork");
		if (pid == 0)
			for (;;)
				pause();
		double start = now();
		for (long page = 0; page < pages; page++)
			area[page * PAGE] = 2;
		sum += now() - start;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return sum / pages;
}

/* From here on all run on one processor: what a processor needs to wake another is not measured. */
static void stay_here(void)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof set, &set);
}

static void on_signal(int signal)
{
	(void)signal;
}

static void handle(int signal)
{
	struct sigaction action = { .sa_handler = on_signal };
	if (sigaction(signal, &action, NULL))
		give_up("sigaction");
}

/* A signal to oneself, and its handler. */
static double signal_to_itself(long count)
{
	handle(SIGUSR1);
	double start = now();
	for (long i = 0; i < count; i++)
		kill(getpid(), SIGUSR1);
	return now() - start;
}

/* Two processes that send each other a signal, whose handler ends the other's sleep. A hand-over is one of the count. */
static double signal_to_another(long count)
{
	sigset_t blocked, none;
	sigemptyset(&none);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	handle(SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	pid_t parent = getpid(), child = fork();
	if (child < 0)
		give_up("fork");
	stay_here();
	if (child == 0)
		for (;;) {
			sigsuspend(&none);
			kill(parent, SIGUSR1);
		}
	double start = now();
	for (long i = 0; i < count; i += 2) {
		kill(child, SIGUSR1);
		sigsuspend(&none);
	}
	double ns = now() - start;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return ns;
}

/* The end of a group of so many processes, by one kill, until the last of them has been waited for. */
static double group(long count, long members)
{
	double sum = 0;
	/* Members without the memory that other rows have touched: to give that back would take most of the time. */
	touched(1);
	for (long i = 0; i < count; i++) {
		pid_t leader = 0;
		for (long k = 0; k < members; k++) {
			pid_t pid = fork();
			if (pid < 0)
				give_up("fork");
			if (pid == 0)
				for (;;)
					pause();
			leader = leader ? leader : pid;
			setpgid(pid, leader);
		}
		double start = now();
		kill(-leader, SIGKILL);
		while (waitpid(-leader, NULL, 0) > 0)
			;
		sum += now() - start;
	}
	return sum;
}

static void *nothing(void *argument)
{
	return argument;
}

/* A thread made and waited for. */
static double thread(long count)
{
	double start = now();
	for (long i = 0; i < count; i++) {
		pthread_t other;
		if (pthread_create(&other, NULL, nothing, NULL))
			give_up("pthread_create");
		pthread_join(other, NULL);
	}
	return now() - start;
}

static _Atomic unsigned turn[2];

static void await_turn(int who, unsigned seen)
{
	while (turn[who] == seen)
		syscall(SYS_futex, &turn[who], FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void give_turn(int who)
{
	turn[who]++;
	syscall(SYS_futex, &turn[who], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *answer(void *count)
{
	for (unsigned i = 0; i < (unsigned)(long)count; i++) {
		await_turn(1, i);
		give_turn(0);
	}
	return NULL;
}

/* Two threads that wake each other. A hand-over is one of the count. */
static double futex(long count)
{
	pthread_t other;
	turn[0] = turn[1] = 0;
	stay_here();
	if (pthread_create(&other, NULL, answer, (void *)(count / 2)))
		give_up("pthread_create");
	double start = now();
	for (unsigned i = 0; i < (unsigned)(count / 2); i++) {
		give_turn(1);
		await_turn(0, i);
	}
	double ns = now() - start;
	pthread_join(other, NULL);
	return ns;
}

/* What is asked, by a process of its own where the doing changes the process. */
static double apart(double (*doing)(long), long count)
{
	int ends[2];
	double ns = -1;
	if (pipe(ends))
		give_up("pipe");
	pid_t pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		ns = doing(count);
		_exit(write(ends[1], &ns, sizeof ns) != sizeof ns);
	}
	close(ends[1]);
	if (read(ends[0], &ns, sizeof ns) != sizeof ns)
		give_up("read");
	close(ends[0]);
	waitpid(pid, NULL, 0);
	return ns;
}

int main(void)
{
	char what[16];
	long count, pages;
	while (scanf("%15s %ld %ld", what, &count, &pages) == 3) {
		double ns = -1;
		if (!strcmp(what, "life"))
			ns = life(count);
		else if (!strcmp(what, "fork"))
			ns = copy_table(count, pages);
		else if (!strcmp(what, "cow"))
			ns = copy_on_write(count, pages);
		else if (!strcmp(what, "signal"))
			ns = apart(signal_to_itself, count);
		else if (!strcmp(what, "signals"))
			ns = apart(signal_to_another, count);
		else if (!strcmp(what, "group"))
			ns = group(count, pages);
		else if (!strcmp(what, "thread"))
			ns = apart(thread, count);
		else if (!strcmp(what, "futex"))
			ns = apart(futex, count);
		printf("%.1f\n", ns / count);
		fflush(stdout);
	}
	return 0;
}
