//! What a new program finds on its stack: `fs/exec.c` for the strings and how many there may be, `fs/binfmt_elf.c` for what
//! lies below them.
//!
//! From the top: eight bytes of nothing, the path, the environment, the arguments, the first of each lowest; 16 random
//! bytes; the auxiliary vector; the pointers to the environment, then to the arguments, each with a NULL behind; `argc`,
//! to which the stack pointer points, a multiple of 16.

use crate::abi::call::UserPtr;
use crate::abi::errno::{Errno, Result};
use crate::abi::ids::TaskRef;
use crate::abi::limits::{ARG_MAX, CLOCK_TICK, MAX_ARG_STRLEN, PAGE_SIZE, STACK_TOP, STK_LIM};
use crate::abi::rlimit::{Resource, Rlimits};
use crate::world::World;

use super::exec::Secureexec;
use super::uaccess::copy_to_user;

/// What a program is given. Who calls exec has read the strings from the old memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arguments<'a> {
    /// The path, as exec was given it (AT_EXECFN).
    pub filename: &'a [u8],
    /// `argv`, each without its NUL.
    pub argv: &'a [&'a [u8]],
    /// `environ`.
    pub envp: &'a [&'a [u8]],
    /// What AT_RANDOM points to: the embedder's, as all that is random.
    pub random: [u8; 16],
}

impl<'a> Arguments<'a> {
    /// The arguments that the program gets: since Linux 5.18 there is always an argv[0].
    const fn argv(&self) -> &'a [&'a [u8]] {
        match self.argv {
            [] => &[b""],
            argv => argv,
        }
    }

    /// All strings, with their NULs: from the highest on the stack to the lowest.
    fn strings(&self) -> impl Iterator<Item = &[u8]> {
        let all = [self.filename].into_iter();
        all.chain(self.envp.iter().rev().copied())
            .chain(self.argv().iter().rev().copied())
    }

    fn argc(&self) -> u64 {
        self.argv().len() as u64
    }

    /// Bytes of all that is laid out.
    fn bytes(&self) -> u64 {
        let strings: u64 = self.strings().map(|string| string.len() as u64 + 1).sum();
        strings + (self.argc() + self.envp.len() as u64) * 8 + 512
    }
}

/// `bprm_stack_limits()`: how many bytes the strings may have, the path among them. A quarter of RLIMIT_STACK, at most 6 MiB,
/// and 128 KiB at least, less what the pointers to them take.
///
/// # Errors
/// E2BIG: the pointers alone are too many.
pub fn bprm_stack_limits(limits: &Rlimits, argc: usize, envc: usize) -> Result<u64> {
    let stack = limits.get(Resource::Stack).cur;
    let limit = (STK_LIM / 4 * 3).min(stack / 4).max(ARG_MAX);
    let pointers = (argc.max(1) as u64).saturating_add(envc as u64).saturating_mul(8);
    match limit.checked_sub(pointers) {
        None | Some(0) => Err(Errno::E2BIG),
        Some(room) => Ok(room),
    }
}

/// Whether there is room for the arguments, by the rules and in memory.
///
/// # Errors
/// - E2BIG: a string of more than MAX_ARG_STRLEN bytes; all of them together are more than [`bprm_stack_limits`] allows.
/// - ENOMEM: too few frames or page tables are left.
pub fn check(w: &World<'_>, task: TaskRef, arguments: &Arguments<'_>) -> Result<()> {
    let mut room = bprm_stack_limits(&w.signal(task).rlim, arguments.argv.len(), arguments.envp.len())?;
    for string in arguments.strings() {
        let len = string.len() as u64 + 1;
        if len > MAX_ARG_STRLEN {
            return Err(Errno::E2BIG);
        }
        room = room.checked_sub(len).ok_or(Errno::E2BIG)?;
    }
    let pages = arguments.bytes() / PAGE_SIZE + 2;
    // A table has 64 entries, and there are 6 levels.
    let tables = pages / 64 + 8;
    let enough = u64::from(w.pages.available()) >= pages && u64::from(w.tables.available()) >= tables;
    if enough { Ok(()) } else { Err(Errno::ENOMEM) }
}

/// Stores words one behind the other.
struct Words {
    at: u64,
}

impl Words {
    fn put(&mut self, w: &mut World<'_>, task: TaskRef, word: u64) -> Result<()> {
        copy_to_user(w, task, UserPtr(self.at), &word.to_le_bytes())?;
        self.at += 8;
        Ok(())
    }

    /// The addresses of strings that lie one behind the other, and NULL; where they end.
    fn pointers(
        &mut self,
        w: &mut World<'_>,
        task: TaskRef,
        mut string: u64,
        strings: &[&[u8]],
    ) -> Result<u64> {
        for text in strings {
            self.put(w, task, string)?;
            string += text.len() as u64 + 1;
        }
        self.put(w, task, 0)?;
        Ok(string)
    }
}

/// `copy_strings()`: downwards from `top`; the path's address, and the lowest.
fn copy_strings(w: &mut World<'_>, task: TaskRef, arguments: &Arguments<'_>) -> Result<(u64, u64)> {
    let (mut at, mut path) = (STACK_TOP - 8, None);
    for string in arguments.strings() {
        at -= string.len() as u64 + 1;
        // The NUL is there: the pages are new.
        copy_to_user(w, task, UserPtr(at), string)?;
        copy_to_user(w, task, UserPtr(at + string.len() as u64), &[0])?;
        path = path.or(Some(at));
    }
    Ok((path.unwrap_or(at), at))
}

/// `create_elf_tables()`: lays all of it out in the task's new memory; the stack pointer.
///
/// # Errors
/// ENOMEM, EFAULT: memory is used up, or RLIMIT_STACK is smaller than what was allowed.
pub fn create_elf_tables(
    w: &mut World<'_>,
    task: TaskRef,
    arguments: &Arguments<'_>,
    entry: u64,
    secure: Secureexec,
) -> Result<u64> {
    let (path, first) = copy_strings(w, task, arguments)?;
    let random = (first & !15) - 16;
    copy_to_user(w, task, UserPtr(random), &arguments.random)?;
    let auxv = auxv(w, task, [path, random, entry], secure);
    let pointers = arguments.argc() + 1 + arguments.envp.len() as u64 + 1;
    let below_auxv = random - auxv.len() as u64 * 16;
    let sp = (below_auxv - (pointers + 1) * 8) & !15;
    let mut words = Words { at: sp };
    words.put(w, task, arguments.argc())?;
    let environment = words.pointers(w, task, first, arguments.argv())?;
    words.pointers(w, task, environment, arguments.envp)?;
    for (kind, value) in auxv {
        words.put(w, task, kind)?;
        words.put(w, task, value)?;
    }
    Ok(sp)
}

/// The auxiliary vector, as far as there is something to tell: no vDSO, no program headers, no capabilities of a processor.
fn auxv(
    w: &World<'_>,
    task: TaskRef,
    [path, random, entry]: [u64; 3],
    secure: Secureexec,
) -> [(u64, u64); 13] {
    const NANOSECONDS: u64 = 1_000_000_000;
    let cred = &w.tasks[task].cred;
    [
        // AT_PAGESZ, AT_CLKTCK, AT_BASE, AT_FLAGS, AT_ENTRY
        (6, PAGE_SIZE),
        (17, NANOSECONDS / CLOCK_TICK),
        (7, 0),
        (8, 0),
        (9, entry),
        // AT_UID, AT_EUID, AT_GID, AT_EGID
        (11, cred.uid.0.into()),
        (12, cred.euid.0.into()),
        (13, cred.gid.0.into()),
        (14, cred.egid.0.into()),
        // AT_SECURE, AT_RANDOM, AT_EXECFN, AT_NULL
        (23, u64::from(secure == Secureexec::Yes)),
        (25, random),
        (31, path),
        (0, 0),
    ]
}
