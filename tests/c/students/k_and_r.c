/* Written as in 1978: no types for main, parameters declared below, no prototypes. */
#include <stdio.h>

int add(a, b)
int a, b;
{
	return a + b;
}

strlength(s)
char *s;
{
	int n;
	for (n = 0; *s != '\0'; s++)
		n++;
	return n;
}

main()
{
	int c, nc;
	nc = 0;
	for (c = 'a'; c <= 'e'; c++)
		nc = add(nc, 1);
	printf("%d %d\n", nc, strlength("hello, world"));
	return 0;
}
