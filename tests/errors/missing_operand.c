int main(void)
{
    int a, b = 2;
    a = b * ;
    return a;
}
