//! Memory that one thread takes away, and another uses: before or after.

use super::orders::outputs_in_every_order;

/// What a thread prints that uses a page while its process does this to the page: nothing, where it ends with a fault.
fn a_page_beside(takes: &str, uses: &str) -> String {
    outputs_in_every_order(&format!(
        "#include <stdlib.h>
        char *page;
        void *use(void *unused) {{ {uses} return 0; }}
        int main(void) {{
            pthread_t thread;
            page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            *page = 1;
            pthread_create(&thread, 0, use, 0);
            {takes}
            pthread_join(thread, 0);
            return 0;
        }}"
    ))
}

const PRINT: &str = "write(1, *page ? \"1\" : \"0\", 1);";

#[test]
fn a_page_is_used_before_or_after_it_is_unmapped() {
    assert_eq!(a_page_beside("munmap(page, 4096);", PRINT), " 1");
}

#[test]
fn a_page_is_written_before_or_after_it_is_protected() {
    let write = "*page = 2; write(1, \"w\", 1);";
    assert_eq!(a_page_beside("mprotect(page, 4096, PROT_READ);", write), " w");
}

/// Who writes later finds a page of its own.
#[test]
fn a_page_is_read_before_or_after_it_is_dropped() {
    assert_eq!(a_page_beside("madvise(page, 4096, MADV_DONTNEED);", PRINT), "0 1");
}

#[test]
fn a_page_is_read_before_or_after_another_is_mapped_over_it() {
    let over = "mmap(page, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);";
    assert_eq!(a_page_beside(over, PRINT), "0 1");
}

/// The heap ends where brk says.
#[test]
fn a_page_of_the_heap_is_used_before_or_after_the_heap_has_shrunk() {
    let outputs = outputs_in_every_order(
        "#include <stdlib.h>
        char *page;
        void *use(void *unused) { write(1, *page ? \"1\" : \"0\", 1); return 0; }
        int main(void) {
            pthread_t thread;
            page = sbrk(4096);
            *page = 1;
            pthread_create(&thread, 0, use, 0);
            sbrk(-4096);
            pthread_join(thread, 0);
            return 0;
        }",
    );
    assert_eq!(outputs, " 1");
}

/// What nobody may use at first is used before or after it is given.
#[test]
fn a_page_is_used_before_or_after_it_may_be() {
    let outputs = outputs_in_every_order(&format!(
        "char *page;
        void *use(void *unused) {{ {PRINT} return 0; }}
        int main(void) {{
            pthread_t thread;
            page = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            pthread_create(&thread, 0, use, 0);
            mprotect(page, 4096, PROT_READ | PROT_WRITE);
            pthread_join(thread, 0);
            return 0;
        }}"
    ));
    assert_eq!(outputs, " 0");
}

/// Between the two it is not there.
#[test]
fn a_page_is_used_before_between_and_after_it_is_unmapped_and_mapped_again() {
    let again = "munmap(page, 4096);
        mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);";
    assert_eq!(a_page_beside(again, PRINT), " 0 1");
}

#[test]
fn a_page_of_the_heap_is_used_before_between_and_after_the_heap_has_shrunk_and_grown() {
    let heap = "page = sbrk(4096); *page = 1; pthread_create(&thread, 0, use, 0); sbrk(-4096); sbrk(4096);";
    let outputs = outputs_in_every_order(&format!(
        "char *page;
        void *use(void *unused) {{ {PRINT} return 0; }}
        int main(void) {{ pthread_t thread; {heap} pthread_join(thread, 0); return 0; }}"
    ));
    assert_eq!(outputs, " 0 1");
}

/// A large block is a mapping, which `free` unmaps.
#[test]
fn a_block_is_used_before_or_after_it_is_freed() {
    let outputs = outputs_in_every_order(
        "#include <stdlib.h>
        char *block;
        void *use(void *unused) { write(1, *block ? \"1\" : \"0\", 1); return 0; }
        int main(void) {
            pthread_t thread;
            block = malloc(1 << 20);
            *block = 1;
            pthread_create(&thread, 0, use, 0);
            free(block);
            pthread_join(thread, 0);
            return 0;
        }",
    );
    assert_eq!(outputs, " 1");
}

/// What a process unmaps, another still has.
#[test]
fn a_child_keeps_what_its_parent_unmaps() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            char *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
            *page = 1;
            if (fork() == 0) { write(1, *page ? \"1\" : \"0\", 1); _exit(0); }
            munmap(page, 4096);
            wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs, "1");
}
