/* switch with fall-through, goto, nested break and continue, do while, comma, conditional expressions. */
#include <stdio.h>

static const char *kind(int c)
{
    switch (c) {
    case 'a': case 'e': case 'i': case 'o': case 'u':
        return "vowel";
    case '0' ... '9':
        return "digit";
    case ' ':
    case '\t':
        return "space";
    default:
        return "other";
    }
}

static int duff(char *to, const char *from, int count)
{
    int n = (count + 3) / 4, total = 0;

    switch (count % 4) {
    case 0: do { *to++ = *from++; total++;
    case 3:      *to++ = *from++; total++;
    case 2:      *to++ = *from++; total++;
    case 1:      *to++ = *from++; total++;
            } while (--n > 0);
    }
    return total;
}

int main(void)
{
    char out[20] = "";
    int i, j, found = 0;

    for (i = 0; "a 7z"[i]; i++)
        printf("%s ", kind("a 7z"[i]));
    printf("\n");

    for (i = 2; i < 30; i++) {
        for (j = 2; j * j <= i; j++)
            if (i % j == 0)
                goto next;
        printf("%d ", i);
next:
        continue;
    }
    printf("\n");

    do {
        if (found == 2) {
            found += 10;
            continue;
        }
        found++;
    } while (found < 12);
    for (i = 0, j = 10; i < j; i++, j--)
        ;
    printf("%d %d %d\n", found, i, j);

    printf("%d %s\n", duff(out, "copied by duff", 14), out);
    i = 5;
    i = i++ + 1 > 5 ? i > 5 ? 100 : 200 : 300;
    printf("%d\n", i);
    return 0;
}
