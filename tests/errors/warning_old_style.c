main(argc, argv)
char *argv[];
{
    puts("hello");
}
