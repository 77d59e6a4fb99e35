int main(void)
{
    int a[2] = { 1, 2, 3 };
    int b = { 1, 2 };
    char c[3] = "too long";
    return a[0] + b + c[0];
}
