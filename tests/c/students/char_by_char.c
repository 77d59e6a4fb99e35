/* A pipe read char by char with != NULL in the wrong places; both ends closed by luck, at exit. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <stdlib.h>
#include <sys/wait.h>

int fd[2];
char msg[] = "The answer is 42";

int main(int argc, char *argv[])
{
	char c;
	int len = 0;
	pipe(fd);
	if (!fork()) {
		int i = 0;
		while (msg[i] != NULL) {
			write(fd[1], &msg[i], 1);
			i++;
		}
		write(fd[1], "\n", 1);
		exit(0);
	}
	else {
		do {
			read(fd[0], &c, 1);
			putchar(c);
			len++;
		} while (c != '\n');
		wait(NULL);
		printf("%d chars\n", len);
	}
}
