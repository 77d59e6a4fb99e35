int main(void)
{
    int i = 0;
    if (i == 0)
        goto finished;
    return 1;
finish:
    return 0;
}
