/* scanf and friends from stdin: numbers, words, characters, sets, mismatches, end of file. */
// stdin: 3 10 20 30\nname: Ada 36\n0x1F 077 -5\nabc123def 4.5e1\n@rest of line\nlast
#include <stdio.h>

int main(void)
{
    int n, i, x, sum = 0, r;
    char word[20], c, set[20];
    unsigned hex;
    double d;

    scanf("%d", &n);
    for (i = 0; i < n; i++) {
        scanf("%d", &x);
        sum += x;
    }
    printf("%d numbers, sum %d\n", n, sum);
    r = scanf("%*s %19s %d", word, &x);
    printf("%d: %s is %d\n", r, word, x);
    r = scanf("%x %i %d", &hex, &x, &n);
    printf("%d: %u %d %d\n", r, hex, x, n);
    r = scanf(" %[a-z]%3d%[^ \n] %lf", set, &x, word, &d);
    printf("%d: %s %d %s %.1f\n", r, set, x, word, d);
    r = scanf("%d", &x);
    printf("mismatch: %d\n", r);
    scanf(" %c", &c);
    printf("then: %c\n", c);
    fgets(word, sizeof word, stdin);
    printf("line: %s", word);
    while ((i = getchar()) != EOF)
        putchar(i);
    putchar('\n');
    r = scanf("%d", &x);
    printf("end of file: %d, feof %d\n", r, feof(stdin) != 0);
    r = sscanf("12:34:56", "%d:%d", &n, &x);
    printf("%d: %d %d\n", r, n, x);
    return 0;
}
