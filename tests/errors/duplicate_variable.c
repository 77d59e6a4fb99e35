int main(void)
{
    int status = 1;
    char status = 2;
    return status;
}
