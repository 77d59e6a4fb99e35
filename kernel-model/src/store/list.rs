//! Doubly linked lists through the objects themselves, as the kernel's `list_head`: O(1) to enter and to leave.

use super::arena::{Arena, Object, View};
use crate::abi::ids::Handle;
use core::fmt;

/// A place in a list: the neighbours.
pub struct Link<K> {
    /// Of the last object [`Handle::END`], of one that is in no list [`Handle::NULL`].
    next: Handle<K>,
    /// Of the first object [`Handle::NULL`].
    prev: Handle<K>,
}

impl<K> Link<K> {
    /// In no list.
    pub const NONE: Link<K> = Link {
        next: Handle::NULL,
        prev: Handle::NULL,
    };

    /// Whether the object is in the list.
    #[must_use]
    pub const fn is_linked(&self) -> bool {
        self.next.non_null().is_some()
    }

    fn after(&self) -> Option<Handle<K>> {
        self.next.non_null().filter(|next| *next != Handle::END)
    }
}

/// A list of objects. Which list it is, the type `L` says.
pub struct List<L: Linked> {
    head: Handle<<L::Item as Object>::Kind>,
    tail: Handle<<L::Item as Object>::Kind>,
    len: u32,
}

/// Says through which field the objects of a list are linked.
pub trait Linked {
    /// The objects in the list.
    type Item: Object;
    /// The field.
    fn link(item: &Self::Item) -> &Link<<Self::Item as Object>::Kind>;
    /// The field, to change.
    fn link_mut(item: &mut Self::Item) -> &mut Link<<Self::Item as Object>::Kind>;
}

type Ref<L> = Handle<<<L as Linked>::Item as Object>::Kind>;

impl<L: Linked> List<L> {
    /// No objects.
    pub const EMPTY: List<L> = List {
        head: Handle::NULL,
        tail: Handle::NULL,
        len: 0,
    };

    /// The first object.
    #[must_use]
    pub const fn first(&self) -> Option<Ref<L>> {
        self.head.non_null()
    }

    /// The last object.
    #[must_use]
    pub const fn last(&self) -> Option<Ref<L>> {
        self.tail.non_null()
    }

    /// How many objects.
    #[must_use]
    pub const fn len(&self) -> u32 {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `list_add_tail`.
    #[inline]
    pub fn push_back(&mut self, arena: &mut Arena<'_, L::Item>, at: Ref<L>) {
        *L::link_mut(arena.relink(at)) = Link {
            next: Handle::END,
            prev: self.tail,
        };
        match self.last() {
            Some(tail) => L::link_mut(arena.relink(tail)).next = at,
            None => self.head = at,
        }
        self.tail = at;
        self.len += 1;
    }

    /// `list_add`.
    #[inline]
    pub fn push_front(&mut self, arena: &mut Arena<'_, L::Item>, at: Ref<L>) {
        *L::link_mut(arena.relink(at)) = Link {
            next: self.first().unwrap_or(Handle::END),
            prev: Handle::NULL,
        };
        match self.first() {
            Some(head) => L::link_mut(arena.relink(head)).prev = at,
            None => self.tail = at,
        }
        self.head = at;
        self.len += 1;
    }

    /// Puts `at` before `next`, which is in this list.
    pub fn insert_before(&mut self, arena: &mut Arena<'_, L::Item>, at: Ref<L>, next: Ref<L>) {
        match L::link(&arena[next]).prev.non_null() {
            None => self.push_front(arena, at),
            Some(prev) => {
                *L::link_mut(arena.relink(at)) = Link { next, prev };
                L::link_mut(arena.relink(prev)).next = at;
                L::link_mut(arena.relink(next)).prev = at;
                self.len += 1;
            }
        }
    }

    /// Puts `at` behind those that are not later than it. The search begins at the end: what enters a sorted list mostly
    /// belongs there.
    #[inline(always)]
    pub fn insert_by(
        &mut self,
        arena: &mut Arena<'_, L::Item>,
        at: Ref<L>,
        is_later: impl Fn(&L::Item) -> bool,
    ) {
        let (mut before, mut later) = (self.last(), None);
        while let Some(other) = before
            && is_later(&arena[other])
        {
            later = before;
            before = prev::<L>(&arena[other]);
        }
        match later {
            Some(later) => self.insert_before(arena, at, later),
            None => self.push_back(arena, at),
        }
    }

    /// `list_del_init`. An object that is in no list is left alone.
    #[inline(always)]
    pub fn remove(&mut self, arena: &mut Arena<'_, L::Item>, at: Ref<L>) {
        let link = core::mem::replace(L::link_mut(arena.relink(at)), Link::NONE);
        if !link.is_linked() {
            return;
        }
        let after = link.after();
        match link.prev.non_null() {
            Some(prev) => L::link_mut(arena.relink(prev)).next = link.next,
            None => self.head = after.unwrap_or(Handle::NULL),
        }
        match after {
            Some(next) => L::link_mut(arena.relink(next)).prev = link.prev,
            None => self.tail = link.prev,
        }
        self.len -= 1;
    }

    /// Takes the first object out.
    #[inline]
    pub fn pop_front(&mut self, arena: &mut Arena<'_, L::Item>) -> Option<Ref<L>> {
        let head = self.first()?;
        self.remove(arena, head);
        Some(head)
    }

    /// The objects from first to last.
    pub fn iter<'v>(&self, view: View<'v, L::Item>) -> Iter<'v, L> {
        Iter {
            view,
            at: self.first(),
        }
    }
}

/// The object after this one in its list.
#[must_use]
pub fn next<L: Linked>(item: &L::Item) -> Option<Ref<L>> {
    L::link(item).after()
}

/// The object before this one in its list.
#[must_use]
pub fn prev<L: Linked>(item: &L::Item) -> Option<Ref<L>> {
    L::link(item).prev.non_null()
}

/// Walks a list.
pub struct Iter<'v, L: Linked> {
    view: View<'v, L::Item>,
    at: Option<Ref<L>>,
}

impl<L: Linked> Clone for Iter<'_, L> {
    fn clone(&self) -> Self {
        Iter {
            view: self.view,
            at: self.at,
        }
    }
}

impl<L: Linked> fmt::Debug for Iter<'_, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {:?}", self.at)
    }
}

impl<L: Linked> Iterator for Iter<'_, L> {
    type Item = Ref<L>;
    fn next(&mut self) -> Option<Ref<L>> {
        let at = self.at?;
        self.at = next::<L>(&self.view[at]);
        Some(at)
    }
}

impl<L: Linked> Clone for List<L> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<L: Linked> Copy for List<L> {}
impl<L: Linked> PartialEq for List<L> {
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head && self.tail == other.tail && self.len == other.len
    }
}
impl<L: Linked> fmt::Debug for List<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}..{:?} ({})", self.head, self.tail, self.len)
    }
}
impl<K> Clone for Link<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Link<K> {}
impl<K> PartialEq for Link<K> {
    fn eq(&self, other: &Self) -> bool {
        self.next == other.next && self.prev == other.prev
    }
}
impl<K> fmt::Debug for Link<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{:?} {:?}>", self.prev, self.next)
    }
}
