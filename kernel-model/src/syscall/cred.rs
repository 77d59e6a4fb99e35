//! Who one is: the setuid family, groups, capabilities.

use super::{Reply, Result};
use crate::abi::call::{IdChange, IdKind, UserPtr};
use crate::abi::capability::{CapSet, Capability};
use crate::abi::errno::Errno;
use crate::abi::ids::{Gid, TaskRef};
use crate::objects::cred::{Cred, GroupInfo};
use crate::verbs::cred::{commit_creds, set_fs, set_ids};
use crate::verbs::group::task_or_current;
use crate::verbs::uaccess::{copy_to_user, get_u32, put_user};
use crate::world::World;

/// `NGROUPS_MAX`: setgroups to more is EINVAL.
const NGROUPS_MAX: u32 = 65_536;

pub(super) fn set(w: &mut World<'_>, task: TaskRef, of: IdKind, change: IdChange) -> Result<Reply> {
    set_ids(w, task, of, change).map(Reply::from)
}

pub(super) fn setfs(w: &mut World<'_>, task: TaskRef, of: IdKind, id: u32) -> Reply {
    set_fs(w, task, of, id).into()
}

/// getresuid(2) and getresgid(2): one after the other, so that those before a bad address are stored.
pub(super) fn get(w: &mut World<'_>, task: TaskRef, of: IdKind, to: [UserPtr; 3]) -> Result<Reply> {
    let cred = w.tasks[task].cred;
    let ids = match of {
        IdKind::Users => [cred.uid.0, cred.euid.0, cred.suid.0],
        IdKind::Groups => [cred.gid.0, cred.egid.0, cred.sgid.0],
    };
    for (to, id) in to.into_iter().zip(ids) {
        put_user(w, task, to, &id.to_le_bytes())?;
    }
    Ok(Reply::Done(0))
}

/// The address of an element of an array of 32-bit words.
///
/// # Errors
/// EFAULT: there is none.
fn element(array: UserPtr, at: u64) -> Result<UserPtr> {
    let addr = array.0.checked_add(at * 4).ok_or(Errno::EFAULT)?;
    Ok(UserPtr(addr))
}

/// getgroups(2): how many there are; with a size, they are stored: EINVAL where there is too little room.
pub(super) fn getgroups(w: &mut World<'_>, task: TaskRef, size: i32, list: UserPtr) -> Result<Reply> {
    let room = u32::try_from(size).map_err(|_| Errno::EINVAL)?;
    let groups = w.tasks[task].cred.group_info;
    let count = u32::try_from(groups.as_slice().len()).unwrap_or(u32::MAX);
    if room > 0 {
        if count > room {
            return Err(Errno::EINVAL);
        }
        for (at, gid) in (0u64..).zip(groups.as_slice()) {
            put_user(w, task, element(list, at)?, &gid.0.to_le_bytes())?;
        }
    }
    Ok(count.into())
}

/// setgroups(2): EPERM without CAP_SETGID, EINVAL for -1 and for more than 65,536; more than the model has room for are
/// ENOMEM.
pub(super) fn setgroups(w: &mut World<'_>, task: TaskRef, size: u32, list: UserPtr) -> Result<Reply> {
    if !w.tasks[task].cred.capable(Capability::Setgid) {
        return Err(Errno::EPERM);
    }
    if size > NGROUPS_MAX {
        return Err(Errno::EINVAL);
    }
    let mut groups = GroupInfo::EMPTY;
    for at in 0..size {
        let gid = get_u32(w, task, element(list, at.into())?)?;
        if gid == u32::MAX {
            return Err(Errno::EINVAL);
        }
        if !groups.add(Gid(gid)) {
            return Err(Errno::ENOMEM);
        }
    }
    let new = Cred {
        group_info: groups,
        ..w.tasks[task].cred
    };
    commit_creds(w, task, new);
    Ok(Reply::Done(0))
}

/// `_LINUX_CAPABILITY_VERSION_3`.
const VERSION_3: u32 = 0x2008_0522;

/// `cap_validate_magic()`: how many structures there are. Who asks with another version is told the newest.
fn version(w: &mut World<'_>, task: TaskRef, header: UserPtr) -> Result<u64> {
    match get_u32(w, task, header)? {
        0x1998_0330 => Ok(1),
        0x2007_1026 | VERSION_3 => Ok(2),
        _ => {
            put_user(w, task, header, &VERSION_3.to_le_bytes())?;
            Err(Errno::EINVAL)
        }
    }
}

/// capget(2). Without a place for the answer it only tells the version.
pub(super) fn capget(w: &mut World<'_>, task: TaskRef, header: UserPtr, data: UserPtr) -> Result<Reply> {
    let halves = match version(w, task, header) {
        Ok(halves) => halves,
        Err(Errno::EINVAL) if data.is_null() => return Ok(Reply::Done(0)),
        Err(errno) => return Err(errno),
    };
    if data.is_null() {
        return Ok(Reply::Done(0));
    }
    let pid = get_u32(w, task, element(header, 1)?)?.cast_signed();
    if pid < 0 {
        return Err(Errno::EINVAL);
    }
    let cred = w.tasks[task_or_current(w, task, pid)?].cred;
    let sets = [cred.cap_effective, cred.cap_permitted, cred.cap_inheritable];
    for half in 0..halves {
        for (at, set) in (0u64..).zip(sets) {
            let word = (set.0 >> (32 * half)) & 0xffff_ffff;
            let bytes = u32::try_from(word).unwrap_or(u32::MAX).to_le_bytes();
            copy_to_user(w, task, element(data, half * 3 + at)?, &bytes)?;
        }
    }
    Ok(Reply::Done(0))
}

/// capset(2): of oneself only. Permitted may only shrink, effective lies within it, and what is made inheritable comes
/// from what one has (CAP_SETPCAP: or from the bounding set).
pub(super) fn capset(w: &mut World<'_>, task: TaskRef, header: UserPtr, data: UserPtr) -> Result<Reply> {
    let halves = version(w, task, header)?;
    let pid = get_u32(w, task, element(header, 1)?)?;
    if pid != 0 && pid != w.tasks[task].pid.0 {
        return Err(Errno::EPERM);
    }
    let mut sets = [CapSet::EMPTY; 3];
    for half in 0..halves {
        for (at, set) in (0u64..).zip(sets.iter_mut()) {
            let word = get_u32(w, task, element(data, half * 3 + at)?)?;
            set.0 |= u64::from(word) << (32 * half);
        }
    }
    let [effective, permitted, inheritable] = sets.map(|set| set.intersection(CapSet::FULL));
    let old = w.tasks[task].cred;
    let capped = !old.capable(Capability::Setpcap);
    let allowed = (!capped || inheritable.is_subset(old.cap_inheritable.union(old.cap_permitted)))
        && inheritable.is_subset(old.cap_inheritable.union(old.cap_bset))
        && permitted.is_subset(old.cap_permitted)
        && effective.is_subset(permitted);
    if !allowed {
        return Err(Errno::EPERM);
    }
    let new = Cred {
        cap_effective: effective,
        cap_permitted: permitted,
        cap_inheritable: inheritable,
        cap_ambient: old.cap_ambient.intersection(permitted).intersection(inheritable),
        ..old
    };
    commit_creds(w, task, new);
    Ok(Reply::Done(0))
}
