#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define GREETING "hel" "lo"
static char *reverse(char *s) { for (int i = 0, j = strlen(s) - 1; i < j; i++, j--) { char t = s[i]; s[i] = s[j]; s[j] = t; } return s; }
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; } static int by_name(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
char text[] = "tab\there \"quoted\" back\\slash \x41\102\n", fixed[3] = "abc", padded[10] = "xy", *empty = "";
int main(void)
{
    char buf[64]; printf("%s%.3s|%s|%s|%lu\n", text, fixed, padded, empty, sizeof text); strcpy(buf, GREETING); strcat(buf, " world"); puts(buf); puts(reverse(buf)); printf("%lu %d %d\n", strlen(buf), strcmp("a", "b") < 0, strncmp("abc", "abd", 2));
    int v[] = {5, 2, 9, 1, 7}; qsort(v, 5, sizeof *v, compare); for (int i = 0; i < 5; i++) printf("%d ", v[i]); char *n[] = {"pear", "apple", "fig"}; qsort(n, 3, sizeof *n, by_name); printf("%s %s %s\n", n[0], n[1], n[2]);
    sprintf(buf, "%05d|%-5d|%x|%X|%o|%c|%5.2f|%s|%%|%+d|% d|%#x", 42, 42, 255, 255, 8, 'z', 3.14159, "str", 5, 5, 255); puts(buf); printf("[%10s] [%-10s] [%.2s] [%*d]\n", "right", "left", "cut", 6, 42); printf("%p %d\n", (void *)0, atoi("123abc"));
    for (char *tok = strtok(strcpy(buf, "a,b;c"), ",;"); tok; tok = strtok(NULL, ",;")) printf("<%s>", tok); printf("\n%s %s\n", strchr("hello", 'l'), strstr("haystack", "st")); printf("%d %d %c\n", isdigit('5') != 0, isalpha('5') != 0, toupper('q'));
    char c = 'a'; c++; printf("%c %d %d\n", c, c, '\n'); char m[3][6] = {"ab", "cde", "fghij"}; printf("%s %s %c %lu\n", m[1], m[2], m[2][4], sizeof m); printf("%ld %ld\n", strtol("-42x", NULL, 10), strtol("ff", NULL, 16)); int a, b2; char word[10]; printf("%d\n", sscanf("12 word 34", "%d %s %d", &a, word, &b2)); printf("%d %s %d\n", a, word, b2);
    printf("%s\n", "a" "b" /* comment */ "c"); printf("multi\
line\n"); printf("%c%c%c\n", "xyz"[1], *("abc" + 2), 0["q"]); printf("%lld %llu %hd %hhd %zu\n", 1LL << 40, ~0ULL, (short)70000, (char)300, sizeof(int)); printf("%e %g %G\n", 12345.678, 1e-5, 1e20); const char *p = "walk"; while (*p) printf("%c-", *p++); puts(""); char u8[] = "gr\u00fc\u00dfe"; printf("%s %lu\n", u8, sizeof u8); return strlen("four");
}
