//! What is only touched with a lock held nobody else can notice until the lock is opened; what looks like a lock and is
//! none hides nothing.

use super::orders::outputs_in_every_order;
use super::{REDUCED, explored, written_by};

/// Two threads beside main, which says at the end what became of `x`.
fn threads(globals: &str, a: &str, b: &str) -> String {
    format!(
        "int x, l;
        {globals}
        void *a(void *unused) {{ {a} return 0; }}
        void *b(void *unused) {{ {b} return 0; }}
        int main(void) {{
            pthread_t t, u;
            pthread_create(&t, 0, a, 0);
            pthread_create(&u, 0, b, 0);
            pthread_join(t, 0);
            pthread_join(u, 0);
            char c = '0' + x;
            write(1, &c, 1);
            return 0;
        }}"
    )
}

const TRY: &str = "__atomic_exchange_n(&l, 1, 5) == 0";

#[test]
fn under_a_mutex_nothing_is_lost() {
    let add = "pthread_mutex_lock(&m); x++; pthread_mutex_unlock(&m);";
    let program = threads("pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;", add, add);
    assert_eq!(outputs_in_every_order(&program), "2");
}

/// One who does not ask is enough, before the others or after them.
#[test]
fn a_lock_that_one_does_not_take_guards_nothing() {
    let add = "pthread_mutex_lock(&m); x++; pthread_mutex_unlock(&m);";
    let mutex = "pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;";
    assert_eq!(outputs_in_every_order(&threads(mutex, add, "x += 3;")), "1 3 4");
    assert_eq!(outputs_in_every_order(&threads(mutex, "x += 3;", add)), "1 3 4");
}

/// Of two locks each has one: they do not exclude each other.
#[test]
fn two_locks_guard_nothing() {
    let program = threads(
        "int k;",
        "if (__atomic_exchange_n(&k, 1, 5) == 0) { x++; k = 0; }",
        &format!("if ({TRY}) {{ x += 3; l = 0; }}"),
    );
    assert_eq!(outputs_in_every_order(&program), "1 3 4");
}

/// Who tries and does not get it goes on without.
#[test]
fn a_lock_that_is_tried_may_be_taken() {
    let take = format!("if ({TRY}) {{ x++; l = 0; }}");
    assert_eq!(outputs_in_every_order(&threads("", &take, &take)), "1 2");
}

/// Somebody opens a lock that he has not taken: two are inside.
#[test]
fn a_lock_that_anybody_opens_guards_nothing() {
    let take = format!("if ({TRY}) {{ x++; l = 0; }}");
    let open = format!("l = 0; {take}");
    assert_eq!(outputs_in_every_order(&threads("", &take, &open)), "1 2");
    let look = format!("if ({TRY}) {{ v = 1; x = v; l = 0; }}");
    for open in ["l = 0;", "__builtin_memset(&l, 0, 4);"] {
        let change = format!("{open} if ({TRY}) {{ v += 3; l = 0; }}");
        let outputs = outputs_in_every_order(&threads("int v;", &look, &change));
        assert_eq!(outputs, "0 1 3 4", "{open}");
    }
}

/// The other half of the word is not the lock.
#[test]
fn a_lock_is_as_wide_as_it_is_taken() {
    let program = threads(
        "struct { int lock, other; } s;",
        "if (__atomic_exchange_n(&s.lock, 1, 5) == 0) { x++; s.lock = 0; }",
        "s.other = 0; if (__atomic_exchange_n(&s.lock, 1, 5) == 0) { x += 3; s.lock = 0; }",
    );
    assert_eq!(outputs_in_every_order(&program), "1 3 4");
}

/// Main looks without the lock, and finds the other thread gone or not.
#[test]
fn who_looks_when_all_have_gone_may_have_looked_before() {
    let outputs = outputs_in_every_order(&format!(
        "int l, flag, x;
        void *a(void *unused) {{
            if ({TRY}) {{ flag = 1; x = 5; l = 0; }}
            return 0;
        }}
        int main(void) {{
            pthread_t t;
            pthread_create(&t, 0, a, 0);
            char c = flag ? '0' + x : '-';
            write(1, &c, 1);
            pthread_join(t, 0);
            return 0;
        }}"
    ));
    assert_eq!(outputs, "- 0 5");
}

/// Main looks once all others are gone: that needs no lock, and makes what has one no less guarded.
#[test]
fn threads_that_print_cost_little() {
    let program = "void *hello(void *name) { printf(\"%s\", (char *)name); return 0; }
        int main(void) {
            pthread_t t[3];
            pthread_create(&t[0], 0, hello, \"a\");
            pthread_create(&t[1], 0, hello, \"b\");
            pthread_create(&t[2], 0, hello, \"c\");
            for (int i = 0; i < 3; i++) pthread_join(t[i], 0);
            return 0;
        }";
    let found = explored(&written_by(program), REDUCED, 10_000);
    assert_eq!(found.bound(), None);
    let mut outputs = Vec::new();
    found.for_each_output(&mut |output, _| {
        outputs.push(String::from_utf8_lossy(output).into_owned());
        true
    });
    assert_eq!(outputs, ["abc", "acb", "bac", "bca", "cab", "cba"]);
}
