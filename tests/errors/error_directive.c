#ifndef COURSE
#error compile this with -DCOURSE=...
#endif

int main(void)
{
    return 0;
}
