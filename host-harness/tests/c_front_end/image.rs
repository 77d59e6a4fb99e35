//! What the linker lays out, and what reports and the explorer rely on in the code.

use host_harness::isa::{Alu, Image, Instr, PAGE_BYTES, TEXT_BASE, text_address};
use host_harness::libc;

use crate::support::compile_text;

fn image(text: &str) -> Image {
    compile_text(text).unwrap().image
}

/// The instructions of a function.
fn code<'i>(image: &'i Image, name: &str) -> &'i [Instr] {
    let symbol = image.symbol(name).unwrap();
    let start = ((symbol.addr - TEXT_BASE) / 16) as usize;
    &image.text[start..start + (symbol.size / 16) as usize]
}

#[test]
fn an_increment_of_a_global_is_three_instructions() {
    let image = image("int g; void f(void) { g++; } int main(void) { f(); return g; }");
    let code = code(&image, "f");
    assert!(
        matches!(
            code,
            [
                Instr::Enter { .. },
                Instr::LoadAbs { .. },
                Instr::AluImm {
                    op: Alu::Add32,
                    imm: 1,
                    ..
                },
                Instr::StoreAbs { .. },
                Instr::Ret,
            ]
        ),
        "{code:?}"
    );
}

#[test]
fn a_local_that_others_can_reach_lives_in_memory_and_others_in_slots() {
    let image = image(
        "int f(int *p); int g(void) { int a = 1, b = 2; f(&a); a++; b++; return a + b; } int f(int *p) { return *p; } int main(void) { return g(); }",
    );
    let code = code(&image, "g");
    let loads = code
        .iter()
        .filter(|instr| matches!(instr, Instr::LoadFrame { .. }))
        .count();
    assert_eq!(loads, 2, "{code:?}");
}

#[test]
fn the_inner_loop_takes_four_instructions() {
    let image = image(
        "int main(void) { int i, j, k = 0; for (i = 0; i < 9; i++) for (j = 0; j < 9; j++) k += i * j; return k; }",
    );
    let code = code(&image, "main");
    let back = code
        .iter()
        .position(|instr| matches!(instr, Instr::BranchImm { .. }))
        .unwrap();
    let Instr::BranchImm { target, .. } = code[back] else {
        unreachable!()
    };
    let start = ((image.symbol("main").unwrap().addr - TEXT_BASE) / 16) as usize;
    assert_eq!(start + back - target as usize + 1, 4, "{code:?}");
}

#[test]
fn vfork_and_other_system_calls_are_made_in_the_frame_of_the_caller() {
    let image = image("#include <unistd.h>\nint f(void) { return vfork(); } int main(void) { return f(); }");
    assert!(
        code(&image, "f")
            .iter()
            .any(|instr| matches!(instr, Instr::Syscall { .. }))
    );
}

#[test]
fn segments_start_on_pages_and_do_not_overlap() {
    let image = image(
        "#include <stdio.h>\nint a[5000]; int b = 3; const int c = 4; int main(void) { printf(\"%d\", a[1] + b + c); return 0; }",
    );
    let mut end = TEXT_BASE;
    for segment in &image.segments {
        assert!(
            segment.vaddr % PAGE_BYTES == 0 && segment.vaddr >= end,
            "{segment:?}"
        );
        assert!(segment.bytes.len() as u64 <= segment.memsz);
        end = segment.vaddr + segment.memsz;
    }
    assert_eq!(image.brk_start, end.next_multiple_of(PAGE_BYTES));
    let names: Vec<_> = image.segments.iter().map(|segment| segment.name).collect();
    assert_eq!(names, ["text", "rodata", "data", "bss"]);
}

#[test]
fn instructions_know_their_line_and_function() {
    let image = image("int f(void)\n{\n    return 7;\n}\n\nint main(void)\n{\n    return f();\n}\n");
    let place = image.place(image.symbol("f").unwrap().addr + 16).unwrap();
    assert_eq!((place.file, place.line, place.function), ("test.c", 3, "f"));
    let main = image.symbol("main").unwrap();
    assert_eq!(
        image.place(main.addr + main.size - 1).map(|place| place.function),
        Some("main")
    );
    assert_eq!(image.place(text_address(u32::MAX)), None);
}

#[test]
fn a_small_program_takes_little_of_the_library() {
    let image = image("int main(void) { return 0; }");
    assert!(image.text.len() < 400, "{} instructions", image.text.len());
    assert!(image.symbol("printf").is_none());
}

#[test]
fn a_function_of_the_program_wins_over_the_library_for_the_program() {
    let image = image(
        "#include <stdio.h>\nint strlen_calls; int puts(const char *s) { strlen_calls++; return !s; } int main(void) { return puts(\"x\"); }",
    );
    assert!(code(&image, "puts").len() < 12);
}

/// Everything that headers declare can be called: each name is found in the archive and compiles.
#[test]
fn every_definition_of_the_archive_is_found_by_its_name() {
    let mut missing = Vec::new();
    for (file, text) in libc::sources() {
        let defined: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()) && !line.starts_with("static"))
            .filter(|line| !line.ends_with(';') && line.contains('(') && line.ends_with(')'))
            .filter_map(|line| line.split('(').next())
            .filter_map(|head| head.rsplit([' ', '*']).next())
            .filter(|name| !name.is_empty() && *name != "main" && *name != "_start")
            .collect();
        for name in defined {
            let program = format!("int {name}(); int main(void) {{ return {name} != 0; }}");
            if let Err(errors) = compile_text(&program) {
                missing.push(format!("{file}: {name}: {errors}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
