// The ways into the kernel and out of it. All leave the same record, `Frame` in regs.rs: from the top down what the
// processor pushes, the error code, the vector, the general registers, and the floating-point state, which kernel code
// uses too, as the precompiled parts of Rust do.

.set FRAME_BYTES, 688
.set FX_BYTES, 512
.set CS_AT, 512 + 15 * 8 + 16 + 8

.macro SAVE
    push rax
    push rbx
    push rcx
    push rdx
    push rsi
    push rdi
    push rbp
    push r8
    push r9
    push r10
    push r11
    push r12
    push r13
    push r14
    push r15
    sub rsp, FX_BYTES
    fxsave64 [rsp]
    cld
.endm

.macro RESTORE
    fxrstor64 [rsp]
    add rsp, FX_BYTES
    pop r15
    pop r14
    pop r13
    pop r12
    pop r11
    pop r10
    pop r9
    pop r8
    pop rbp
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rbx
    pop rax
    add rsp, 16                     // vector and error code
    iretq
.endm

// The instruction `syscall`: the processor changes neither stack nor memory.
.globl syscall_entry
syscall_entry:
    mov [rip + USER_RSP], rsp
    mov rsp, [rip + KERNEL_RSP]
    push 0x23                       // ss: user data
    push [rip + USER_RSP]
    push r11                        // the flags
    push 0x2b                       // cs: user code
    push rcx                        // where it goes on
    push rax                        // in place of an error code the number, for a call that is made anew
    push 256                        // in place of a vector
    SAVE
    mov rdi, rsp
    call syscall_from_user
    RESTORE

// A fault, a trap or an interrupt, on a stack of the interrupt stack table: whatever ran may keep data below its stack
// pointer (the red zone).
trap_entry:
    SAVE
    test byte ptr [rsp + CS_AT], 3
    jz 1f
    // Out of ring 3: on to the task's own kernel stack, on which it may sleep.
    mov rsi, rsp
    mov rdi, [rip + KERNEL_RSP]
    sub rdi, FRAME_BYTES
    mov rsp, rdi
    mov ecx, FRAME_BYTES / 8
    rep movsq
    mov rdi, rsp
    call trap_from_user
    RESTORE
1:  mov rdi, rsp
    call trap_from_kernel
    RESTORE

// A task that has never run: its kernel stack is empty but for the place of its registers.
.globl first_return
first_return:
    mov rdi, rsp
    call return_to_user
    RESTORE

// switch_stacks(from: *mut u64, to: u64): what a function call preserves stays on the old stack.
.globl switch_stacks
switch_stacks:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov [rdi], rsp
    mov rsp, rsi
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret

// copy_user(to, from, len) -> bytes left: the one place where ring 0 touches user addresses. A fault that cannot be
// resolved goes on at copy_user_fixup.
.globl copy_user
copy_user:
    mov rcx, rdx
.globl copy_user_access
copy_user_access:
    rep movsb
.globl copy_user_fixup
copy_user_fixup:
    mov rax, rcx
    ret

// One stub for each vector: the processor pushes an error code for some.
.macro STUB vector, has_code
    .balign 16
    .if \has_code == 0
    push 0
    .endif
    push \vector
    jmp trap_entry
.endm

.balign 16
.globl trap_stubs
trap_stubs:
.set vector, 0
.rept 48
    .if vector == 8 || vector == 10 || vector == 11 || vector == 12 || vector == 13 || vector == 14 || vector == 17 || vector == 21
    STUB vector, 1
    .else
    STUB vector, 0
    .endif
    .set vector, vector + 1
.endr
