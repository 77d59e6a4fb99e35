# What the modelled processor gives the C library, for a real x86-64: the library can then run on the kernel itself.

        .text
        .globl __processor_start
__processor_start:
        mov     %rsp, initial_sp(%rip)
        xor     %ebp, %ebp
        and     $-16, %rsp
        call    _start

        .globl __initial_sp
__initial_sp:
        mov     initial_sp(%rip), %rax
        ret

# void *__thread_pointer(void): there are no threads here
        .globl __thread_pointer
__thread_pointer:
        xor     %eax, %eax
        ret

# long __syscall(long number, ...)
        .globl __syscall
__syscall:
        mov     %rdi, %rax
        mov     %rsi, %rdi
        mov     %rdx, %rsi
        mov     %rcx, %rdx
        mov     %r8, %r10
        mov     %r9, %r8
        mov     8(%rsp), %r9
        cmp     $58, %eax
        je      1f
        syscall
        ret
1:      pop     %rdi            # the child of vfork would overwrite the address that its parent returns to
        syscall
        push    %rdi
        ret

# int __clone_call(fn, stack, flags, arg, parent_tid, tls, child_tid)
        .globl __clone_call
__clone_call:
        mov     %rcx, -8(%rsi)
        mov     %rdi, -16(%rsi)
        sub     $16, %rsi
        mov     %rdx, %rdi
        mov     %r8, %rdx
        mov     8(%rsp), %r10
        mov     %r9, %r8
        mov     $56, %eax
        syscall
        test    %eax, %eax
        jz      1f
        ret
1:      pop     %rax
        pop     %rdi
        xor     %ebp, %ebp
        call    *%rax
        mov     %eax, %edi
        mov     $60, %eax
        syscall

# int __set_jump(context)
        .globl __set_jump
__set_jump:
        mov     (%rsp), %rax
        mov     %rax, (%rdi)
        lea     8(%rsp), %rax
        mov     %rax, 8(%rdi)
        mov     %rbp, 16(%rdi)
        mov     %rbx, 24(%rdi)
        mov     %r12, 32(%rdi)
        mov     %r13, 40(%rdi)
        mov     %r14, 48(%rdi)
        mov     %r15, 56(%rdi)
        xor     %eax, %eax
        ret

# void __long_jump(context, value)
        .globl __long_jump
__long_jump:
        mov     %esi, %eax
        mov     16(%rdi), %rbp
        mov     24(%rdi), %rbx
        mov     32(%rdi), %r12
        mov     40(%rdi), %r13
        mov     48(%rdi), %r14
        mov     56(%rdi), %r15
        mov     8(%rdi), %rsp
        jmp     *(%rdi)

        .globl __restore_rt
__restore_rt:
        mov     $15, %eax
        syscall

# The block instructions; gcc would make calls of memcpy and memset out of their names.
        .globl __processor_copy
__processor_copy:
        mov     %rdi, %rax
        mov     %rdx, %rcx
        rep movsb
        ret

        .globl __processor_fill
__processor_fill:
        mov     %rdi, %r8
        mov     %esi, %eax
        mov     %rdx, %rcx
        rep stosb
        mov     %r8, %rax
        ret

        .bss
initial_sp:
        .quad   0
        .section .note.GNU-stack, "", @progbits
