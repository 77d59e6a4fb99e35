//! What this machine is for: it runs one program to its end, or it speaks the line protocol.

use core::sync::atomic::{AtomicBool, Ordering};

use kernel_model::abi::ids::TaskRef;
use kernel_model::kernel::Config;
use kernel_model::verbs::binfmt::Arguments;
use kernel_model::{Errno, Kernel, Outcome, Pid};

use crate::board::Hardware;
use crate::tasks::{CPU, PID_MAX, Tables, kernel};
use crate::{audit, conform, user, x86};

/// uname(2): of a call that has nothing to do with tasks the model knows nothing; this kernel answers it.
const UNAME: u64 = 63;
/// After these an address space may be gone: the last moment to look at it.
const EXIT: u64 = 60;
const EXIT_GROUP: u64 = 231;
/// The fields of `struct utsname`, 65 bytes each.
const UTSNAME: [&str; 6] = [
    "Linux",
    "bare-metal",
    "6.12.0",
    "kernel-model",
    "x86_64",
    "(none)",
];
const UTSNAME_FIELD: usize = 65;

static CONFORM: AtomicBool = AtomicBool::new(false);

/// Whether it speaks the line protocol.
pub fn conforms() -> bool {
    CONFORM.load(Ordering::Relaxed)
}

/// It does from now on.
pub fn conform() {
    CONFORM.store(true, Ordering::Relaxed);
}

/// The one door of all system calls. What the call comes to, the model puts into the task's registers.
pub fn syscall(me: TaskRef, nr: u64, args: [u64; 6]) {
    if conforms() && conform::syscall(me, nr, args) {
        return;
    }
    if matches!(nr, EXIT | EXIT_GROUP) {
        kernel(|k, hw| audit::tables(k, hw));
    }
    if nr == UNAME {
        let value = uname(args[0]).map_or_else(Errno::to_return_value, |()| 0);
        kernel(|k, _| {
            if let Some(regs) = k.thread_mut(me) {
                regs.frame.rax = value.cast_unsigned();
            }
        });
        return;
    }
    // `return_to_user` asks the model who runs, and whether there is something to go on with: that is all that the
    // outcome could say.
    let _: Outcome = kernel(|k, hw| k.syscall_raw(me, nr, args, hw));
}

fn uname(to: u64) -> Result<(), Errno> {
    let mut utsname = [0; UTSNAME.len() * UTSNAME_FIELD];
    for (field, text) in utsname.chunks_mut(UTSNAME_FIELD).zip(UTSNAME) {
        field[..text.len()].copy_from_slice(text.as_bytes());
    }
    user::copy_to_user(to, &utsname)
}

/// The task goes on with what it slept in, and takes its signals.
pub fn go_on(k: &mut Kernel<Tables>, me: TaskRef, hw: &mut Hardware) -> Outcome {
    match k.in_execve(me) {
        true => conform::exec(k, me, hw),
        false => {
            let outcome = k.resume(me, hw);
            if conforms() && matches!(outcome, Outcome::Caught { .. }) {
                conform::caught(me);
            }
            outcome
        }
    }
}

/// Who runs next; none if nobody can.
pub fn choose() -> Option<TaskRef> {
    match conforms() {
        true => conform::choose(),
        false => kernel(|k, hw| k.schedule(CPU, hw)),
    }
}

/// Whether the machine has done what it was for: init has ended, and with it everybody.
pub fn is_over() -> bool {
    !conforms() && kernel(|k, hw| hw.init_status.is_some() && k.schedule(CPU, hw).is_none())
}

/// Nobody can run: until something happens.
pub fn wait() {
    if !(conforms() && conform::answer()) {
        x86::wait_for_interrupt();
    }
}

/// Boots the model, and makes init a program, which is told what to start.
pub fn boot(program: &[u8]) {
    kernel(|k, hw| {
        let config = Config {
            pid_max: PID_MAX,
            ..Config::default()
        };
        k.boot_in_place(&config, hw).expect("there is room to boot");
        // Nobody types.
        k.console_closed(hw);
        let init = k.find(Pid::INIT).expect("the model has booted");
        let arguments = Arguments {
            filename: b"/bin/init",
            argv: &[b"init", program],
            envp: &[],
            random: [0; 16],
        };
        let image = core::mem::replace(&mut hw.image, crate::elf::Image::EMPTY);
        let program = image.program(b"init");
        // The segments are read once more while pages are filled.
        hw.image = image.clone();
        assert_eq!(
            k.execve(init, &program, &arguments, hw),
            Outcome::Done(0),
            "exec of init"
        );
    });
}
