/* Which bytes reach write(2) when: one argument chooses stdout's buffering. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char own[64];

static void choose(const char *mode)
{
    if (strcmp(mode, "full") == 0)
        setvbuf(stdout, 0, _IOFBF, 0);
    else if (strcmp(mode, "line") == 0)
        setvbuf(stdout, 0, _IOLBF, 0);
    else if (strcmp(mode, "none") == 0)
        setvbuf(stdout, 0, _IONBF, 0);
    else if (strcmp(mode, "small") == 0)
        setvbuf(stdout, own, _IOFBF, sizeof own);
    else if (strcmp(mode, "lines") == 0)
        setvbuf(stdout, own, _IOLBF, sizeof own);
    else if (strcmp(mode, "setbuf") == 0)
        setbuf(stdout, own);
}

static void print(void)
{
    char *big = malloc(10000);
    int i;

    printf("a\nb\nc");
    printf("d\ne\n");
    puts("a line");
    putchar('x');
    fputs("two\nlines", stdout);
    fprintf(stderr, "x%dy\n", 3);
    errno = ENOENT;
    perror("perror");
    for (i = 0; i < 50; i++)
        printf("line %d of the %s\n", i, "test");
    memset(big, 'z', 9999);
    big[9999] = 0;
    big[5000] = '\n';
    puts(big);
    printf("%s|%20s\n", big, "x");
    printf("%5000d\n", 7);
    fwrite(big, 1, 5001, stdout);
    fwrite(big, 100, 30, stdout);
    putchar('\n');
    fprintf(stderr, "%s\n", big);
    fputs(big, stderr);
    free(big);
}

static void fork_with_pending(void)
{
    int status;

    printf("unflushed ");
    if (fork() == 0) {
        printf("child\n");
        exit(3);
    }
    wait(&status);
    printf("parent %d\n", WEXITSTATUS(status));
    if (fork() == 0)
        _exit(0);
    wait(&status);
}

int main(int argc, char **argv)
{
    int result;

    if (argc > 1)
        choose(argv[1]);
    print();
    fork_with_pending();
    choose("line");
    printf("a");
    choose("full");
    printf("b\nc\n");
    choose("none");
    printf("%s\n", "d");
    puts("e");
    choose("small");
    printf("f");
    result = fflush(stdout);
    printf("%d", result);
    fclose(stdin);
    fflush(0);
    close(STDOUT_FILENO);
    printf("lost");
    result = fflush(stdout);
    fprintf(stderr, "%d %m %d\n", result, ferror(stdout));
    return 0;
}
