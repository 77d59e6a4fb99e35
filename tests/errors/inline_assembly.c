int main(void)
{
    int a;
    asm("mov $1, %0" : "=r"(a));
    return a;
}
