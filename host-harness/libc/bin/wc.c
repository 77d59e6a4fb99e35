/* wc [-lwc] [-]...: counts the lines, words and bytes of its standard input. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct counts {
    long lines, words, bytes;
};

static const char kinds[] = "lwc";
static int wanted[sizeof kinds - 1];
static int width = 7;

static void count(struct counts *counts)
{
    int c, before = ' ';

    while ((c = getchar()) != EOF) {
        counts->bytes++;
        counts->lines += c == '\n';
        counts->words += isspace(before) && !isspace(c);
        before = c;
    }
}

static void tell(const struct counts *counts, const char *name)
{
    const long numbers[] = {counts->lines, counts->words, counts->bytes};
    const char *between = "";
    int i;

    for (i = 0; kinds[i]; i++)
        if (wanted[i]) {
            printf("%s%*ld", between, width, numbers[i]);
            between = " ";
        }
    printf(name ? " %s\n" : "\n", name);
}

/* Reads the options; how many words they are. */
static int options(int argc, char **argv)
{
    const char *letter, *kind;
    int i, all = 1;

    for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++)
        for (letter = argv[i] + 1; *letter; letter++) {
            kind = strchr(kinds, *letter);
            if (!kind) {
                fprintf(stderr, "wc: invalid option -- '%c'\n", *letter);
                return -1;
            }
            wanted[kind - kinds] = 1;
            all = 0;
        }
    if (all)
        wanted[0] = wanted[1] = wanted[2] = 1;
    return i - 1;
}

int main(int argc, char **argv)
{
    struct counts sum = {0, 0, 0};
    int first = options(argc, argv) + 1;
    int i, status = 0, reads = first == argc;

    if (first == 0)
        return 1;
    for (i = first; i < argc; i++)
        reads |= strcmp(argv[i], "-") == 0;
    /* Only of what is read it is not known how wide the numbers will be, and a number that is alone needs no columns. */
    if (!reads || (argc - first <= 1 && wanted[0] + wanted[1] + wanted[2] == 1))
        width = 1;
    if (first == argc) {
        count(&sum);
        tell(&sum, NULL);
        return 0;
    }
    for (i = first; i < argc; i++) {
        struct counts counts = {0, 0, 0};

        if (strcmp(argv[i], "-") != 0) {
            fprintf(stderr, "wc: %s: %s\n", argv[i], strerror(ENOENT));
            status = 1;
            continue;
        }
        count(&counts);
        tell(&counts, argv[i]);
        sum.lines += counts.lines;
        sum.words += counts.words;
        sum.bytes += counts.bytes;
    }
    if (argc - first > 1)
        tell(&sum, "total");
    return status;
}
