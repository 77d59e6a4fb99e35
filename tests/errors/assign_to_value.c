int main(void)
{
    int a = 1, b = 2;
    a + b = 3;
    5 = a;
    a++ = 7;
    return 0;
}
