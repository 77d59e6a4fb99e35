//! The truth machine: the model, the running kernel and anyone's kernel, asked the same and compared.

// The one place with unsafe code: raw calls, memory shared with other processes, and the instructions they execute.
#[cfg_attr(
    not(all(target_os = "linux", target_arch = "x86_64")),
    path = "linux/elsewhere.rs"
)]
#[allow(
    unsafe_code,
    reason = "the running kernel is asked by raw calls and through shared memory"
)]
pub mod linux;
pub mod system;
