struct point { int x, y; };

int main(void)
{
    struct point p = { 1, 2 }, q = p;
    char *s = "a", *t = "b";
    if (p == q)
        return 1;
    s = s + t;
    s = s * 2;
    p = -p;
    return 5.0 % 2;
}
