/* Cuts a string at delimiters, writing zeros into it. */
#include <string.h>

char *strtok_r(char *s, const char *delimiters, char **state)
{
    char *token;

    if (!s)
        s = *state;
    if (!s) /* after strsep-like use of a null: nothing more */
        return 0;
    token = s + strspn(s, delimiters);
    if (!*token) {
        *state = token;
        return 0;
    }
    s = token + strcspn(token, delimiters);
    if (*s)
        *s++ = 0;
    *state = s;
    return token;
}

char *strtok(char *s, const char *delimiters)
{
    static char *state;

    return strtok_r(s, delimiters, &state);
}

char *strsep(char **s, const char *delimiters)
{
    char *token = *s;
    char *end;

    if (!token)
        return 0;
    end = token + strcspn(token, delimiters);
    *s = *end ? end + 1 : 0;
    *end = 0;
    return token;
}
