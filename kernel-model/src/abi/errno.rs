//! Error numbers, as `errno(3)` names them.

macro_rules! errnos {
    ($($name:ident = $number:literal, $text:literal;)*) => {
        /// Why a system call failed. The numbers and names are Linux's (x86-64).
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum Errno {
            $(#[doc = $text] $name = $number,)*
        }

        impl Errno {
            /// Every errno that the model can give, by number.
            pub const ALL: &'static [Errno] = &[$(Errno::$name,)*];

            /// The C name, such as `"EAGAIN"`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Errno::$name => stringify!($name),)* }
            }
        }
    };
}

errnos! {
    EPERM = 1, "Operation not permitted";
    ENOENT = 2, "No such file or directory";
    ESRCH = 3, "No such process";
    EINTR = 4, "Interrupted system call";
    EIO = 5, "Input/output error";
    ENXIO = 6, "No such device or address";
    E2BIG = 7, "Argument list too long";
    ENOEXEC = 8, "Exec format error";
    EBADF = 9, "Bad file descriptor";
    ECHILD = 10, "No child processes";
    EAGAIN = 11, "Resource temporarily unavailable";
    ENOMEM = 12, "Cannot allocate memory";
    EACCES = 13, "Permission denied";
    EFAULT = 14, "Bad address";
    EBUSY = 16, "Device or resource busy";
    EEXIST = 17, "File exists";
    ENODEV = 19, "No such device";
    ENOTDIR = 20, "Not a directory";
    EINVAL = 22, "Invalid argument";
    ENFILE = 23, "Too many open files in system";
    EMFILE = 24, "Too many open files";
    ENOTTY = 25, "Inappropriate ioctl for device";
    ESPIPE = 29, "Illegal seek";
    EPIPE = 32, "Broken pipe";
    ENAMETOOLONG = 36, "File name too long";
    ENOSYS = 38, "Function not implemented";
    EOPNOTSUPP = 95, "Operation not supported";
    ETIMEDOUT = 110, "Connection timed out";
}

impl Errno {
    /// The number that user space sees in `errno`.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The raw return value of a failed call: `-errno`.
    #[must_use]
    pub const fn to_return_value(self) -> i64 {
        -(self as i64)
    }
}

/// What a system call gives: its value, or the errno.
pub type Result<T> = core::result::Result<T, Errno>;
