//! A watch over the first task of a program, for the one moment in which it may keep a processor for ever.
//!
//! The first task of a PID namespace, when it ends, waits until no other number of its namespace is left
//! (`zap_pid_ns_processes()`). If a signal is pending then, its wait is a loop. Another task that has been released and has
//! yet to give its number back is behind it in the queue of its priority, where it stays: with SCHED_FIFO that is the end.
//! Seen once in about two million programs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::schedule;

/// How often it looks. A program takes a thousandth of that.
const EVERY: Duration = Duration::from_millis(500);
/// `PF_EXITING` among the flags in `/proc/PID/stat`.
const PF_EXITING: u64 = 4;

#[derive(Debug, Default)]
struct Watched {
    /// The host's number of the first task; 0: there is none.
    first: AtomicU32,
    over: AtomicBool,
}

/// The watch. It ends at drop.
#[derive(Debug)]
pub(super) struct Watch {
    watched: Arc<Watched>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to watch, with no first task yet. The thread has an ordinary priority, and real-time tasks leave a twentieth
    /// of each second to those.
    pub(super) fn start() -> std::io::Result<Watch> {
        let watched = Arc::new(Watched::default());
        let own = Arc::clone(&watched);
        let thread = std::thread::Builder::new().name("watch".into());
        let thread = thread.spawn(move || watch(&own))?;
        Ok(Watch {
            watched,
            thread: Some(thread),
        })
    }

    /// This is the first task from now on.
    pub(super) fn watch_over(&self, first: u32) {
        self.watched.first.store(first, Ordering::Relaxed);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.watched.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It has nothing to say.
            let _ended = thread.join();
        }
    }
}

fn watch(watched: &Watched) {
    let mut before = 0;
    while !watched.over.load(Ordering::Relaxed) {
        let first = watched.first.load(Ordering::Relaxed);
        if first != 0 && first == before && is_exiting(first) {
            // It may have ended by now.
            let _lowered = schedule::lower_puppet(first);
        }
        before = first;
        std::thread::park_timeout(EVERY);
    }
}

/// Whether it has begun to end.
fn is_exiting(task: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{task}/stat")).unwrap_or_default();
    // Behind the name, which may have spaces: state, ppid, pgrp, session, tty_nr, tpgid, flags.
    let (_, fields) = stat.rsplit_once(") ").unwrap_or_default();
    let flags = fields.split(' ').nth(6).and_then(|flags| flags.parse().ok());
    flags.is_some_and(|flags: u64| flags & PF_EXITING != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scheduling policy in `/proc/PID/stat`, field 41.
    fn policy(task: u32) -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/{task}/stat")).ok()?;
        let (_, fields) = stat.rsplit_once(") ")?;
        fields.split(' ').nth(38)?.parse().ok()
    }

    /// A task that has ended and is still there, as a zombie is, loses its real-time priority; one that lives keeps it.
    #[test]
    fn who_ends_is_lowered() {
        let mut living = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        let mut dead = std::process::Command::new("true").spawn().unwrap();
        if schedule::raise_puppet(living.id()).is_err() {
            eprintln!("skipped: real-time priorities are not allowed");
            living.kill().unwrap();
            living.wait().unwrap();
            dead.wait().unwrap();
            return;
        }
        while !is_exiting(dead.id()) {
            std::thread::yield_now();
        }
        schedule::raise_puppet(dead.id()).unwrap();
        assert!(!is_exiting(living.id()));
        let watch = Watch::start().unwrap();
        watch.watch_over(dead.id());
        while policy(dead.id()) != Some(0) {
            std::thread::yield_now();
        }
        watch.watch_over(living.id());
        std::thread::sleep(3 * EVERY);
        assert_eq!(policy(living.id()), Some(1), "SCHED_FIFO");
        living.kill().unwrap();
        living.wait().unwrap();
        dead.wait().unwrap();
    }
}
