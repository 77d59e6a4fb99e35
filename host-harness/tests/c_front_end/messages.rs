//! What a program is told: the place of an error, and warnings.

use host_harness::c::{Options, SourceFile, compile};

use crate::support::{errors_of, warnings_of};

/// Line, column and message of the first error.
fn place(text: &str) -> (u32, u32, String) {
    let source = SourceFile {
        name: "test.c".to_owned(),
        text: text.to_owned(),
    };
    let errors = compile(&source, &Options::default()).unwrap_err();
    let first = errors.first().unwrap();
    (first.line, first.column, first.message.clone())
}

#[test]
fn an_error_names_the_place_in_the_file_of_the_user() {
    let cases = [
        (
            "int main(void) {\n    int a = 3\n    return a;\n}",
            2,
            14,
            "';' is missing after '3'",
        ),
        (
            "#include <stdio.h>\nint main(void) {\n    return x;\n}",
            3,
            12,
            "'x' is not declared",
        ),
        (
            "#define N y\nint main(void) { return N; }",
            2,
            25,
            "'y' is not declared",
        ),
        ("int main(void) { foo(1, 2; }", 1, 26, "expected ')' before ';'"),
        (
            "int f(int a) { return a; }\nint main(void) { return f(); }",
            2,
            25,
            "too few arguments for 'f': it takes 1, 0 given",
        ),
        ("int main(void) { \\\n return z; }", 2, 9, "'z' is not declared"),
        (
            "int main(void) { char *s = \"ü\"; q; return 0; }",
            1,
            33,
            "'q' is not declared",
        ),
        (
            "#if 1\nint main(void) { return 0; }\n",
            1,
            2,
            "this conditional is never closed: #endif is missing",
        ),
        (
            "int main(void) { int a[2]; a = 0; return 0; }",
            1,
            28,
            "an array cannot be assigned to",
        ),
        (
            "struct s { int x; };\nint main(void) { struct s v; return v.y; }",
            2,
            39,
            "'struct s' has no member 'y'",
        ),
        (
            "int a; int a(void); int main(void) { return 0; }",
            1,
            12,
            "'a' has type 'int (void)' here, but 'int' before",
        ),
        (
            "int n = 3; int m = n; int main(void) { return 0; }",
            1,
            20,
            "the initial value of a global or static variable must be constant",
        ),
    ];
    for (text, line, column, message) in cases {
        assert_eq!(place(text), (line, column, message.to_owned()), "{text}");
    }
}

#[test]
fn a_broken_function_does_not_hide_errors_in_the_next() {
    let errors =
        errors_of("int f(void) { return a; }\nint g(void) { return b; }\nint main(void) { return 0; }");
    assert!(
        errors.contains("'a' is not declared") && errors.contains("'b' is not declared"),
        "{errors}"
    );
}

#[test]
fn what_the_library_lacks_is_refused_by_name() {
    let errors = errors_of("#include <stdio.h>\nint main(void) { fopen(\"a\", \"r\"); return 0; }");
    assert!(
        errors.contains("the function 'fopen' is not known") && errors.contains("files are not"),
        "{errors}"
    );
    let errors = errors_of("int shmget(int, unsigned long, int); int main(void) { return shmget(0, 1, 2); }");
    assert!(
        errors.contains("'shmget' is used but nowhere defined"),
        "{errors}"
    );
    let errors = errors_of("#include <threads.h>\nint main(void) { return 0; }");
    assert!(
        errors.contains("<threads.h> is not supported") && errors.contains("include <pthread.h>"),
        "{errors}"
    );
}

#[test]
fn warnings_say_what_gcc_says_too() {
    let cases = [
        (
            "main() { return 0; }",
            "the return type of 'main' is missing: int is assumed",
        ),
        (
            "int main(void) { puts(\"x\"); return 0; }",
            "'puts' is called, but not declared",
        ),
        (
            "int main(void) { int a = 1; if (a = 2) return 1; return 0; }",
            "an assignment is used as a condition",
        ),
        (
            "int main(void) { int *p = 5; return !p; }",
            "initialization makes the pointer 'int *' from the integer type 'int' without a cast",
        ),
        (
            "int main(void) { char c; int *p = &c; return !p; }",
            "initialization of an incompatible pointer: 'char *' becomes 'int *'",
        ),
        (
            "void f(void) { return 1; } int main(void) { return 0; }",
            "'return' with a value, but 'f' returns nothing",
        ),
        (
            "#define A 1\n#define A 2\nint main(void) { return A; }",
            "macro 'A' is defined again, differently",
        ),
        ("int main(void) { return 1 / 0; }", "division by zero"),
        (
            "int main(void) { char *s = \"\\d\"; return !s; }",
            "unknown escape sequence '\\d'",
        ),
        (
            "int main(void) { int a[1] = {1, 2}; return a[0]; }",
            "more initial values than the object has room for",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(warnings_of(text), [message], "{text}");
    }
    for text in [
        "int main(void) { int a = 1; if ((a = 2)) return 1; return 0; }",
        "int main(void) { int a; while ((a = 0) != 0) ; return a; }",
        "#include <stdio.h>\nint main(void) { void *p = NULL; char *q = p; return q == NULL; }",
    ] {
        assert_eq!(warnings_of(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn two_forks_or_prints_in_one_expression_are_warned_about() {
    let warned = |body: &str| {
        let text = format!(
            "#include <stdio.h>\n#include <unistd.h>\nstatic int say(int n) {{ printf(\"%d\", n); return n; }}\n\
             static int quiet(int n) {{ return n; }}\nint main(void) {{ int a; {body} return 0; }}"
        );
        !warnings_of(&text).is_empty()
    };
    assert!(warned("a = fork() + fork();"));
    assert!(warned("printf(\"%d %d\", fork(), fork());"));
    assert!(warned("a = say(1) * say(2);"));
    assert!(!warned("a = fork() && fork(); a = fork() || fork();"));
    assert!(!warned("a = quiet(1) + quiet(2);"));
    assert!(!warned("fork(); fork(); printf(\"%d\", fork());"));
    assert!(!warned("a = (say(1), say(2));"));
}
