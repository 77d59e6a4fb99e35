//! A pseudo-terminal for the tasks of a program: they open its one end, the controller keeps the other.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use kernel_model::abi::words::from_bytes;

use crate::oracle::inward::Path;

/// A terminal of which nobody has heard yet.
#[derive(Debug)]
pub(super) struct Terminal {
    master: File,
    /// Kept open, so that the terminal stays what it is when no task has it open.
    slave: File,
    /// Its name.
    pub(super) path: Path,
}

fn open(path: &str) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NOCTTY | libc::O_NONBLOCK)
        .open(path)
}

impl Terminal {
    /// Makes one that everybody may open.
    pub(super) fn make() -> io::Result<Terminal> {
        let master = open("/dev/ptmx")?;
        let (mut number, unlocked): (libc::c_uint, libc::c_int) = (0, 0);
        // SAFETY: both requests take the address of an int, which lives as long as the call.
        let made = unsafe {
            libc::ioctl(master.as_raw_fd(), libc::TIOCSPTLCK, &raw const unlocked) == 0
                && libc::ioctl(master.as_raw_fd(), libc::TIOCGPTN, &raw mut number) == 0
        };
        if !made {
            return Err(io::Error::last_os_error());
        }
        let name = format!("/dev/pts/{number}");
        let slave = open(&name)?;
        slave.set_permissions(Permissions::from_mode(0o666))?;
        Ok(Terminal {
            master,
            slave,
            path: from_bytes(name.as_bytes()),
        })
    }

    /// Reads away what tasks have written, so that there is room for more.
    pub(super) fn drain(&self) {
        let mut bytes = [0; 4096];
        while (&self.master).read(&mut bytes).is_ok_and(|len| len > 0) {}
    }

    /// The number of its end as this process has it open.
    pub(super) fn descriptor(&self) -> i32 {
        self.slave.as_raw_fd()
    }
}
