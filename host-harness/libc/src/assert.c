/* What a false assertion does. */
#include <assert.h>
#include <bits/libc.h>
#include <stdio.h>
#include <stdlib.h>

void __assert_fail(const char *expression, const char *file, unsigned int line, const char *function)
{
    fprintf(stderr, "%s: %s:%u: %s: Assertion `%s' failed.\n", program_invocation_short_name, file, line,
            function, expression);
    fflush(stderr);
    abort();
}
