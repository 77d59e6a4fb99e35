int main(void)
{
    int a = 1;
    if (a)
        break;
    return a;
}
