int main(void)
{
    int a = 1, b = 1;
    switch (a) {
    case b:
        return 1;
    }
    return 0;
}
