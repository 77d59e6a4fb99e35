// From QEMU's -kernel to Rust: the PVH note says where to begin, in 32 bits, without paging. Page tables map the first
// GiB twice, where it lies and where the kernel is linked; then long mode, and kmain on the first stack.

.section .note.PVH, "a", @note
    .balign 4
    .long 4                         // length of the name
    .long 4                         // length of what follows it
    .long 18                        // XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long pvh_start

.section .boot, "awx", @progbits
.code32
.globl pvh_start
pvh_start:                          // ebx: the address of hvm_start_info
    cli
    cld

    // 512 pages of 2 MiB: present, writable, large.
    mov edi, offset boot_pd
    mov eax, 0x83
    mov ecx, 512
1:  mov [edi], eax
    mov dword ptr [edi + 4], 0
    add eax, 0x200000
    add edi, 8
    dec ecx
    jnz 1b
    // Address 0, and 0xffffffff80000000: slot 511 of the root, slot 510 below.
    mov eax, offset boot_pd
    or eax, 3
    mov [boot_pdpt_low], eax
    mov [boot_pdpt_high + 510 * 8], eax
    mov eax, offset boot_pdpt_low
    or eax, 3
    mov [boot_pml4], eax
    mov eax, offset boot_pdpt_high
    or eax, 3
    mov [boot_pml4 + 511 * 8], eax

    mov eax, 0x620                  // CR4: PAE, and SSE: OSFXSR, OSXMMEXCPT
    mov cr4, eax
    mov eax, offset boot_pml4
    mov cr3, eax
    mov ecx, 0xc0000080             // EFER: SCE for `syscall`, LME, NXE
    rdmsr
    or eax, 0x901
    wrmsr
    mov eax, 0x80010033             // CR0: PG, WP (ring 0 respects read-only pages), NE, ET, MP, PE
    mov cr0, eax

    lgdt [boot_gdtr]
    mov esp, offset boot_far
    retf

.balign 8
boot_far:
    .long long_mode, 8
boot_gdt:
    .quad 0
    .quad 0x00af9a000000ffff        // 64-bit code
    .quad 0x00cf92000000ffff        // data
boot_gdtr:
    .word 23
    .long boot_gdt

.code64
long_mode:
    mov ax, 16
    mov ds, ax
    mov es, ax
    mov ss, ax
    movabs rsp, offset boot_stack_top
    xor ebp, ebp
    mov edi, ebx
    movabs rax, offset kmain
    call rax
    ud2

.balign 4096
.globl boot_pml4
boot_pml4:
    .fill 4096, 1, 0
boot_pdpt_low:
    .fill 4096, 1, 0
boot_pdpt_high:
    .fill 4096, 1, 0
boot_pd:
    .fill 4096, 1, 0

.section .bss
.balign 16
    .skip 65536
.globl boot_stack_top
boot_stack_top:
.text
