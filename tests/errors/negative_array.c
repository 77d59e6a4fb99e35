int main(void)
{
    int a[-3];
    int b[2 - 2 * 4];
    return 0;
}
