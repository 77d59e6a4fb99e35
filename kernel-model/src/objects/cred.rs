//! `struct cred`: who a task is, and what it may do for that.

use core::hash::{Hash, Hasher};

use crate::abi::capability::{CapSet, Capability};
use crate::abi::ids::{Gid, Uid};
use crate::abi::limits::NGROUPS;

/// Supplementary groups (`struct group_info`), ascending.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct GroupInfo {
    len: u8,
    gids: [Gid; NGROUPS],
}

impl GroupInfo {
    /// No groups.
    pub const EMPTY: GroupInfo = GroupInfo {
        len: 0,
        gids: [Gid(0); NGROUPS],
    };

    /// The groups, in the order in which getgroups gives them.
    #[must_use]
    pub fn as_slice(&self) -> &[Gid] {
        self.gids.get(..usize::from(self.len)).unwrap_or(&[])
    }

    /// Adds a group in its place (`groups_sort()`); the same one may be there twice. False when there is no room.
    #[must_use]
    pub fn add(&mut self, gid: Gid) -> bool {
        let len = usize::from(self.len);
        if len >= NGROUPS {
            return false;
        }
        let at = self.as_slice().partition_point(|other| other.0 <= gid.0);
        if let Some(tail) = self.gids.get_mut(at..=len) {
            tail.rotate_right(1);
        }
        if let Some(place) = self.gids.get_mut(at) {
            *place = gid;
        }
        self.len += 1;
        true
    }
}

/// Places behind the last group are always 0, so that it agrees with `Eq`.
impl Hash for GroupInfo {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

/// `SECBIT_NOROOT`: user 0 gets nothing from exec.
pub const SECBIT_NOROOT: u16 = 1;
/// `SECBIT_NO_SETUID_FIXUP`: the capabilities do not follow the user numbers.
pub const SECBIT_NO_SETUID_FIXUP: u16 = 1 << 2;
/// `SECBIT_KEEP_CAPS`: what is permitted outlives the change from user 0 to others.
pub const SECBIT_KEEP_CAPS: u16 = 1 << 4;
/// `SECBIT_NO_CAP_AMBIENT_RAISE`.
pub const SECBIT_NO_CAP_AMBIENT_RAISE: u16 = 1 << 6;

/// Who a task is (`struct cred`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Cred {
    /// Real user: whose it is.
    pub uid: Uid,
    /// Effective user: as whom it acts.
    pub euid: Uid,
    /// Saved user: whom it may act as again.
    pub suid: Uid,
    /// The user that file systems see.
    pub fsuid: Uid,
    /// Real group.
    pub gid: Gid,
    /// Effective group.
    pub egid: Gid,
    /// Saved group.
    pub sgid: Gid,
    /// The group that file systems see.
    pub fsgid: Gid,
    /// Supplementary groups.
    pub group_info: GroupInfo,
    /// `SECBIT_*`, each with its lock in the next bit.
    pub securebits: u16,
    /// What exec may make permitted from the file.
    pub cap_inheritable: CapSet,
    /// What may become effective.
    pub cap_permitted: CapSet,
    /// What counts.
    pub cap_effective: CapSet,
    /// What exec may give at all.
    pub cap_bset: CapSet,
    /// What exec keeps of itself.
    pub cap_ambient: CapSet,
}

impl Cred {
    /// Nobody's: what a free slot holds.
    pub(crate) const FREE: Cred = Cred {
        uid: Uid(0),
        euid: Uid(0),
        suid: Uid(0),
        fsuid: Uid(0),
        gid: Gid(0),
        egid: Gid(0),
        sgid: Gid(0),
        fsgid: Gid(0),
        group_info: GroupInfo::EMPTY,
        securebits: 0,
        cap_inheritable: CapSet::EMPTY,
        cap_permitted: CapSet::EMPTY,
        cap_effective: CapSet::EMPTY,
        cap_bset: CapSet::EMPTY,
        cap_ambient: CapSet::EMPTY,
    };

    /// The super-user (`init_cred`).
    pub const ROOT: Cred = Cred {
        cap_permitted: CapSet::FULL,
        cap_effective: CapSet::FULL,
        cap_bset: CapSet::FULL,
        ..Cred::FREE
    };

    /// `ns_capable()`.
    #[must_use]
    pub const fn capable(&self, capability: Capability) -> bool {
        self.cap_effective.has(capability)
    }

    /// Whether all of its numbers, but for those of the file system, are the real ones of `other`: both are the same
    /// user and group, and neither has been or may become another.
    #[must_use]
    pub fn is_wholly(&self, other: &Cred) -> bool {
        [self.uid, self.euid, self.suid] == [other.uid; 3]
            && [self.gid, self.egid, self.sgid] == [other.gid; 3]
    }

    /// `issecure()`.
    #[must_use]
    pub const fn secure(&self, bit: u16) -> bool {
        self.securebits & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_sorted_and_bounded() {
        let mut groups = GroupInfo::EMPTY;
        for gid in [5, 1, 9, 5] {
            assert!(groups.add(Gid(gid)));
        }
        assert_eq!(groups.as_slice(), [Gid(1), Gid(5), Gid(5), Gid(9)]);
        while groups.as_slice().len() < NGROUPS {
            assert!(groups.add(Gid(7)));
        }
        assert!(!groups.add(Gid(0)));
    }
}
