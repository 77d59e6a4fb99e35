/* system() and popen(): fork, exec of a shell, wait, in one call. Their results are status words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

int main(void)
{
    char line[80];
    int status;
    FILE *p;

    printf("there is a shell: %d\n", system(NULL) != 0);
    fflush(stdout);
    status = system("echo from system; exit 3");
    printf("system: exited %d, code %d\n", WIFEXITED(status), WEXITSTATUS(status));
    status = system("kill -9 $$");
    printf("system: signaled %d, signal %d\n", WIFSIGNALED(status), WTERMSIG(status));
    p = popen("echo one; echo two", "r");
    while (fgets(line, sizeof line, p))
        printf("popen: %s", line);
    printf("pclose: %d\n", pclose(p));
    fflush(stdout);
    p = popen("cat", "w");
    fprintf(p, "written to cat\n");
    printf("pclose: %d\n", pclose(p));
    p = popen("exit 7", "r");
    printf("pclose: %d\n", WEXITSTATUS(pclose(p)));
    return 0;
}
