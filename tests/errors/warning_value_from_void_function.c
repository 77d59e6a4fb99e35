static void set(int *p)
{
    *p = 1;
    return 1;
}

int main(void)
{
    int a;
    set(&a);
    return a;
}
