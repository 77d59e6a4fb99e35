//! execve: the path and the arguments out of the old memory, the program, the arguments into the new stack.

use kernel_model::abi::effect::Board;
use kernel_model::abi::ids::TaskRef;
use kernel_model::abi::limits::STACK_TOP;
use kernel_model::objects::task::Comm;
use kernel_model::verbs::exec;
use kernel_model::{Errno, Kernel, Outcome};

use super::program::Program;
use crate::isa::Regs;
use kernel_model::kernel::storage::Boxed;

type K = Kernel<Boxed<Regs>>;

/// The longest path (`PATH_MAX`), its NUL included.
const PATH_MAX: usize = 4096;
/// The longest single argument (`MAX_ARG_STRLEN`).
const MAX_ARG_STRLEN: usize = 32 * 4096;
/// Bytes of arguments and environment together: a quarter of the 8 MiB stack.
const ARG_MAX: usize = 2 << 20;

/// What a program is started with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// `argv`.
    pub argv: Vec<Vec<u8>>,
    /// `environ`.
    pub envp: Vec<Vec<u8>>,
}

/// A NUL-terminated string.
fn read_string(
    k: &mut K,
    task: TaskRef,
    addr: u64,
    max: usize,
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
                return if bytes.len() < max {
                    Ok(bytes)
                } else {
                    Err(Errno::E2BIG)
                };
            }
            None => bytes.extend_from_slice(&chunk),
        }
        if bytes.len() >= max {
            return Err(Errno::E2BIG);
        }
    }
}

/// A NULL-terminated array of strings; NULL itself is an empty one.
fn read_strings(k: &mut K, task: TaskRef, addr: u64, board: &mut dyn Board) -> Result<Vec<Vec<u8>>, Errno> {
    let (mut strings, mut total) = (Vec::new(), 0);
    if addr == 0 {
        return Ok(strings);
    }
    loop {
        let at = addr.checked_add(strings.len() as u64 * 8).ok_or(Errno::EFAULT)?;
        let mut word = [0; 8];
        k.copy_from_user(task, at, &mut word, board)?;
        let string = match u64::from_le_bytes(word) {
            0 => break,
            string => read_string(k, task, string, MAX_ARG_STRLEN, board)?,
        };
        total += string.len() + 9;
        if total > ARG_MAX {
            return Err(Errno::E2BIG);
        }
        strings.push(string);
    }
    Ok(strings)
}

/// The path and the arguments of an execve.
///
/// # Errors
/// - EFAULT: one of them cannot be read.
/// - E2BIG: they are too long.
pub fn read_arguments(
    k: &mut K,
    task: TaskRef,
    [path, argv, envp]: [u64; 3],
    board: &mut dyn Board,
) -> Result<(String, Arguments), Errno> {
    let path = read_string(k, task, path, PATH_MAX, board)?;
    let mut argv = read_strings(k, task, argv, board)?;
    let envp = read_strings(k, task, envp, board)?;
    // Since Linux 5.18 a program always has an argv[0].
    if argv.is_empty() {
        argv.push(Vec::new());
    }
    Ok((
        String::from_utf8_lossy(&path).into_owned(),
        Arguments { argv, envp },
    ))
}

/// The file name of a path: the command name of who executes it.
fn comm(path: &str) -> Comm {
    Comm::new(path.rsplit('/').next().unwrap_or(path).as_bytes())
}

/// The task runs this program with these arguments from now on.
pub fn exec(
    k: &mut K,
    task: TaskRef,
    program: &Program,
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
    let outcome = k.exec(task, &description, board);
    if outcome == Outcome::Done(0)
        && let Ok(sp) = lay_out(k, task, arguments, board)
        && let Some(regs) = k.thread_mut(task)
    {
        regs.sp = sp;
        regs.fp = sp;
    }
    outcome
}

/// Linux's initial stack: the strings at the top; below them argc, argv, NULL, environ, NULL and an empty auxiliary
/// vector, the whole aligned to 16. Returns the stack pointer.
fn lay_out(k: &mut K, task: TaskRef, arguments: &Arguments, board: &mut dyn Board) -> Result<u64, Errno> {
    let mut top = STACK_TOP - 8;
    let mut place = |strings: &[Vec<u8>], k: &mut K| -> Result<Vec<u64>, Errno> {
        let mut addrs = Vec::new();
        for string in strings.iter().rev() {
            top -= string.len() as u64 + 1;
            k.copy_to_user(task, top, string, board)?;
            addrs.push(top);
        }
        addrs.reverse();
        Ok(addrs)
    };
    let envp = place(&arguments.envp, k)?;
    let argv = place(&arguments.argv, k)?;
    let mut words = vec![argv.len() as u64];
    words.extend(argv.iter().chain(&[0]).chain(&envp).chain(&[0, 0, 0]));
    let sp = (top - words.len() as u64 * 8) & !15;
    for (at, word) in (0u64..).zip(&words) {
        k.copy_to_user(task, sp + at * 8, &word.to_le_bytes(), board)?;
    }
    Ok(sp)
}
