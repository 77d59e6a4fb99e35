int main(void)
{
    int a = 1;
    int *p = &5;
    int *q = &(a + 1);
    return *p + *q;
}
