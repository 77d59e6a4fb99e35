//! Programs that learn how late it is.

use super::{REDUCED, explored, outcomes};
use host_harness::explore::{Beyond, Bound};
use host_harness::run::{RunOptions, run_source};

/// A sleep that an alarm interrupts, with somewhere for what is left of it.
fn interrupted(left: &str) -> String {
    format!(
        "#include <signal.h>\n#include <stdio.h>\n#include <time.h>\n#include <unistd.h>\n\
        static void ring(int sig) {{ }}\n\
        int main(void) {{
            struct timespec time = {{3, 0}}, left = {{9, 9}};
            signal(SIGALRM, ring);
            alarm(1);
            nanosleep(&time, {left});
            printf(\"%ld\\n\", (long)left.tv_sec);
            return 0;
        }}"
    )
}

/// On an idle machine an alarm goes off so late that less than two seconds are left of the three (asked: 60 of 60), on a
/// busy one it does not.
#[test]
fn who_sleeps_is_woken_a_little_late() {
    let finished = run_source("late.c", &interrupted("&left"), &[], b"", &RunOptions::default()).unwrap();
    assert_eq!(finished.stdout, b"1\n");
}

/// How much that is hangs on who was how late.
#[test]
fn what_is_left_of_a_sleep_is_one_of_many_answers() {
    let told = explored(&interrupted("&left"), REDUCED, 1000);
    assert!(matches!(told.bound(), Some(Bound::Beyond(Beyond::Time, _))));
    let untold = explored(&interrupted("NULL"), REDUCED, 1000);
    assert_eq!(untold.bound(), None);
    assert_eq!(outcomes(&untold).len(), 1);
}
