//! Programs whose answers are known.

use super::*;

#[test]
fn a_program_begins_with_task_1_and_nothing_else() {
    on_the_kernel(|k| {
        for (call, value) in [(GETPID, 1), (GETTID, 1), (GETPPID, 0), (SETSID, -1)] {
            assert_eq!(k.value(1, call, []), value, "call {call}");
        }
        assert_eq!(k.value(1, BRK, [0]), HEAP.cast_signed());
        assert_eq!(k.value(1, BRK, [HEAP + 4096]), (HEAP + 4096).cast_signed());
        assert_eq!(k.store(1, HEAP, 7), done(0));
        let tasks = k.look().tasks;
        let one = TaskView {
            state: 'R',
            tgid: 1,
            pgid: 1,
            sid: 1,
            threads: 1,
            exit_signal: 17,
            ..TaskView::default()
        };
        assert_eq!(tasks, BTreeMap::from([(1, one)]));
    });
}

#[test]
fn a_child_exits_and_is_waited_for() {
    on_the_kernel(|k| {
        assert_eq!(k.value(1, FORK, []), 2);
        assert_eq!((k.value(2, GETPID, []), k.value(2, GETPPID, [])), (2, 1));
        assert_eq!(k.value(1, WAIT4, [u64::MAX, OUT, 1, 0]), 0);
        assert_eq!(k.ask(2, EXIT_GROUP, [7]), Outcome::Gone);
        let zombie = k.task(2);
        assert_eq!(
            (zombie.state, zombie.ppid, zombie.tgid, zombie.pgid, zombie.sid),
            ('Z', 1, 2, 1, 1)
        );
        let info = k.get(1, WAITID, [0, 0, OUT, 4 | 0x0100_0000, 0]);
        assert_eq!(
            info,
            Returned {
                value: 0,
                out: Out::Info {
                    signo: 17,
                    code: 1,
                    pid: 2,
                    status: 7
                }
            }
        );
        assert_eq!(
            k.get(1, WAIT4, [u64::MAX, OUT, 0, 0]),
            Returned {
                value: 2,
                out: Out::Status(7 << 8)
            }
        );
        assert_eq!(k.value(1, WAIT4, [u64::MAX, OUT, 0, 0]), ECHILD);
        assert_eq!(k.look().tasks.len(), 1);
    });
}

#[test]
fn a_wait_blocks_until_the_child_ends() {
    on_the_kernel(|k| {
        k.value(1, FORK, []);
        assert_eq!(k.ask(1, WAIT4, [u64::MAX, OUT, 0, 0]), Outcome::Blocked);
        assert_eq!(k.task(1).state, 'S');
        assert_eq!(k.returned(), BTreeMap::new());
        assert_eq!(k.ask(2, KILL, [2, 9]), Outcome::Gone);
        let answer = Returned {
            value: 2,
            out: Out::Status(9),
        };
        assert_eq!(k.returned(), BTreeMap::from([(1, answer)]));
        assert_eq!(k.task(1).state, 'R');
    });
}

#[test]
fn vfork_blocks_the_parent_until_exec_or_exit() {
    on_the_kernel(|k| {
        for (round, child) in [(0, 2), (1, 3)] {
            assert_eq!(k.ask(1, VFORK, []), Outcome::Blocked);
            assert_eq!(k.task(1).state, 'D');
            if round == 0 {
                assert_eq!(k.0.step(child, Command::Exec).unwrap(), done(0));
            } else {
                assert_eq!(k.ask(child, EXIT, [0]), Outcome::Gone);
            }
            assert_eq!(
                k.returned(),
                BTreeMap::from([(
                    1,
                    Returned {
                        value: i64::from(child),
                        out: Out::None
                    }
                )])
            );
        }
        assert_eq!(k.value(2, GETPID, []), 2);
    });
}

#[test]
fn a_read_returns_when_another_task_writes_or_the_last_writer_closes() {
    on_the_kernel(|k| {
        assert_eq!(
            k.get(1, PIPE, [OUT]),
            Returned {
                value: 0,
                out: Out::Fds(0, 1)
            }
        );
        k.value(1, FORK, []);
        assert_eq!(k.ask(1, READ, [0, OUT, 10]), Outcome::Blocked);
        assert_eq!(k.value(2, WRITE, [1, OUT, 3]), 3);
        assert_eq!(k.returned()[&1].value, 3);
        assert_eq!(k.value(1, CLOSE, [1]), 0);
        assert_eq!(k.ask(1, READ, [0, OUT, 10]), Outcome::Blocked);
        assert_eq!(k.ask(2, EXIT_GROUP, [0]), Outcome::Gone);
        assert_eq!(k.returned()[&1].value, 0);
    });
}

#[test]
fn descriptors_are_seen_with_their_sharing_and_flags() {
    on_the_kernel(|k| {
        assert_eq!(k.get(1, PIPE2, [OUT, 0o2_004_000]).out, Out::Fds(0, 1));
        assert_eq!(k.value(1, DUP, [0]), 2);
        assert_eq!(k.get(1, PIPE, [OUT]).out, Out::Fds(3, 4));
        k.value(1, FORK, []);
        assert_eq!(k.get(2, PIPE, [OUT]).out, Out::Fds(5, 6));
        let tasks = k.look().tasks;
        let (one, two) = (&tasks[&1].descriptors, &tasks[&2].descriptors);
        let short = |fd: &host_harness::oracle::system::Descriptor| {
            (fd.description, fd.pipe, fd.cloexec, fd.nonblock)
        };
        let expected = [
            (0, 0, true, true),
            (1, 0, true, true),
            (0, 0, false, true),
            (2, 1, false, false),
        ];
        assert_eq!(one.values().take(4).map(short).collect::<Vec<_>>(), expected);
        assert_eq!(two.values().take(4).map(short).collect::<Vec<_>>(), expected);
        assert_eq!(
            (two[&5].description, two[&6].description, two[&6].pipe),
            (4, 5, 2)
        );
        assert_eq!(
            (two[&5].kind, two[&6].kind),
            (FileKind::PipeRead, FileKind::PipeWrite)
        );
    });
}

#[test]
fn exec_keeps_descriptors_but_those_marked_and_drops_the_memory() {
    on_the_kernel(|k| {
        k.value(1, PIPE, [OUT]);
        assert_eq!(k.value(1, FCNTL, [0, 2, 1]), 0);
        k.map(1, 1, PRIVATE);
        assert_eq!(k.store(1, ARENA, 9), done(0));
        assert_eq!(k.0.step(1, Command::Exec).unwrap(), done(0));
        let one = k.task(1);
        assert_eq!(one.descriptors.keys().copied().collect::<Vec<_>>(), [1]);
        assert!(one.pages.is_empty());
        assert_eq!(k.value(1, BRK, [0]), HEAP.cast_signed());
        assert_eq!(k.load(1, ARENA), Outcome::Gone);
    });
}

#[test]
fn threads_share_and_exec_by_one_takes_the_number_of_the_leader() {
    on_the_kernel(|k| {
        assert_eq!(k.value(1, FORK, []), 2);
        assert_eq!(k.value(2, CLONE, [THREAD]), 3);
        assert_eq!((k.value(3, GETPID, []), k.value(3, GETTID, [])), (2, 3));
        k.value(3, PIPE, [OUT]);
        let tasks = k.look().tasks;
        assert_eq!(tasks[&2].descriptors, tasks[&3].descriptors);
        assert_eq!(
            (tasks[&2].threads, tasks[&3].tgid, tasks[&3].exit_signal),
            (2, 2, -1)
        );
        assert_eq!(k.ask(2, READ, [0, OUT, 1]), Outcome::Blocked);
        assert_eq!(k.0.step(3, Command::Exec).unwrap(), done(0));
        assert_eq!(k.returned(), BTreeMap::new());
        assert_eq!(k.look().tasks.into_keys().collect::<Vec<_>>(), [1, 2]);
        assert_eq!((k.value(2, GETTID, []), k.task(2).threads), (2, 1));
    });
}

#[test]
fn a_leader_that_exits_first_stays_until_its_threads_have_ended() {
    on_the_kernel(|k| {
        k.value(1, FORK, []);
        k.value(2, CLONE, [THREAD]);
        assert_eq!(k.ask(2, EXIT, [0]), Outcome::Gone);
        assert_eq!(
            (k.task(2).state, k.task(3).state, k.task(3).threads),
            ('Z', 'R', 2)
        );
        assert_eq!(k.value(1, WAIT4, [2, OUT, 1, 0]), 0);
        assert_eq!(k.ask(3, EXIT, [5]), Outcome::Gone);
        assert_eq!(k.look().tasks.into_keys().collect::<Vec<_>>(), [1, 2]);
        // The status of the process is that of the thread that ended last.
        assert_eq!(
            k.get(1, WAIT4, [2, OUT, 1, 0]),
            Returned {
                value: 2,
                out: Out::Status(5 << 8)
            }
        );
    });
}

#[test]
fn private_pages_are_shared_by_fork_and_split_by_a_write() {
    on_the_kernel(|k| {
        k.map(1, 2, PRIVATE);
        assert_eq!(
            (k.store(1, ARENA, 5), k.store(1, ARENA + 4096, 6)),
            (done(0), done(0))
        );
        k.value(1, FORK, []);
        if !k.0.sees_frames() {
            eprintln!("skipped: frames are not shown");
            return;
        }
        let tasks = k.look().tasks;
        assert_eq!(tasks[&1].pages, BTreeMap::from([(0, 0), (1, 1)]));
        assert_eq!(tasks[&2].pages, tasks[&1].pages);
        k.store(2, ARENA, 7);
        let tasks = k.look().tasks;
        assert_eq!(tasks[&2].pages, BTreeMap::from([(0, 2), (1, 1)]));
        assert_eq!((k.load(1, ARENA), k.load(2, ARENA)), (done(5), done(7)));
    });
}

#[test]
fn shared_pages_stay_shared() {
    on_the_kernel(|k| {
        k.map(1, 1, SHARED);
        k.value(1, FORK, []);
        k.store(1, ARENA, 5);
        assert_eq!(k.load(2, ARENA), done(5));
        let tasks = k.look().tasks;
        assert_eq!(tasks[&1].pages, tasks[&2].pages);
        assert_eq!(tasks[&1].pages.len(), usize::from(k.0.sees_frames()));
    });
}

#[test]
fn an_orphan_is_adopted_by_task_1() {
    on_the_kernel(|k| {
        k.value(1, FORK, []);
        assert_eq!(k.value(2, FORK, []), 3);
        assert_eq!(k.task(3).ppid, 2);
        assert_eq!(k.ask(2, EXIT_GROUP, [0]), Outcome::Gone);
        assert_eq!(k.task(3).ppid, 1);
        assert_eq!(k.value(3, GETPPID, []), 1);
    });
}

#[test]
fn a_stop_and_a_continue_are_seen() {
    on_the_kernel(|k| {
        k.value(1, FORK, []);
        assert_eq!(k.ask(2, KILL, [2, SIGSTOP]), Outcome::Blocked);
        assert_eq!(k.task(2).state, 'T');
        assert_eq!(k.value(1, KILL, [2, SIGCONT]), 0);
        assert_eq!(
            k.returned(),
            BTreeMap::from([(
                2,
                Returned {
                    value: 0,
                    out: Out::None
                }
            )])
        );
        // Stopped while it waits for a command: it goes on waiting.
        assert_eq!(k.value(1, KILL, [2, SIGSTOP]), 0);
        assert_eq!(k.task(2).state, 'T');
        assert_eq!(k.value(1, KILL, [2, SIGCONT]), 0);
        assert_eq!((k.returned(), k.task(2).state), (BTreeMap::new(), 'R'));
        assert_eq!(k.value(2, GETPID, []), 2);
    });
}

#[test]
fn a_bad_address_is_the_end_without_a_core() {
    on_the_kernel(|k| {
        k.value(1, FORK, []);
        assert_eq!(k.load(2, ARENA), Outcome::Gone);
        assert_eq!(k.get(1, WAIT4, [2, OUT, 0, 0]).out, Out::Status(11));
    });
}

#[test]
fn the_end_of_task_1_is_the_end_of_all() {
    on_the_kernel(|k| {
        k.value(1, FORK, []);
        k.value(2, FORK, []);
        assert_eq!(k.ask(1, EXIT_GROUP, [0]), Outcome::Gone);
        // Its own zombie is left out: whether its parent, which is outside, has waited is not the program's matter.
        assert_eq!(k.look().tasks, BTreeMap::new());
        k.begin();
        assert_eq!(k.value(1, FORK, []), 2);
    });
}

#[test]
fn sixty_tasks_at_once_and_a_hundred_in_turn() {
    on_the_kernel(|k| {
        for child in 2..=60 {
            assert_eq!(k.value(1, FORK, []), child);
        }
        assert_eq!(k.look().tasks.len(), 60);
        assert_eq!(k.value(60, GETPPID, []), 1);
        assert_eq!(k.value(1, KILL, [u64::MAX, 9]), 0);
        for child in 2..=60 {
            assert_eq!(
                k.get(1, WAIT4, [u64::MAX, OUT, 0, 0]),
                Returned {
                    value: child,
                    out: Out::Status(9)
                }
            );
        }
        for child in 61..=160 {
            assert_eq!(k.value(1, FORK, []), child);
            assert_eq!(k.ask(u32::try_from(child).unwrap(), EXIT, [1]), Outcome::Gone);
            assert_eq!(k.value(1, WAIT4, [child.cast_unsigned(), 0, 0, 0]), child);
        }
    });
}

#[test]
fn what_a_caller_does_wrong_is_told() {
    on_the_kernel(|k| {
        let call = Command::Syscall {
            nr: GETPID,
            args: [0; 6],
        };
        assert!(k.0.step(9, call).unwrap_err().to_string().contains("no task 9"));
        k.value(1, PIPE, [OUT]);
        assert_eq!(k.ask(1, READ, [0, OUT, 1]), Outcome::Blocked);
        assert!(k.0.step(1, call).unwrap_err().to_string().contains("not waiting"));
        k.begin();
        assert_eq!(k.value(1, GETPID, []), 1);
    });
}
