//! What using the kernel leaves behind, which is nothing, and what it refuses.

use super::*;
use std::ffi::OsStr;
use std::io::BufRead;
use std::os::unix::ffi::OsStrExt;

/// The children that a thread of a process has made.
fn children(of: &str) -> Vec<u32> {
    let text = std::fs::read_to_string(format!("/proc/{of}/children")).unwrap();
    text.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

/// The launcher of this thread, the first tasks of its programs, and the files it was started with.
fn launcher() -> (u32, Vec<u32>, Vec<std::path::PathBuf>) {
    let [launcher] = children("thread-self")[..] else {
        panic!("not one launcher")
    };
    let line = std::fs::read(format!("/proc/{launcher}/cmdline")).unwrap();
    let words = line
        .split(|byte| *byte == 0)
        .map(|word| std::path::PathBuf::from(OsStr::from_bytes(word)));
    let files = words.filter(|word| word.is_absolute()).collect();
    (launcher, children(&format!("{launcher}/task/{launcher}")), files)
}

fn is_there(pid: u32) -> bool {
    std::fs::exists(format!("/proc/{pid}")).unwrap()
}

#[test]
fn a_thousand_boots_leave_nothing_behind() {
    for pace in [Pace::Ranked, Pace::Polling] {
        let mut programs = match Linux::with_pace(0, pace) {
            Ok(linux) => Programs(linux),
            Err(why) => {
                eprintln!("skipped: {pace:?}: {why}");
                continue;
            }
        };
        for _ in 0..1000 {
            programs.begin();
            programs.value(1, FORK, []);
        }
        let (launcher, firsts, files) = launcher();
        assert_eq!(
            (firsts.len(), files.len()),
            (1, 2),
            "one program at a time, and two files"
        );
        assert!(files.iter().all(|file| file.exists()));
        drop(programs);
        assert!(!is_there(launcher) && !is_there(firsts[0]));
        assert!(
            files.iter().all(|file| !file.parent().unwrap().exists()),
            "{files:?}"
        );
    }
}

/// Policy, priority and processors of this thread.
fn schedule() -> (String, String, String) {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let field = |at: usize| {
        stat.rsplit_once(") ")
            .unwrap()
            .1
            .split(' ')
            .nth(at - 3)
            .unwrap()
            .to_owned()
    };
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
    let cpus = status
        .lines()
        .find(|line| line.starts_with("Cpus_allowed_list"))
        .unwrap();
    (field(41), field(40), cpus.to_owned())
}

#[test]
fn the_controller_is_scheduled_as_before_when_the_last_value_has_gone() {
    let before = schedule();
    let (first, second) = match (
        Linux::with_pace(0, Pace::Ranked),
        Linux::with_pace(0, Pace::Ranked),
    ) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(why), _) | (_, Err(why)) => return eprintln!("skipped: {why}"),
    };
    assert!(
        Linux::with_pace(1, Pace::Ranked).is_err(),
        "one processor a thread"
    );
    let during = schedule();
    assert_eq!(
        (&*during.0, &*during.1),
        ("1", "1"),
        "SCHED_FIFO, the lowest priority"
    );
    drop(first);
    assert_eq!(schedule(), during);
    drop(second);
    assert_eq!(schedule(), before);
}

#[test]
fn two_programs_at_a_time_do_not_know_each_other() {
    on_the_kernel(|k| {
        let mut other = Programs(Linux::with_pace(0, k.0.pace()).unwrap());
        other.begin();
        assert_eq!((k.value(1, FORK, []), other.value(1, FORK, [])), (2, 2));
        assert_eq!(k.value(1, KILL, [u64::MAX, 9]), 0);
        assert_eq!((k.task(2).state, other.task(2).state), ('Z', 'R'));
        drop(other);
        assert_eq!(k.value(1, FORK, []), 3);
    });
}

#[test]
fn a_puppet_without_its_program_is_told() {
    on_the_kernel(|k| {
        if k.0.pace() == Pace::Polling {
            return;
        }
        // MADV_DONTFORK for everything there is: the child has nothing to execute.
        assert_eq!(k.value(1, 28, [ARENA, 1 << 46, 10]), -12);
        let fork = Command::Syscall {
            nr: FORK,
            args: [0; 6],
        };
        assert!(
            k.0.step(1, fork)
                .unwrap_err()
                .to_string()
                .contains("does not start")
        );
        k.begin();
        assert_eq!(k.value(1, FORK, []), 2);
    });
}

#[test]
fn a_task_in_another_namespace_is_refused() {
    on_the_kernel(|k| {
        let clone = Command::Syscall {
            nr: CLONE,
            args: [0x2000_0000 | SIGCHLD, 0, 0, 0, 0, 0],
        };
        assert!(k.0.step(1, clone).unwrap_err().to_string().contains("namespace"));
        assert_eq!(k.value(1, FORK, []), 2);
    });
}

/// Not a test: what the next one starts and kills.
#[test]
#[ignore = "waits to be killed"]
fn sits_there() {
    let mut linux = Linux::new(0).unwrap();
    linux.boot().unwrap();
    let (launcher, firsts, files) = launcher();
    println!(
        "\nprocesses {launcher} {} {}",
        firsts[0],
        files[0].parent().unwrap().display()
    );
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn a_controller_that_is_killed_leaves_no_process_behind() {
    if let Err(why) = Linux::new(0) {
        return eprintln!("skipped: {why}");
    }
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "remains::sits_there", "--ignored", "--nocapture"]);
    let mut controller = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let lines = std::io::BufReader::new(controller.stdout.take().unwrap()).lines();
    let line = lines
        .map(Result::unwrap)
        .find(|line| line.starts_with("processes "))
        .unwrap();
    let [_, launcher, first, folder] = line.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{line}")
    };
    let pids: [u32; 2] = [launcher, first].map(|pid| pid.parse().unwrap());
    assert!(pids.iter().all(|pid| is_there(*pid)));
    // SIGKILL: nobody is left to remove the folder but this test.
    controller.kill().unwrap();
    controller.wait().unwrap();
    // A zombie has ended: the rest is the affair of who adopted it.
    let ended = |pid: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.is_empty() || stat.contains(") Z ")
    };
    let gone = || pids.iter().all(ended);
    let patience = std::time::Instant::now();
    while !gone() && patience.elapsed().as_secs() < 10 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(gone(), "{pids:?}");
    std::fs::remove_dir_all(folder).unwrap();
}
