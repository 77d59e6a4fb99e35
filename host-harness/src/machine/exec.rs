//! execve: the path and the arguments out of the old memory; the kernel lays them out in the new one.

use kernel_model::abi::effect::Board;
use kernel_model::abi::ids::TaskRef;
use kernel_model::abi::limits::{MAX_ARG_STRLEN, PATH_MAX};
use kernel_model::objects::task::Comm;
use kernel_model::verbs::{binfmt, exec};
use kernel_model::{Errno, Kernel, Outcome};

use super::program::Program;
use super::random::SplitMix64;
use crate::isa::Regs;
use kernel_model::kernel::storage::Boxed;

type K = Kernel<Boxed<Regs>>;

/// What a program is started with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// `argv`.
    pub argv: Vec<Vec<u8>>,
    /// `environ`.
    pub envp: Vec<Vec<u8>>,
}

/// A NUL-terminated string of at most `max` bytes, the NUL included.
fn read_string(
    k: &mut K,
    task: TaskRef,
    addr: u64,
    max: u64,
    too_long: Errno,
    board: &mut dyn Board,
) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    loop {
        let at = addr.checked_add(bytes.len() as u64).ok_or(Errno::EFAULT)?;
        // Up to the end of the page: what lies behind the string need not be mapped.
        let run = (4096 - at % 4096).min(256) as usize;
        let mut chunk = vec![0; run];
        k.copy_from_user(task, at, &mut chunk, board)?;
        match chunk.iter().position(|byte| *byte == 0) {
            Some(end) => {
                bytes.extend_from_slice(chunk.get(..end).unwrap_or(&chunk));
                return if (bytes.len() as u64) < max {
                    Ok(bytes)
                } else {
                    Err(too_long)
                };
            }
            None => bytes.extend_from_slice(&chunk),
        }
        if bytes.len() as u64 >= max {
            return Err(too_long);
        }
    }
}

/// `count()`: the pointers of a NULL-terminated array; NULL itself is an empty one.
fn count(k: &mut K, task: TaskRef, addr: u64, board: &mut dyn Board) -> Result<Vec<u64>, Errno> {
    let mut pointers = Vec::new();
    if addr == 0 {
        return Ok(pointers);
    }
    loop {
        let at = addr.checked_add(pointers.len() as u64 * 8).ok_or(Errno::EFAULT)?;
        let mut word = [0; 8];
        k.copy_from_user(task, at, &mut word, board)?;
        match u64::from_le_bytes(word) {
            0 => return Ok(pointers),
            pointer => pointers.push(pointer),
        }
    }
}

/// `copy_strings()`: the last first, as long as there is room.
fn copy_strings(
    k: &mut K,
    task: TaskRef,
    pointers: &[u64],
    room: &mut u64,
    board: &mut dyn Board,
) -> Result<Vec<Vec<u8>>, Errno> {
    let mut strings = Vec::new();
    for pointer in pointers.iter().rev() {
        let string = read_string(k, task, *pointer, MAX_ARG_STRLEN, Errno::E2BIG, board)?;
        *room = room.checked_sub(string.len() as u64 + 1).ok_or(Errno::E2BIG)?;
        strings.push(string);
    }
    strings.reverse();
    Ok(strings)
}

/// `getname()`: the path of an execve.
///
/// # Errors
/// EFAULT: it cannot be read. ENAMETOOLONG: it is longer than PATH_MAX.
pub fn read_path(k: &mut K, task: TaskRef, path: u64, board: &mut dyn Board) -> Result<String, Errno> {
    let path = read_string(k, task, path, PATH_MAX, Errno::ENAMETOOLONG, board)?;
    Ok(String::from_utf8_lossy(&path).into_owned())
}

/// The arguments of an execve of this path, read in the order in which Linux does.
///
/// # Errors
/// - EFAULT: one of them cannot be read.
/// - E2BIG: they are too long.
pub fn read_arguments(
    k: &mut K,
    task: TaskRef,
    path: &str,
    [argv, envp]: [u64; 2],
    board: &mut dyn Board,
) -> Result<Arguments, Errno> {
    let argv = count(k, task, argv, board)?;
    let envp = count(k, task, envp, board)?;
    let mut room = k.bprm_stack_limits(task, argv.len(), envp.len())?;
    room = room.checked_sub(path.len() as u64 + 1).ok_or(Errno::E2BIG)?;
    let envp = copy_strings(k, task, &envp, &mut room, board)?;
    let argv = copy_strings(k, task, &argv, &mut room, board)?;
    Ok(Arguments { argv, envp })
}

/// The file name of a path: the command name of who executes it.
fn comm(path: &str) -> Comm {
    Comm::new(path.rsplit('/').next().unwrap_or(path).as_bytes())
}

/// Bytes that no program can foresee, and the same in every run: what AT_RANDOM points to.
fn random_bytes(k: &K, task: TaskRef) -> [u8; 16] {
    let pid = k.view().tasks.get(task).map_or(0, |t| u64::from(t.pid.0));
    let mut numbers = SplitMix64::new(k.now() ^ pid << 48);
    let mut bytes = [0; 16];
    let (low, high) = bytes.split_at_mut(8);
    low.copy_from_slice(&numbers.draw_unfolded().to_le_bytes());
    high.copy_from_slice(&numbers.draw_unfolded().to_le_bytes());
    bytes
}

/// The task runs the program that this path names with these arguments from now on.
pub fn exec(
    k: &mut K,
    task: TaskRef,
    program: &Program,
    path: &str,
    arguments: &Arguments,
    board: &mut dyn Board,
) -> Outcome {
    let description = exec::Program {
        image: program.id,
        comm: comm(&program.path),
        segments: &program.segments,
        brk: program.image.brk_start,
        entry: program.image.entry,
    };
    let argv: Vec<&[u8]> = arguments.argv.iter().map(Vec::as_slice).collect();
    let envp: Vec<&[u8]> = arguments.envp.iter().map(Vec::as_slice).collect();
    let given = binfmt::Arguments {
        filename: path.as_bytes(),
        argv: &argv,
        envp: &envp,
        random: random_bytes(k, task),
    };
    k.execve(task, &description, &given, board)
}
