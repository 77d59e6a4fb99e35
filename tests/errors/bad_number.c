int main(void)
{
    int a = 089;
    int b = 12abc;
    return a + b;
}
