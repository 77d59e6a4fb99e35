//! Threads, and what the C library does for them: it is a C program as well, and right in every order.

use super::orders::outputs_in_every_order;

/// Whoever is the last runs what atexit was told, once: main, which leaves first or not, or one of the others.
#[test]
fn the_last_thread_ends_the_process() {
    let outputs = outputs_in_every_order(
        "void bye(void) { write(1, \"!\", 1); }
        void *go(void *name) { write(1, name, 1); return 0; }
        int main(void) {
            pthread_t a, b;
            atexit(bye);
            pthread_create(&a, 0, go, \"a\");
            pthread_create(&b, 0, go, \"b\");
            pthread_exit(0);
        }",
    );
    assert_eq!(outputs, "ab! ba!");
}

/// After a fork the caller is the only thread, whichever it was, and others that had left before count no more.
#[test]
fn the_thread_that_forked_is_the_last_of_the_child() {
    let outputs = outputs_in_every_order(
        "void bye(void) { write(1, \"!\", 1); }
        void *go(void *unused) {
            if (fork() == 0) pthread_exit(0);
            wait(0);
            write(1, \".\", 1);
            return 0;
        }
        int main(void) {
            pthread_t a;
            atexit(bye);
            pthread_create(&a, 0, go, 0);
            pthread_exit(0);
        }",
    );
    assert_eq!(outputs, "!.!");
}

/// Whoever posts sees those who wait, and wakes one, whatever the waiters were just about to do.
#[test]
fn no_wake_of_a_semaphore_is_lost() {
    let outputs = outputs_in_every_order(
        "#include <semaphore.h>
        sem_t sem;
        void *take(void *name) { sem_wait(&sem); write(1, name, 1); return 0; }
        int main(void) {
            pthread_t a, b;
            sem_init(&sem, 0, 0);
            pthread_create(&a, 0, take, \"a\");
            pthread_create(&b, 0, take, \"b\");
            sem_post(&sem);
            sem_post(&sem);
            pthread_join(a, 0);
            pthread_join(b, 0);
            return 0;
        }",
    );
    assert_eq!(outputs, "ab ba");
}

/// A thread that has ended is not waited for by anybody, and the next one may have its stack.
#[test]
fn a_stack_is_used_again_when_its_thread_is_over() {
    let outputs = outputs_in_every_order(
        "void *go(void *name) { write(1, name, 1); return name; }
        int main(void) {
            pthread_t a, b;
            void *was;
            pthread_create(&a, 0, go, \"a\");
            pthread_join(a, &was);
            pthread_create(&b, 0, go, was);
            write(1, a == b ? \"=\" : \"!\", 1);
            pthread_join(b, 0);
            return 0;
        }",
    );
    assert_eq!(outputs, "a=a aa=");
}
