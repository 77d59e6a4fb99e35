//! Users that nobody else is: what programs call 1001 to 1003 are numbers of this launcher's own, so that the tasks of
//! another do not count as theirs, and that may open the puppet's files after they have become somebody.

use std::ffi::CString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::oracle::system::{CAPABILITIES, Handling, Out, USER, USERS};

/// The numbers of one launcher.
#[derive(Clone, Copy, Debug)]
pub(super) struct Users {
    first: u32,
}

impl Users {
    /// Those of the launcher with this number of the host's.
    pub(super) fn of(launcher: u32) -> Users {
        // Numbers of processes end at 4,194,304: 2 thousand millions is below -1, and above what people give to users.
        Users {
            first: 2_000_000_000 + launcher * 4,
        }
    }

    /// The number that stands for that of a program.
    fn there(self, here: u64) -> u64 {
        let distance = (here & 0xffff_ffff).wrapping_sub(u64::from(USER));
        if distance < u64::from(USERS) {
            u64::from(self.first) + distance
        } else {
            here
        }
    }

    /// And back.
    fn here(self, there: u32) -> u32 {
        let distance = there.wrapping_sub(self.first);
        if distance < USERS { USER + distance } else { there }
    }

    /// Puts them into the arguments of a call.
    pub(super) fn put(self, nr: u64, args: &mut [u64; 6]) {
        let users = match i64::try_from(nr) {
            Ok(libc::SYS_setuid | libc::SYS_setfsuid) => 0..1,
            Ok(libc::SYS_setreuid) => 0..2,
            Ok(libc::SYS_setresuid) => 0..3,
            // PRIO_USER
            Ok(libc::SYS_getpriority | libc::SYS_setpriority) if args[0] & 0xffff_ffff == 2 => 1..2,
            _ => 0..0,
        };
        for at in users {
            if let Some(arg) = args.get_mut(at) {
                *arg = self.there(*arg);
            }
        }
    }

    /// Takes them out of what a call gave.
    pub(super) fn take(self, nr: u64, value: i64, out: Out) -> (i64, Out) {
        match (i64::try_from(nr), out) {
            (Ok(libc::SYS_getuid | libc::SYS_geteuid | libc::SYS_setfsuid), _) => {
                let value = u32::try_from(value).map_or(value, |uid| i64::from(self.here(uid)));
                (value, out)
            }
            (Ok(libc::SYS_getresuid), Out::Words(words)) => {
                (value, Out::Words(words.map(|word| self.here(word))))
            }
            _ => (value, out),
        }
    }

    /// Takes them out of what a handler was told: `si_uid`. No address looks like one of them.
    pub(super) fn take_told(self, told: &mut Handling) {
        told.words[1] = self.here(told.words[1]);
    }

    /// Lets them do this (4 read, 2 write, 1 execute or search) with a file or folder.
    pub(super) fn admit(self, path: &Path, may: u16) -> io::Result<()> {
        // posix_acl_xattr: version 2, then tag, permission, number. USER_OBJ, USER, GROUP_OBJ, MASK, OTHER.
        const NOBODY: u32 = u32::MAX;
        let mut entries = vec![(0x01_u16, 7, NOBODY)];
        entries.extend((0..USERS).map(|k| (0x02, may, self.first + k)));
        entries.extend([(0x04, 0, NOBODY), (0x10, may, NOBODY), (0x20, 0, NOBODY)]);
        let mut bytes = 2_u32.to_le_bytes().to_vec();
        for (tag, permission, id) in entries {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(permission.to_le_bytes());
            bytes.extend(id.to_le_bytes());
        }
        let path = CString::new(path.as_os_str().as_bytes())?;
        let name = c"system.posix_acl_access";
        // SAFETY: both strings end with a NUL, and the bytes are only read.
        let set = unsafe {
            libc::setxattr(
                path.as_ptr(),
                name.as_ptr(),
                bytes.as_ptr().cast(),
                bytes.len(),
                0,
            )
        };
        if set == 0 {
            Ok(())
        } else {
            Err(io::Error::last_os_error())
        }
    }
}

/// Whether a process is capable of what the first task of a program is.
pub(super) fn is_capable(pid: u32) -> bool {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) else {
        return false;
    };
    let set = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        u64::from_str_radix(line.trim(), 16).ok()
    };
    let all = [set("CapPrm:"), set("CapEff:"), set("CapBnd:")];
    all == [Some(CAPABILITIES); 3] && set("CapInh:") == Some(0)
}
