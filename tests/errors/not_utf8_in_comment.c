/* Author: Jürgen */
int main(void)
{
    return 0;
}
