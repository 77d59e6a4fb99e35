#include __FILE__
#define A B
#define B A
int main(void)
{
    return A;
}
