int main(void)
{
    char name[10];
    int a[3], b[3];
    name = "Ada";
    a = b;
    return 0;
}
