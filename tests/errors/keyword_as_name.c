int main(void)
{
    int switch = 3;
    return switch;
}
