//! How the two binaries are linked: without start files and libraries, each by its own script.

fn main() {
    let here = env!("CARGO_MANIFEST_DIR");
    for (binary, script) in [("kernel", "kernel.ld"), ("programs", "programs.ld")] {
        println!("cargo:rerun-if-changed={script}");
        let args = ["-nostartfiles", "-nostdlib", "-static", "-no-pie"];
        let linker = ["-Wl,--build-id=none", "-Wl,-z,noexecstack"];
        for arg in args.iter().chain(&linker) {
            println!("cargo:rustc-link-arg-bin={binary}={arg}");
        }
        println!("cargo:rustc-link-arg-bin={binary}=-Wl,-T,{here}/{script}");
    }
}
