//! kernel-model in a program without an operating system's library: no allocator, no std, no libc, no start files.
//! It boots the model in a static, forks, waits and ends with the child's exit code.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed; the sizes are for whoever reads its output"
)]

use freestanding::{Build, build, read_elf};
use std::process::Command;

#[allow(dead_code, reason = "each test uses its own part")]
#[path = "support/freestanding.rs"]
mod freestanding;

#[test]
fn a_kernel_without_an_operating_system() {
    let program = build("freestanding", &Build::default());
    let run = Command::new(&program).output().unwrap();
    assert_eq!(
        run.status.code(),
        Some(42),
        "the exit code of the modelled child: {run:?}"
    );

    let elf = read_elf(&program);
    println!(
        "freestanding: text {} unwinding {} data {} bss {}",
        elf.text, elf.unwinding, elf.data, elf.bss
    );
    assert!(elf.undefined.is_empty(), "undefined: {:?}", elf.undefined);
    assert!(!elf.interpreter, "it asks for a dynamic linker");
    assert!(
        elf.symbols.len() > 4,
        "the symbols have been stripped, so nothing is shown"
    );
    // The four of the compiler are the program's own.
    let libc = [
        "malloc",
        "calloc",
        "realloc",
        "free",
        "printf",
        "abort",
        "__libc_start_main",
        "pthread_create",
        "_Unwind_Resume",
    ];
    for name in elf.symbols.iter().map(|symbol| &symbol.name) {
        let foreign = [
            "__rust_alloc",
            "__rdl_alloc",
            "__rg_alloc",
            "_ZN3std",
            "_ZN5alloc",
            "_3std",
            "_5alloc",
        ];
        assert!(
            !foreign.iter().any(|word| name.contains(word)),
            "{name} is of std or an allocator"
        );
        assert!(!libc.iter().any(|word| name == word), "{name} is of libc");
    }
    let kernel = elf.symbols.iter().find(|symbol| symbol.name.contains("KERNEL"));
    let kernel = kernel.expect("the static kernel").size;
    assert!(
        elf.bss >= kernel,
        "the kernel of {kernel} bytes is not in .bss ({})",
        elf.bss
    );
    assert!(
        elf.data < 4096,
        "{} bytes of data: a free slot is not all zeroes",
        elf.data
    );
}
