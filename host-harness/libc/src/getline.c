/* Lines of any length. */
#include <bits/file.h>
#include <errno.h>
#include <stdlib.h>

/* Makes room for n bytes. */
static int reserve(char **line, size_t *size, size_t n)
{
    char *longer;

    if (n <= *size)
        return 0;
    if (n < 2 * *size)
        n = 2 * *size;
    longer = realloc(*line, n);
    if (!longer)
        return -1;
    *line = longer;
    *size = n;
    return 0;
}

static ssize_t get_to(char **line, size_t *size, int delimiter, FILE *f)
{
    size_t length = 0, got;

    if (!line || !size) {
        errno = EINVAL;
        return -1;
    }
    if (!*line)
        *size = 0;
    if (*size == 0 && reserve(line, size, 120) < 0)
        return -1;
    while ((got = __stream_span(f, delimiter, (size_t)-1)) > 0) {
        if (reserve(line, size, length + got + 1) < 0)
            return -1;
        __builtin_memcpy(*line + length, f->read, got);
        f->read += got;
        length += got;
        if ((*line)[length - 1] == (char)delimiter)
            break;
    }
    if (length == 0)
        return -1;
    (*line)[length] = 0;
    return (ssize_t)length;
}

ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *f)
{
    ssize_t length;

    LOCK(f);
    length = get_to(line, size, delimiter, f);
    UNLOCK(f);
    return length;
}

ssize_t getline(char **line, size_t *size, FILE *f)
{
    return getdelim(line, size, '\n', f);
}
