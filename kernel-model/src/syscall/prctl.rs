//! prctl: attributes of a task, and of the process or the credentials it shares.

use super::{Reply, Result};
use crate::abi::call::UserPtr;
use crate::abi::capability::{CapSet, Capability};
use crate::abi::errno::Errno;
use crate::abi::ids::TaskRef;
use crate::abi::signal::Signal;
use crate::objects::cred::{Cred, SECBIT_KEEP_CAPS, SECBIT_NO_CAP_AMBIENT_RAISE};
use crate::objects::task::{Comm, Tasks};
use crate::store::list;
use crate::verbs::cred::commit_creds;
use crate::verbs::uaccess::{copy_from_user, copy_to_user, put_user};
use crate::world::World;

/// The further arguments.
pub(super) type Rest = [u64; 4];

const NOTHING: Rest = [0; 4];

/// prctl(2), the options about death, adoption, names, dumps and privileges. EINVAL for the others.
pub(super) fn prctl(w: &mut World<'_>, task: TaskRef, option: i32, args: Rest) -> Result<Reply> {
    let [arg, rest @ ..] = args;
    let ptr = UserPtr(arg);
    match option {
        // PR_SET_PDEATHSIG: 0 clears it.
        1 => {
            let signal = Signal::new(arg);
            if signal.is_none() && arg != 0 {
                return Err(Errno::EINVAL);
            }
            w.tasks[task].pdeath_signal = signal;
        }
        // PR_GET_PDEATHSIG.
        2 => {
            let signal = w.tasks[task]
                .pdeath_signal
                .map_or(0, |signal| i32::from(signal.number()));
            put_user(w, task, ptr, &signal.to_le_bytes())?;
        }
        // PR_GET_DUMPABLE, PR_SET_DUMPABLE: of the address space.
        3 => return Ok(u32::from(dumpable(w, task)).into()),
        4 => set_dumpable(w, task, arg)?,
        // PR_SET_NAME: up to 16 bytes, cut to 15.
        15 => {
            let mut name = [0; 16];
            read_name(w, task, ptr, &mut name)?;
            w.tasks[task].comm = Comm::new(&name);
        }
        // PR_GET_NAME.
        16 => {
            let name = w.tasks[task].comm.bytes();
            copy_to_user(w, task, ptr, &name)?;
        }
        // PR_SET_CHILD_SUBREAPER.
        36 => {
            w.signal_mut(task).is_child_subreaper = arg != 0;
            if arg != 0 {
                propagate_has_child_subreaper(w, task);
            }
        }
        // PR_GET_CHILD_SUBREAPER.
        37 => {
            let is = i32::from(w.signal(task).is_child_subreaper);
            put_user(w, task, ptr, &is.to_le_bytes())?;
        }
        // PR_SET_NO_NEW_PRIVS: for good.
        38 if arg == 1 && rest == [0; 3] => w.tasks[task].no_new_privs = true,
        // PR_GET_NO_NEW_PRIVS.
        39 if args == NOTHING => return Ok(u32::from(w.tasks[task].no_new_privs).into()),
        _ => return cap_prctl(w, task, option, args),
    }
    Ok(Reply::Done(0))
}

fn dumpable(w: &World<'_>, task: TaskRef) -> bool {
    w.tasks[task].mm.is_some_and(|mm| w.mms[mm].dumpable)
}

/// 0 or 1; the third value, for root's eyes only, comes from exec alone.
fn set_dumpable(w: &mut World<'_>, task: TaskRef, arg: u64) -> Result<()> {
    if arg > 1 {
        return Err(Errno::EINVAL);
    }
    if let Some(mm) = w.tasks[task].mm {
        w.mms[mm].dumpable = arg == 1;
    }
    Ok(())
}

/// `cap_task_prctl()`: the options about capabilities.
fn cap_prctl(w: &mut World<'_>, task: TaskRef, option: i32, args: Rest) -> Result<Reply> {
    let [arg, ..] = args;
    let old = w.tasks[task].cred;
    let mut new = old;
    match option {
        // PR_GET_KEEPCAPS, PR_SET_KEEPCAPS; the lock is the next bit.
        7 => return Ok(u32::from(old.secure(SECBIT_KEEP_CAPS)).into()),
        8 if arg > 1 => return Err(Errno::EINVAL),
        8 if old.secure(SECBIT_KEEP_CAPS << 1) => return Err(Errno::EPERM),
        8 if arg == 1 => new.securebits |= SECBIT_KEEP_CAPS,
        8 => new.securebits &= !SECBIT_KEEP_CAPS,
        // PR_CAPBSET_READ, PR_CAPBSET_DROP.
        23 => {
            let one = CapSet::numbered(arg).ok_or(Errno::EINVAL)?;
            return Ok(u32::from(one.is_subset(old.cap_bset)).into());
        }
        24 => {
            if !old.capable(Capability::Setpcap) {
                return Err(Errno::EPERM);
            }
            let one = CapSet::numbered(arg).ok_or(Errno::EINVAL)?;
            new.cap_bset = old.cap_bset.minus(one);
        }
        // PR_GET_SECUREBITS, PR_SET_SECUREBITS.
        27 => return Ok(u32::from(old.securebits).into()),
        28 => new.securebits = securebits(&old, arg)?,
        // PR_CAP_AMBIENT.
        47 => match ambient(&old, args)? {
            Ambient::Is(raised) => return Ok(u32::from(raised).into()),
            Ambient::Becomes(set) => new.cap_ambient = set,
        },
        _ => return Err(Errno::EINVAL),
    }
    commit_creds(w, task, new);
    Ok(Reply::Done(0))
}

/// The bits that can be, each with its lock above it: NOROOT, NO_SETUID_FIXUP, KEEP_CAPS, NO_CAP_AMBIENT_RAISE,
/// EXEC_RESTRICT_FILE, EXEC_DENY_INTERACTIVE.
const SECURE_ALL: u64 = 0xfff;
const SECURE_LOCKS: u64 = 0xaaa;
/// Those that anybody may set: the last two, with their locks.
const SECURE_UNPRIVILEGED: u64 = 0xf00;

/// EPERM: a bit that is locked, a lock to be undone, an unknown bit, no CAP_SETPCAP.
fn securebits(old: &Cred, wanted: u64) -> Result<u16> {
    let bits = u64::from(old.securebits);
    let locked = (bits & SECURE_LOCKS) >> 1;
    let changed = bits ^ wanted;
    // To set what is set already needs the capability too.
    let privileged = changed & !SECURE_UNPRIVILEGED != 0 || changed == 0;
    let refused = locked & changed != 0
        || bits & SECURE_LOCKS & !wanted != 0
        || wanted & !SECURE_ALL != 0
        || privileged && !old.capable(Capability::Setpcap);
    u16::try_from(wanted)
        .ok()
        .filter(|_| !refused)
        .ok_or(Errno::EPERM)
}

enum Ambient {
    Is(bool),
    Becomes(CapSet),
}

/// PR_CAP_AMBIENT: only what is both permitted and inheritable can be raised.
fn ambient(old: &Cred, [op, number, arg4, arg5]: Rest) -> Result<Ambient> {
    // PR_CAP_AMBIENT_CLEAR_ALL.
    if op == 4 {
        return match number | arg4 | arg5 {
            0 => Ok(Ambient::Becomes(CapSet::EMPTY)),
            _ => Err(Errno::EINVAL),
        };
    }
    let one = CapSet::numbered(number).ok_or(Errno::EINVAL)?;
    if arg4 | arg5 != 0 {
        return Err(Errno::EINVAL);
    }
    match op {
        // IS_SET, RAISE, LOWER.
        1 => Ok(Ambient::Is(one.is_subset(old.cap_ambient))),
        2 => {
            let both = old.cap_permitted.intersection(old.cap_inheritable);
            if !one.is_subset(both) || old.secure(SECBIT_NO_CAP_AMBIENT_RAISE) {
                return Err(Errno::EPERM);
            }
            Ok(Ambient::Becomes(old.cap_ambient.union(one)))
        }
        3 => Ok(Ambient::Becomes(old.cap_ambient.minus(one))),
        _ => Err(Errno::EINVAL),
    }
}

/// `strncpy_from_user()`: byte by byte, for the name may end before the page does.
fn read_name(w: &mut World<'_>, task: TaskRef, from: UserPtr, name: &mut [u8; 16]) -> Result<()> {
    for (at, byte) in (0u64..).zip(name.iter_mut().take(15)) {
        let addr = from.0.checked_add(at).ok_or(Errno::EFAULT)?;
        copy_from_user(w, task, UserPtr(addr), core::slice::from_mut(byte))?;
        if *byte == 0 {
            break;
        }
    }
    Ok(())
}

/// All descendants learn that there is a subreaper above them.
fn propagate_has_child_subreaper(w: &mut World<'_>, reaper: TaskRef) {
    let mut at = w.sys.tasks.first();
    while let Some(task) = at {
        at = list::next::<Tasks>(&w.tasks[task]);
        if task != w.sys.init && descends_from(w, task, reaper) {
            w.signal_mut(task).has_child_subreaper = true;
        }
    }
}

fn descends_from(w: &World<'_>, task: TaskRef, ancestor: TaskRef) -> bool {
    let mut at = task;
    while at != w.sys.init_task {
        at = w.tasks[at].real_parent;
        if w.tasks[at].signal == w.tasks[ancestor].signal {
            return true;
        }
    }
    false
}
