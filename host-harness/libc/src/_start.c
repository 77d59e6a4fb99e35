/* Where a process begins: the kernel has put argc, argv, a null, envp, a null, the auxiliary vector on the stack. */
#include <bits/libc.h>
#include <stdlib.h>

char **environ;
unsigned long *__auxv;
char *program_invocation_name = "";
char *program_invocation_short_name = "";

int main(int argc, char **argv, char **envp);

static void name_program(char *path)
{
    program_invocation_name = path;
    program_invocation_short_name = path;
    for (; *path; path++)
        if (*path == '/')
            program_invocation_short_name = path + 1;
}

void _start(void)
{
    long *sp = __initial_sp();
    int argc = (int)sp[0];
    char **argv = (char **)(sp + 1);

    char **end;

    environ = argv + argc + 1;
    for (end = environ; *end; end++)
        ;
    __auxv = (unsigned long *)(end + 1);
    if (argc > 0)
        name_program(argv[0]);
    exit(main(argc, argv, environ));
}
