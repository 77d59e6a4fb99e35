// A file in an older encoding: a byte that is no UTF-8 is itself, in comments éè and between quotes.
#include <stdio.h>
#include <string.h>

int main(void)
{
    const char *word = "Grüße";
    char accent = 'é';

    printf("%s has %zu bytes, the last but one is %d\n", word, strlen(word), word[3]);
    printf("%d %d\n", accent, accent == '\351');
    puts("Ã© is UTF-8, é is not");
    return 0;
}
