struct node;

int main(void)
{
    struct node n;
    struct nodee *p = 0;
    return p->value;
}
