#include <stddef.h>

int main(void)
{
    const wchar_t *word = L"Grüße";
    return word[0];
}
