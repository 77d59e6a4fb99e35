struct point { int x, y; };

int main(void)
{
    struct point p = { 1, 2 };
    int a = p;
    p = 5;
    return a;
}
