int f(void)[3];
void a[3];
int main(void)
{
    return 0;
}
