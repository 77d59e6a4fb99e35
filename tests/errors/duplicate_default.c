int main(void)
{
    switch (3) {
    default:
        return 1;
    case 3:
        return 0;
    default:
        return 2;
    }
}
