//! `struct sigqueue`: one sending of a signal that pends, with what it tells.

use crate::abi::ids::{Uid, kind};
use crate::abi::siginfo::SigInfo;
use crate::store::arena::Object;
use crate::store::list::{Link, Linked};

/// An entry in the queue of a task or of a process.
#[derive(Clone, PartialEq, Debug)]
pub struct Sigqueue {
    /// What it tells; `si_signo` is the signal.
    pub info: SigInfo,
    /// Whose it counts as (RLIMIT_SIGPENDING): the user of the task it was sent to.
    pub user: Uid,
    /// Its place in the queue.
    pub link: Link<kind::Sigqueue>,
}

impl Object for Sigqueue {
    const IS_MARKED: bool = true;
    type Kind = kind::Sigqueue;
    const FREE: Sigqueue = Sigqueue {
        info: SigInfo::ZERO,
        user: Uid(0),
        link: Link::NONE,
    };
}

/// A queue of pending signals, in the order of sending.
#[derive(Clone, Copy, Debug)]
pub enum Queued {}
impl Linked for Queued {
    type Item = Sigqueue;
    fn link(item: &Sigqueue) -> &Link<kind::Sigqueue> {
        &item.link
    }
    fn link_mut(item: &mut Sigqueue) -> &mut Link<kind::Sigqueue> {
        &mut item.link
    }
}
