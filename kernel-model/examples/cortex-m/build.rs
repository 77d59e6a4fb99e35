//! Where the program lies in the memory of the board.

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo:rustc-link-arg=-T{here}/memory.ld");
    println!("cargo:rerun-if-changed=memory.ld");
}
