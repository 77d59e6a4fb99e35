//! `struct poll_table_entry`: one descriptor that a task sleeping in poll watches.

use crate::abi::ids::{Handle, kind};
use crate::store::arena::Object;
use crate::store::list::{Link, Linked};

/// An element of the array of a poll, as it was when the call began, and the file that it named then.
#[derive(Clone, PartialEq, Debug)]
pub struct PollEntry {
    /// The descriptor, which is looked up anew at each look.
    pub fd: i32,
    /// What is asked for.
    pub events: u16,
    /// The description at whose wait queue the task stands: held while it sleeps, whoever closes the descriptor.
    pub file: Option<Handle<kind::File>>,
    /// Its place among those of the task.
    pub link: Link<kind::Poll>,
}

impl Object for PollEntry {
    const IS_MARKED: bool = true;
    type Kind = kind::Poll;
    const FREE: PollEntry = PollEntry {
        fd: 0,
        events: 0,
        file: None,
        link: Link::NONE,
    };
}

/// What a task watches, in the order of its array.
#[derive(Clone, Copy, Debug)]
pub enum Polled {}
impl Linked for Polled {
    type Item = PollEntry;
    fn link(item: &PollEntry) -> &Link<kind::Poll> {
        &item.link
    }
    fn link_mut(item: &mut PollEntry) -> &mut Link<kind::Poll> {
        &mut item.link
    }
}
