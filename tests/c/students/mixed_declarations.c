/* Declarations wherever they come to mind, // comments, tabs, a define for everything, void main. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>
#define BEGIN {
#define END }
#define NUM_CHILD 3
#define print(x) printf("%d\n", x)

void main()
BEGIN
	int i = 0;
	// make the children
	for (int c = 0; c < NUM_CHILD; c++) {
		pid_t pid = fork();
		if (pid == 0) exit(c + 1);
		i += 1;
	}
	int total = 0, status;
	while (wait(&status) > 0) total += WEXITSTATUS(status);
	print(i); print(total);
	char *msg = "done"; puts(msg);
	exit(0);
END
