//! Changing who one is: the rules of the setuid family, and what follows from a change.
//!
//! Users and groups follow the same rules, on four numbers each; only of users do capabilities know.

use crate::abi::call::{IdChange, IdKind};
use crate::abi::capability::{CapSet, Capability};
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::TaskFlags;
use crate::abi::ids::{Gid, TaskRef, Uid};
use crate::abi::rlimit::Resource;
use crate::objects::cred::{Cred, SECBIT_KEEP_CAPS, SECBIT_NO_SETUID_FIXUP, SECBIT_NOROOT};
use crate::world::World;

/// The value that means "leave this one".
const SAME: u32 = u32::MAX;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Four {
    real: u32,
    effective: u32,
    saved: u32,
    fs: u32,
}

impl Four {
    const fn has(&self, id: u32) -> bool {
        id == self.real || id == self.effective || id == self.saved
    }
}

/// The capability that is above the rules.
const fn over(of: IdKind) -> Capability {
    match of {
        IdKind::Users => Capability::Setuid,
        IdKind::Groups => Capability::Setgid,
    }
}

const fn numbers(cred: &Cred, of: IdKind) -> Four {
    match of {
        IdKind::Users => Four {
            real: cred.uid.0,
            effective: cred.euid.0,
            saved: cred.suid.0,
            fs: cred.fsuid.0,
        },
        IdKind::Groups => Four {
            real: cred.gid.0,
            effective: cred.egid.0,
            saved: cred.sgid.0,
            fs: cred.fsgid.0,
        },
    }
}

const fn with_numbers(cred: Cred, of: IdKind, four: Four) -> Cred {
    let Four {
        real,
        effective,
        saved,
        fs,
    } = four;
    match of {
        IdKind::Users => Cred {
            uid: Uid(real),
            euid: Uid(effective),
            suid: Uid(saved),
            fsuid: Uid(fs),
            ..cred
        },
        IdKind::Groups => Cred {
            gid: Gid(real),
            egid: Gid(effective),
            sgid: Gid(saved),
            fsgid: Gid(fs),
            ..cred
        },
    }
}

/// `__sys_setuid()`: a privileged caller changes all for good, others go between the real and the saved one.
fn set_one(old: Four, id: u32, capable: bool) -> Result<Four> {
    if id == SAME {
        return Err(Errno::EINVAL);
    }
    match () {
        () if capable => Ok(Four {
            real: id,
            effective: id,
            saved: id,
            fs: id,
        }),
        () if id == old.real || id == old.saved => Ok(Four {
            effective: id,
            fs: id,
            ..old
        }),
        () => Err(Errno::EPERM),
    }
}

/// `__sys_setreuid()`: the real one may become the effective one, the effective one any of the three. Whoever changes
/// the real one, or makes the effective one another than it, changes the saved one too.
fn set_two(old: Four, real: u32, effective: u32, capable: bool) -> Result<Four> {
    let real_ok = real == SAME || real == old.real || real == old.effective;
    let effective_ok = effective == SAME || old.has(effective);
    if !(capable || real_ok && effective_ok) {
        return Err(Errno::EPERM);
    }
    let mut new = old;
    if real != SAME {
        new.real = real;
    }
    if effective != SAME {
        new.effective = effective;
    }
    if real != SAME || effective != SAME && effective != old.real {
        new.saved = new.effective;
    }
    new.fs = new.effective;
    Ok(new)
}

/// `__sys_setresuid()`: each may become any of the three.
fn set_three(old: Four, [real, effective, saved]: [u32; 3], capable: bool) -> Result<Four> {
    let may = |id: u32| id == SAME || old.has(id);
    if !(capable || may(real) && may(effective) && may(saved)) {
        return Err(Errno::EPERM);
    }
    let or = |id: u32, old: u32| if id == SAME { old } else { id };
    let new = Four {
        real: or(real, old.real),
        effective: or(effective, old.effective),
        saved: or(saved, old.saved),
        fs: old.fs,
    };
    // Where nothing changes, nothing is changed: the number of the file system stays apart, if it was.
    let nothing = new == old && (effective == SAME || effective == old.fs);
    Ok(if nothing {
        old
    } else {
        Four {
            fs: new.effective,
            ..new
        }
    })
}

/// setuid(2), setreuid(2), setresuid(2), and the same of groups.
///
/// # Errors
/// - EINVAL: setuid to -1.
/// - EPERM: neither CAP_SETUID (CAP_SETGID) nor a number that the caller has.
pub fn set_ids(w: &mut World<'_>, task: TaskRef, of: IdKind, change: IdChange) -> Result<()> {
    let old = w.tasks[task].cred;
    let capable = old.capable(over(of));
    let four = numbers(&old, of);
    let four = match change {
        IdChange::One(id) => set_one(four, id, capable),
        IdChange::Two(real, effective) => set_two(four, real, effective, capable),
        IdChange::Three(real, effective, saved) => set_three(four, [real, effective, saved], capable),
    }?;
    let mut new = with_numbers(old, of, four);
    if of == IdKind::Users && new != old {
        fix_setuid(&mut new, &old);
    }
    flag_nproc_exceeded(w, task, &new);
    commit_creds(w, task, new);
    Ok(())
}

/// setfsuid(2) and setfsgid(2): the old number, whether it could be changed or not.
pub fn set_fs(w: &mut World<'_>, task: TaskRef, of: IdKind, id: u32) -> u32 {
    let old = w.tasks[task].cred;
    let capable = old.capable(over(of));
    let four = numbers(&old, of);
    if id != SAME && id != four.fs && (capable || four.has(id)) {
        let mut new = with_numbers(old, of, Four { fs: id, ..four });
        if of == IdKind::Users {
            fix_fsuid(&mut new, &old);
        }
        commit_creds(w, task, new);
    }
    four.fs
}

/// `cap_emulate_setxuid()`: the capabilities go with the last of the numbers 0, the effective ones with the effective
/// number.
const fn fix_setuid(new: &mut Cred, old: &Cred) {
    if old.secure(SECBIT_NO_SETUID_FIXUP) {
        return;
    }
    let was_root = old.uid.0 == 0 || old.euid.0 == 0 || old.suid.0 == 0;
    let is_root = new.uid.0 == 0 || new.euid.0 == 0 || new.suid.0 == 0;
    if was_root && !is_root {
        if !old.secure(SECBIT_KEEP_CAPS) {
            new.cap_permitted = CapSet::EMPTY;
            new.cap_effective = CapSet::EMPTY;
        }
        new.cap_ambient = CapSet::EMPTY;
    }
    if old.euid.0 == 0 && new.euid.0 != 0 {
        new.cap_effective = CapSet::EMPTY;
    }
    if old.euid.0 != 0 && new.euid.0 == 0 {
        new.cap_effective = new.cap_permitted;
    }
}

/// The same of `LSM_SETID_FS`: those about files go with the file system's number.
const fn fix_fsuid(new: &mut Cred, old: &Cred) {
    if old.secure(SECBIT_NO_SETUID_FIXUP) {
        return;
    }
    if old.fsuid.0 == 0 && new.fsuid.0 != 0 {
        new.cap_effective = new.cap_effective.minus(CapSet::FS);
    }
    if old.fsuid.0 != 0 && new.fsuid.0 == 0 {
        let gained = new.cap_permitted.intersection(CapSet::FS);
        new.cap_effective = new.cap_effective.union(gained);
    }
}

/// Tasks of a user, zombies included (`UCOUNT_RLIMIT_NPROC`).
#[must_use]
pub fn tasks_of(w: &World<'_>, uid: Uid) -> u64 {
    w.tasks.iter().filter(|(_, t)| t.cred.uid == uid).count() as u64
}

/// `flag_nproc_exceeded()`: becoming a user who has too many tasks does not fail, but exec will.
fn flag_nproc_exceeded(w: &mut World<'_>, task: TaskRef, new: &Cred) {
    if new.uid == w.tasks[task].cred.uid {
        return;
    }
    let limit = w.signal(task).rlim.get(Resource::Nproc).cur;
    let exceeded = new.uid != Uid(0) && limit != u64::MAX && tasks_of(w, new.uid) > limit;
    w.tasks[task].flags.set(TaskFlags::PF_NPROC_EXCEEDED, exceeded);
}

/// `commit_creds()`: the task is this from now on. One that has become another, or may do more, is nobody's to look
/// into, and forgets the signal for its parent's death.
pub fn commit_creds(w: &mut World<'_>, task: TaskRef, new: Cred) {
    let old = core::mem::replace(&mut w.tasks[task].cred, new);
    let as_whom = |cred: &Cred| (cred.euid, cred.egid, cred.fsuid, cred.fsgid);
    if as_whom(&old) == as_whom(&new) && new.cap_permitted.is_subset(old.cap_permitted) {
        return;
    }
    if let Some(mm) = w.tasks[task].mm {
        w.mms[mm].dumpable = false;
    }
    w.tasks[task].pdeath_signal = None;
}

/// `ptrace_may_access()` with the real numbers: whether a task may look into another. Into those of its own process;
/// into dumpable ones of which all numbers are the caller's real ones, and that may do no more than it. CAP_SYS_PTRACE
/// is above all of it.
#[must_use]
pub fn ptrace_may_access(w: &World<'_>, task: TaskRef, of: TaskRef) -> bool {
    let (mine, theirs) = (&w.tasks[task].cred, &w.tasks[of].cred);
    if w.tasks[task].signal == w.tasks[of].signal || mine.capable(Capability::SysPtrace) {
        return true;
    }
    // task_still_dumpable()
    let dumpable = match w.tasks[of].mm {
        Some(mm) => w.mms[mm].dumpable,
        None => w.tasks[of].user_dumpable,
    };
    theirs.is_wholly(mine) && dumpable && theirs.cap_permitted.is_subset(mine.cap_permitted)
}

/// What exec makes of the credentials (`cap_bprm_creds_from_file()`), for a file that has no capabilities and no setuid
/// bit. `unsafe_` says that the caller may not gain anything: PR_SET_NO_NEW_PRIVS, or others share its `fs`.
#[must_use]
pub fn exec_creds(old: &Cred, unsafe_: bool) -> Cred {
    let mut new = *old;
    new.cap_permitted = CapSet::EMPTY;
    let mut effective = false;
    if !old.secure(SECBIT_NOROOT) {
        if old.euid.0 == 0 || old.uid.0 == 0 {
            new.cap_permitted = old.cap_bset.union(old.cap_inheritable);
        }
        effective = old.euid.0 == 0;
    }
    let gained = !new.cap_permitted.is_subset(old.cap_permitted);
    if gained && unsafe_ {
        new.cap_permitted = new.cap_permitted.intersection(old.cap_permitted);
    }
    new.suid = new.euid;
    new.fsuid = new.euid;
    new.sgid = new.egid;
    new.fsgid = new.egid;
    new.cap_permitted = new.cap_permitted.union(new.cap_ambient);
    new.cap_effective = if effective {
        new.cap_permitted
    } else {
        new.cap_ambient
    };
    new.securebits &= !SECBIT_KEEP_CAPS;
    new
}
