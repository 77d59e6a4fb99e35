/* The student forgot unistd.h and sys/wait.h: an old compiler only warns, and the program works. */
#include <stdio.h>
#include <stdlib.h>

int main()
{
  int pid;
  pid = fork();
  if (pid == 0)
  {
    printf("child\n");
    exit(0);
  }
  wait(NULL);
  printf("parent\n");
  return 0;
}
