int main(void)
{
    int pid = fork();
    if (pid == 0) {
        printf("child\n");
        exit(0);
    }
    wait(0);
    return 0;
}
