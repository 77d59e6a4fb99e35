int main(void)
{
    int wait = 3;
    wait(0);
    return 0;
}
