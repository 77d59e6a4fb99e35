/* Command line options. Options and their arguments are moved in front of the operands between them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1;
int opterr = 1;
int optopt = '?';

static char *next; /* the letters of a word that are still to come */

/* argv[first..last) are operands that have been passed over; behind them, up to optind, stand options. */
static int first = 1, last = 1;

/* Moves the options in front of the operands. */
static void exchange(char **argv)
{
    char *option;
    int i;

    for (; last < optind; last++) {
        option = argv[last];
        for (i = last; i > first; i--)
            argv[i] = argv[i - 1];
        argv[first++] = option;
    }
}

static int is_option(const char *word)
{
    return word[0] == '-' && word[1];
}

static int complain(char *const argv[], const char *options, const char *text, int c)
{
    optopt = c;
    if (opterr && *options != ':')
        fprintf(stderr, "%s: %s -- '%c'\n", argv[0], text, c);
    return '?';
}

/* Passes over operands; what was passed over before stays together with them. */
static void pass_operands(int argc, char **argv)
{
    if (first == last)
        first = optind;
    else
        exchange(argv);
    while (optind < argc && !is_option(argv[optind]))
        optind++;
    last = optind;
}

/* Goes to the next word with options; 0 when there is none, 2 when it is an operand to be returned like one. */
static int next_word(int argc, char **argv, char order)
{
    int permute = order != '+' && order != '-' && !getenv("POSIXLY_CORRECT");

    if (optind == 0)
        first = last = optind = 1;
    if (permute)
        pass_operands(argc, argv);
    if (optind < argc && strcmp(argv[optind], "--") == 0) {
        optind++;
        if (first == last)
            first = optind;
        else
            exchange(argv);
        last = optind = argc;
    }
    if (optind >= argc) {
        if (first != last)
            optind = first;
        return 0;
    }
    if (!is_option(argv[optind])) {
        if (order != '-')
            return 0;
        optarg = argv[optind++];
        return 2;
    }
    next = argv[optind] + 1;
    return 1;
}

int getopt(int argc, char *const argv[], const char *options)
{
    char order = *options;
    const char *option;
    int found, c;

    if (order == '+' || order == '-')
        options++;
    optarg = 0;
    if (!next || !*next || optind == 0) {
        found = next_word(argc, (char **)argv, order);
        if (found != 1)
            return found == 2 ? 1 : -1;
    }
    c = (unsigned char)*next++;
    if (!*next)
        optind++; /* the word is done with its last letter */
    option = strchr(options, c);
    if (!option || c == ':' || c == ';')
        return complain(argv, options, "invalid option", c);
    if (option[1] != ':')
        return c;
    if (*next) {
        optarg = next;
        optind++;
    } else if (option[2] != ':' && optind == argc) {
        complain(argv, options, "option requires an argument", c);
        c = *options == ':' ? ':' : '?';
    } else if (option[2] != ':') {
        optarg = argv[optind++];
    }
    next = 0;
    return c;
}
