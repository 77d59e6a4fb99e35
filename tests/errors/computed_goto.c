int main(void)
{
    void *where = &&end;
    goto *where;
end:
    return 0;
}
