/* getopt, as most homework with options uses it. */
// args: -n 5 -v -o out.txt file1 -- -file2
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    int opt, n = 1, verbose = 0;
    const char *out = "none";

    while ((opt = getopt(argc, argv, "n:vo:")) != -1) {
        switch (opt) {
        case 'n':
            n = atoi(optarg);
            break;
        case 'v':
            verbose++;
            break;
        case 'o':
            out = optarg;
            break;
        default:
            fprintf(stderr, "usage: %s [-v] [-n N] [-o FILE] FILE...\n", argv[0]);
            exit(EXIT_FAILURE);
        }
    }
    printf("n %d, verbose %d, out %s, rest from argv[%d]\n", n, verbose, out, optind);
    for (; optind < argc; optind++)
        printf("file: %s\n", argv[optind]);
    return 0;
}
