/* A small process that does to the running kernel what the table measures on the model. It reads lines
 * "what count pages" and answers each with the nanoseconds that one of the count took. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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
		printf("%.1f\n", ns / count);
		fflush(stdout);
	}
	return 0;
}
