/* Nothing is checked, everything is global, and it works all the same: two children, one counter each. */
#include<stdio.h>
#include<unistd.h>
#include<sys/wait.h>
int i,n=5,a[10],s; int p;
void work(){for(i=0;i<n;i++){a[i]=i*i;s=s+a[i];}}
int main(){
p=fork();
if(p==0){work();printf("child 1 sum=%d\n",s);return 0;}
wait(0);
p=fork();
if(p==0){n=10;work();printf("child 2 sum=%d\n",s);return 0;}
wait(0);
printf("parent sum=%d i=%d\n",s,i);
return 0;}
