/* Lines of any length. */
#include <bits/file.h>
#include <errno.h>
#include <stdlib.h>

ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *f)
{
    size_t length = 0;
    int c;

    if (!line || !size) {
        errno = EINVAL;
        return -1;
    }
    if (!*line || *size == 0) {
        *line = realloc(*line, 120);
        if (!*line)
            return -1;
        *size = 120;
    }
    while ((c = __stream_get(f)) != EOF) {
        if (length + 2 > *size) {
            char *longer = realloc(*line, 2 * *size);
            if (!longer)
                return -1;
            *line = longer;
            *size *= 2;
        }
        (*line)[length++] = (char)c;
        if (c == delimiter)
            break;
    }
    if (length == 0)
        return -1;
    (*line)[length] = 0;
    return (ssize_t)length;
}

ssize_t getline(char **line, size_t *size, FILE *f)
{
    return getdelim(line, size, '\n', f);
}
