//! Rows of the table of what calls touch, each with two steps that have little else in common: what is printed hangs on
//! their order.

use super::orders::outputs_in_every_order;

/// A process M and its child K; M goes on `after` the child has done all it does, in the order that is found first.
fn after_its_child(before: &str, after: &str) -> String {
    outputs_in_every_order(&format!(
        "int nothing(void *unused) {{ return 0; }}
        int main(void) {{
            int go[2], p[2], k; char c;
            pipe(go); pipe(p);
            if (fork() == 0) {{
                {before}
                if ((k = fork()) == 0) _exit(0);
                write(go[1], \"\", 1); read(p[0], &c, 1);
                {after}
                _exit(0);
            }}
            read(go[0], &c, 1);
            if (fork() == 0) {{ write(p[1], \"\", 1); _exit(0); }}
            wait(0); wait(0);
            return 0;
        }}"
    ))
}

/// What a child finds in an empty pipe while its parent does this: nothing yet, or the end.
fn an_empty_pipe_beside(parent: &str) -> String {
    outputs_in_every_order(&format!(
        "#include <fcntl.h>
        int main(void) {{
            int p[2]; char c;
            pipe(p);
            fcntl(p[0], F_SETFL, O_NONBLOCK);
            if (fork() == 0) {{ close(p[1]); write(1, read(p[0], &c, 1) == 0 ? \"0\" : \"-\", 1); _exit(0); }}
            {parent}
            wait(0);
            return 0;
        }}"
    ))
}

/// dup2 closes what the number led to: whether a pipe is at its end hangs on it.
#[test]
fn dup2_closes_the_last_end_for_writing() {
    assert_eq!(an_empty_pipe_beside("dup2(2, p[1]);"), "- 0");
}

/// Whether a pipe that is empty is at its end, and whether one that nobody reads can be written, others decide.
#[test]
fn a_pipe_is_used_before_or_after_its_other_end_is_closed() {
    assert_eq!(an_empty_pipe_beside("close(p[1]);"), "- 0");
    let outputs = outputs_in_every_order(
        "int main(void) {
            int p[2];
            signal(SIGPIPE, SIG_IGN);
            pipe(p);
            if (fork() == 0) { close(p[0]); write(1, write(p[1], \"\", 1) == 1 ? \"1\" : \"-\", 1); _exit(0); }
            close(p[0]);
            wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs, "- 1");
}

/// mmap takes the highest hole: one that another thread has made, or the next.
#[test]
fn a_mapping_lies_where_another_thread_has_unmapped_one() {
    let outputs = outputs_in_every_order(
        "char *hole;
        void *unmap(void *unused) { munmap(hole, 65536); return 0; }
        char *map(void) { return mmap(0, 65536, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
        int main(void) {
            pthread_t thread;
            hole = map();
            pthread_create(&thread, 0, unmap, 0);
            write(1, map() == hole ? \"s\" : \"d\", 1);
            pthread_join(thread, 0);
            return 0;
        }",
    );
    assert_eq!(outputs, "d s");
}

/// A SIGCHLD that comes before it is blocked is ignored, since that is its default.
#[test]
fn a_child_ends_before_or_after_sigchld_is_blocked() {
    let outputs = after_its_child(
        "sigset_t set, pending; sigemptyset(&set); sigaddset(&set, SIGCHLD);",
        "sigprocmask(SIG_BLOCK, &set, 0); sigpending(&pending); sigprocmask(SIG_UNBLOCK, &set, 0);
        write(1, sigismember(&pending, SIGCHLD) ? \"p\" : \"-\", 1);",
    );
    assert_eq!(outputs, "- p");
}

/// Of whom SIGCHLD is ignored, the children are gone when they end; one that has ended before is a zombie.
#[test]
fn a_child_ends_before_or_after_sigchld_is_ignored() {
    let outputs = after_its_child(
        "",
        "signal(SIGCHLD, SIG_IGN); k = kill(k, 0); signal(SIGCHLD, SIG_DFL); write(1, k == 0 ? \"z\" : \"g\", 1);",
    );
    assert_eq!(outputs, "g z");
}

/// exec ends the other threads, whatever they were about to do.
#[test]
fn exec_may_come_before_a_thread_has_done_anything() {
    let outputs = outputs_in_every_order(
        "void *tell(void *unused) { write(1, \"t\", 1); return 0; }
        int main(void) {
            pthread_t thread;
            pthread_create(&thread, 0, tell, 0);
            execl(\"/bin/true\", \"true\", (char *)0);
            return 1;
        }",
    );
    assert_eq!(outputs, " t");
}

/// The signal for the parent's death comes to who has asked for it by then.
#[test]
fn a_death_signal_is_asked_for_before_or_after_the_death() {
    let outputs = outputs_in_every_order(
        "#include <sys/prctl.h>
        int main(void) {
            if (fork() == 0) {
                if (fork() == 0) { prctl(PR_SET_PDEATHSIG, SIGKILL); write(1, \"k\", 1); }
                _exit(0);
            }
            wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs, " k");
}

/// FUTEX_WAIT looks at the word, which another may just have changed without a call.
#[test]
fn a_futex_sleeps_or_finds_its_word_changed() {
    let outputs = outputs_in_every_order(
        "#include <linux/futex.h>
        #include <time.h>
        int word;
        void *set(void *unused) { word = 1; return 0; }
        int main(void) {
            pthread_t thread;
            struct timespec soon = { 0, 1 };
            pthread_create(&thread, 0, set, 0);
            syscall(SYS_futex, &word, FUTEX_WAIT, 0, &soon, 0, 0);
            write(1, errno == EAGAIN ? \"a\" : \"t\", 1);
            pthread_join(thread, 0);
            return 0;
        }",
    );
    assert_eq!(outputs, "a t");
}

/// A group that is gone could have been killed before.
#[test]
fn a_group_may_be_killed_before_its_member_has_ended() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int go[2], p[2], k; char c;
            pipe(go); pipe(p);
            if (fork() == 0) {
                if (fork() == 0) {
                    setpgid(0, 0);
                    k = getpid();
                    write(go[1], &k, sizeof k);
                    write(1, \"k\", 1);
                    _exit(0);
                }
                wait(0);
                _exit(0);
            }
            read(go[0], &k, sizeof k);
            if (fork() == 0) { write(p[1], \"\", 1); _exit(0); }
            read(p[0], &c, 1);
            kill(-k, SIGKILL);
            wait(0); wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs, " k");
}

/// CLONE_CHILD_CLEARTID: the kernel stores a 0 when the task ends.
#[test]
fn the_end_of_a_task_clears_its_number() {
    let outputs = outputs_in_every_order(
        "int word = 1;
        char stack[16384];
        int nothing(void *unused) { return 0; }
        int main(void) {
            clone(nothing, stack + sizeof stack, CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD, 0, 0, 0, &word);
            write(1, word ? \"1\" : \"0\", 1);
            wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1");
}

/// A thread's number is free as soon as it has ended.
#[test]
fn a_thread_that_is_gone_could_have_been_found() {
    let outputs = after_its_child(
        "static char stack[16384];
        int tid = clone(nothing, stack + sizeof stack, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, 0);",
        "write(1, syscall(SYS_tgkill, getpid(), tid, 0) == 0 ? \"y\" : \"n\", 1);
        syscall(SYS_exit, 0);",
    );
    assert_eq!(outputs, "n y");
}

/// A child that has ended has its number until its parent has waited for it.
#[test]
fn a_number_is_there_until_the_parent_has_waited() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int go[2], k;
            pipe(go);
            if (fork() == 0) {
                if ((k = fork()) == 0) _exit(0);
                write(go[1], &k, sizeof k);
                wait(0);
                _exit(0);
            }
            read(go[0], &k, sizeof k);
            write(1, kill(k, 0) == 0 ? \"y\" : \"n\", 1);
            wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs, "n y");
}

/// What a task does again after it has borne another child is still before it.
#[test]
fn a_store_comes_again_after_another_birth() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            char *n = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
            *n = '0';
            if (fork() == 0) { write(1, n, 1); _exit(0); }
            for (int i = 1; i <= 3; i++) {
                if (fork() == 0) _exit(0);
                *n = '0' + i;
            }
            while (wait(0) > 0);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1 2 3");
}

/// A fork copies what a thread has stored by then, even if nobody else looks at it.
#[test]
fn a_fork_copies_a_word_that_only_a_thread_stores() {
    let outputs = outputs_in_every_order(
        "char word = '0';
        int p[2];
        void *set(void *unused) { char c; read(p[0], &c, 1); word = '1'; word = '2'; return 0; }
        int main(void) {
            pthread_t thread;
            pipe(p);
            if (fork() == 0) { write(p[1], \"\", 1); _exit(0); }
            pthread_create(&thread, 0, set, 0);
            if (fork() == 0) { write(1, &word, 1); _exit(0); }
            pthread_join(thread, 0);
            wait(0); wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1 2");
}

/// A write that slept on a full pipe, and goes on when nobody reads any more, kills within that step: all it had open is closed.
#[test]
fn a_write_that_goes_on_ends_by_sigpipe() {
    let outputs = outputs_in_every_order(
        "#include <fcntl.h>
        static char x[70000];
        int main(void) {
            int a[2], b[2]; char c;
            pipe(a); pipe(b);
            fcntl(b[0], F_SETFL, O_NONBLOCK);
            if (fork() == 0) { close(a[0]); close(b[0]); write(a[1], x, 70000); _exit(0); }
            if (fork() == 0) {
                close(a[0]); close(a[1]); close(b[1]);
                char seen[2];
                for (int i = 0; i < 2; i++) seen[i] = read(b[0], &c, 1) == 0 ? '0' : '-';
                write(1, seen, 2);
                _exit(0);
            }
            close(a[1]); close(b[1]); close(b[0]); close(a[0]);
            wait(0); wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs, "-- -0 00");
}

/// What a process still holds when it ends is marked, in memory that it shares with others too: FUTEX_OWNER_DIED.
#[test]
fn an_end_marks_the_locks_of_the_robust_list() {
    let outputs = outputs_in_every_order(
        "#define _GNU_SOURCE
        #include <linux/futex.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        static char seen(int word) { return word == 0 ? '0' : word & FUTEX_OWNER_DIED ? 'd' : 'h'; }
        int main(void) {
            char *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
            struct robust_list_head *head = (void *)page;
            volatile int *word = (volatile int *)(page + 64);
            struct robust_list *entry = (void *)(page + 128);
            if (fork() == 0) {
                head->list.next = entry;
                head->futex_offset = 64 - 128;
                entry->next = &head->list;
                *word = getpid();
                syscall(SYS_set_robust_list, head, sizeof *head);
                _exit(0);
            }
            char was[2];
            was[0] = seen(*word); was[1] = seen(*word);
            write(1, was, 2);
            wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs, "00 0d 0h dd hd hh");
}
