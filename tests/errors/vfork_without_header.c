#include <stdio.h>
int main(void){ if (vfork()==0) _exit(3); int st; wait(&st); printf("%x\n", st); return 0; }
