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
static int passed; /* how many operands at optind have been passed over */

/* The word behind the operands passed over, moved in front of them. */
static char *take_word(char **argv)
{
    char *word = argv[optind + passed];
    int i;

    for (i = optind + passed; i > optind; i--)
        argv[i] = argv[i - 1];
    argv[optind++] = word;
    return word;
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

/* Goes to the next word with options; 0 when there is none, 2 when it is an operand to be returned like one. */
static int next_word(int argc, char **argv, char order)
{
    if (optind == 0)
        optind = 1;
    passed = 0;
    if (order == '-' && optind < argc && !is_option(argv[optind])) {
        optarg = argv[optind++];
        return 2;
    }
    if (order != '+' && !getenv("POSIXLY_CORRECT"))
        while (optind + passed < argc && !is_option(argv[optind + passed]))
            passed++;
    if (optind + passed >= argc || !is_option(argv[optind + passed]))
        return 0;
    next = take_word(argv) + 1;
    if (strcmp(next, "-") != 0)
        return 1;
    next = 0;
    return 0;
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
    option = strchr(options, c);
    if (!option || c == ':' || c == ';')
        return complain(argv, options, "invalid option", c);
    if (option[1] != ':')
        return c;
    if (*next) {
        optarg = next;
    } else if (option[2] != ':') {
        if (optind + passed >= argc) {
            complain(argv, options, "option requires an argument", c);
            return *options == ':' ? ':' : '?';
        }
        optarg = take_word((char **)argv);
    }
    next = 0;
    return c;
}
