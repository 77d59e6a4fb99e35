//! Small programs about one thing each.

use crate::support::{agree, run_text};

#[test]
fn hello_through_a_system_call() {
    let ended = run_text(
        "long f(void) { return __syscall(1, 1, \"hello\\n\", 6); } int main(void) { f(); return 3; }",
    );
    assert_eq!((ended.stdout.as_slice(), ended.status), (&b"hello\n"[..], 3));
}

#[test]
fn hello_through_printf() {
    agree("#include <stdio.h>\nint main(void) { printf(\"hello %d %s\\n\", 42, \"world\"); return 0; }");
}
