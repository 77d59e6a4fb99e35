//! The end of a process is two steps: what it gives back is seen before the end is.

use super::orders::outputs_in_every_order;

/// The end of a pipe is no proof that there is a zombie to wait for.
#[test]
fn a_pipe_ends_before_its_last_writer() {
    let wait_for = |child: &str| {
        outputs_in_every_order(&format!(
            "int main(void) {{
                int p[2]; char c;
                pipe(p);
                int child = fork();
                if (child == 0) {{ {child} }}
                close(p[1]);
                read(p[0], &c, 1);
                write(1, waitpid(child, 0, WNOHANG) == child ? \"1\" : \"0\", 1);
                return 0;
            }}"
        ))
    };
    assert_eq!(wait_for("_exit(0);"), "0 1");
    assert_eq!(wait_for("kill(getpid(), SIGKILL);"), "0 1");
}

/// vfork comes back before there is a zombie.
#[test]
fn vfork_comes_back_before_the_end() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int child = vfork();
            if (child == 0) _exit(0);
            write(1, waitpid(child, 0, WNOHANG) == child ? \"1\" : \"0\", 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1");
}

/// Who reads to the end of a pipe can end before the one who wrote to it.
#[test]
fn a_reader_ends_before_its_writer() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int p[2], status; char c;
            pipe(p);
            if (fork() == 0) _exit(1);
            if (fork() == 0) { close(p[1]); read(p[0], &c, 1); _exit(2); }
            close(p[1]);
            while (wait(&status) > 0) { c = '0' + WEXITSTATUS(status); write(1, &c, 1); }
            return 0;
        }",
    );
    assert_eq!(outputs, "12 21");
}

/// Who is about to end takes no signal, and his status stays.
#[test]
fn a_signal_in_the_middle_of_an_end_is_dropped() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int p[2], status; char c;
            pipe(p);
            int child = fork();
            if (child == 0) _exit(3);
            close(p[1]);
            read(p[0], &c, 1);
            kill(child, SIGKILL);
            wait(&status);
            c = WIFEXITED(status) ? '0' + WEXITSTATUS(status) : 'k';
            write(1, &c, 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "3");
}

/// Without a pipe nobody can tell: an end is one step.
#[test]
fn an_end_that_gives_nothing_back_is_one_step() {
    let states = |descriptors: &str| {
        let text = format!(
            "#include <sys/wait.h>
            #include <unistd.h>
            int main(void) {{
                int p[2];
                {descriptors}
                for (int i = 0; i < 3; i++) if (fork() == 0) _exit(0);
                while (wait(0) > 0) ;
                return 0;
            }}"
        );
        super::explored(&text, super::UNREDUCED, 10_000).states()
    };
    assert!(states("") < states("pipe(p);"));
}
