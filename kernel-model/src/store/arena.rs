//! A pool of objects with generations: a bounded slab whose handles can go stale but never alias.

use crate::abi::ids::Handle;
use core::ops::{Index, IndexMut};

/// What a pool can hold.
pub trait Object {
    /// Whether its pool marks who was touched: it costs a nanosecond each time, and somebody must ask
    /// ([`View::touched`]).
    const IS_MARKED: bool = false;
    /// Marks the handles of this pool.
    type Kind;
    /// The content of a slot that was never used; all zero bytes, so that a static kernel lies in `.bss`.
    const FREE: Self;
}

/// One place of a pool.
#[derive(Clone, Debug)]
pub struct Slot<T> {
    /// While it is in use, the word of the handle to it. Else the generation above, and below the next free place,
    /// plus one. Generations are odd while in use: one more at every allocation and at every free.
    head: u64,
    /// Of a place that was freed, still what was there last: nobody can reach it, and clearing it would cost as much
    /// as filling it.
    value: T,
}

/// Two places are equal if they hold equal objects, or none.
impl<T: PartialEq> PartialEq for Slot<T> {
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head && (!self.is_used() || self.value == other.value)
    }
}

impl<T: Object> Slot<T> {
    /// A place that was never used.
    pub const FREE: Slot<T> = Slot {
        head: 0,
        value: T::FREE,
    };

    fn used(&self) -> Option<Handle<T::Kind>> {
        self.is_used().then_some(Handle::from_word(self.head))
    }

    /// The handle to the free place once it is in use.
    fn upcoming(&self, at: u32) -> Handle<T::Kind> {
        Handle::new(
            at,
            Handle::<T::Kind>::from_word(self.head)
                .generation()
                .wrapping_add(1),
        )
    }

    /// The place, which is `pool.next()`, is in use from now on.
    fn take(&mut self, pool: &mut Pool, at: u32) -> Handle<T::Kind> {
        match pool.free {
            0 => pool.fresh += 1,
            _ => pool.free = Handle::<T::Kind>::from_word(self.head).index(),
        }
        pool.used += 1;
        pool.touch::<T>(at);
        let taken = self.upcoming(at);
        self.head = taken.word();
        taken
    }
}

impl<T> Slot<T> {
    const fn is_used(&self) -> bool {
        self.head >> 32 & 1 == 1
    }
}

/// Which places of a pool somebody could have written since [`Pool::forget_touched`]: what is kept of their objects may
/// be stale. It is no part of a state, so all are equal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Touched(u64);

impl PartialEq for Touched {
    fn eq(&self, _: &Touched) -> bool {
        true
    }
}

impl Eq for Touched {}

impl Touched {
    /// Whether none was.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this place was, or one of those that share its bit: there are 64 bits.
    #[must_use]
    pub const fn has(self, at: u32) -> bool {
        self.0 >> (at % u64::BITS) & 1 == 1
    }

    #[inline]
    const fn add(&mut self, at: u32) {
        self.0 |= 1 << (at % u64::BITS);
    }
}

/// The book-keeping of a pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pool {
    /// The place freed last, plus one: it is still warm, so it is used first.
    free: u32,
    /// Places from here on have never been used.
    fresh: u32,
    used: u32,
    touched: Touched,
}

impl Pool {
    /// A pool of which nothing is used.
    pub const EMPTY: Pool = Pool {
        free: 0,
        fresh: 0,
        used: 0,
        touched: Touched(0),
    };

    /// The place that is used next, if the pool has it.
    const fn next(&self) -> u32 {
        match self.free.checked_sub(1) {
            Some(at) => at,
            None => self.fresh,
        }
    }

    /// Objects in use.
    #[must_use]
    pub const fn used(&self) -> u32 {
        self.used
    }

    /// Places that have ever been used: the rest need not be copied or looked at.
    #[must_use]
    pub const fn high_water(&self) -> u32 {
        self.fresh
    }

    #[inline]
    const fn touch<T: Object>(&mut self, at: u32) {
        if T::IS_MARKED {
            self.touched.add(at);
        }
    }

    /// From now on it is told what is touched.
    pub const fn forget_touched(&mut self) {
        self.touched = Touched(0);
    }
}

fn index_of(at: u32) -> usize {
    at as usize
}

/// A handle whose object is gone was followed inside the kernel: the tables contradict each other.
/// Handles from outside are checked at the door, so no input leads here.
#[cold]
#[inline(never)]
#[allow(clippy::panic, reason = "a broken invariant must not be computed with")]
fn stale(what: &str, at: u32) -> ! {
    panic!("kernel-model: stale handle to {what} {at}")
}

/// The object in one of these places, or none if the handle is stale.
#[inline]
fn look<T: Object>(slots: &[Slot<T>], at: Handle<T::Kind>) -> Option<&T> {
    match slots.get(index_of(at.index())) {
        Some(slot) if slot.head == at.word() => Some(&slot.value),
        _ => None,
    }
}

macro_rules! reading {
    () => {
        /// Objects in use.
        pub fn used(&self) -> u32 {
            self.pool.used
        }

        /// Whether there is no place left.
        pub fn is_full(&self) -> bool {
            self.slots.len() <= index_of(self.pool.used)
        }

        /// Objects that can still be allocated.
        pub fn available(&self) -> u32 {
            u32::try_from(self.slots.len()).unwrap_or(u32::MAX) - self.pool.used
        }

        /// The handle of the object in this place, if one is there.
        pub fn at(&self, at: u32) -> Option<Handle<T::Kind>> {
            self.slots.get(index_of(at))?.used()
        }
    };
}

/// A pool, to read.
#[derive(Debug)]
pub struct View<'a, T> {
    slots: &'a [Slot<T>],
    pool: &'a Pool,
}

impl<T> Clone for View<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for View<'_, T> {}

impl<'a, T: Object> View<'a, T> {
    /// A pool over these places.
    pub fn new(slots: &'a [Slot<T>], pool: &'a Pool) -> Self {
        View { slots, pool }
    }
    reading!();

    /// Places that may have been written since [`Pool::forget_touched`].
    pub fn touched(&self) -> Touched {
        const { assert!(T::IS_MARKED) };
        self.pool.touched
    }

    /// Every object in use, by place; for as long as the pool is read, not only this view.
    pub fn iter(&self) -> impl Iterator<Item = (Handle<T::Kind>, &'a T)> + use<'a, T> {
        let touched = self.slots.iter().take(index_of(self.pool.fresh));
        touched.filter_map(|slot| Some((slot.used()?, &slot.value)))
    }

    /// The object, or none if the handle is stale.
    #[inline]
    pub fn get(&self, at: Handle<T::Kind>) -> Option<&'a T> {
        look(self.slots, at)
    }

    /// The object, which is there; for as long as the pool is read, not only this view.
    #[inline]
    pub fn follow(&self, at: Handle<T::Kind>) -> &'a T {
        match self.get(at) {
            Some(object) => object,
            None => stale(core::any::type_name::<T::Kind>(), at.index()),
        }
    }
}

impl<T: Object> Index<Handle<T::Kind>> for View<'_, T> {
    type Output = T;
    #[inline]
    fn index(&self, at: Handle<T::Kind>) -> &T {
        self.follow(at)
    }
}

/// A pool, to read and to change.
#[derive(Debug)]
pub struct Arena<'a, T> {
    slots: &'a mut [Slot<T>],
    pool: &'a mut Pool,
}

impl<'a, T: Object> Arena<'a, T> {
    /// A pool over these places.
    pub fn new(slots: &'a mut [Slot<T>], pool: &'a mut Pool) -> Self {
        Arena { slots, pool }
    }
    reading!();

    /// Every object in use, by place.
    pub fn iter(&self) -> impl Iterator<Item = (Handle<T::Kind>, &T)> {
        let touched = self.slots.iter().take(index_of(self.pool.fresh));
        touched.filter_map(|slot| Some((slot.used()?, &slot.value)))
    }

    /// The object, or none if the handle is stale.
    #[inline]
    pub fn get(&self, at: Handle<T::Kind>) -> Option<&T> {
        look(self.slots, at)
    }

    /// The same pool, to read.
    pub fn view(&self) -> View<'_, T> {
        View {
            slots: self.slots,
            pool: self.pool,
        }
    }

    /// The handle of the object that is put into the pool next; none when the pool is full.
    #[must_use]
    pub fn upcoming(&self) -> Option<Handle<T::Kind>> {
        let at = self.pool.next();
        Some(self.slots.get(index_of(at))?.upcoming(at))
    }

    /// Puts an object into the pool; none when the pool is full.
    #[must_use]
    pub fn alloc(&mut self, value: T) -> Option<Handle<T::Kind>> {
        let at = self.pool.next();
        let slot = self.slots.get_mut(index_of(at))?;
        slot.value = value;
        Some(slot.take(self.pool, at))
    }

    /// The same for an object that `make` fills in its place, where what was there last still is: some are too large to
    /// be moved over a kernel's stack.
    #[must_use]
    pub fn alloc_with(&mut self, make: impl FnOnce(&mut T)) -> Option<Handle<T::Kind>> {
        let at = self.pool.next();
        let slot = self.slots.get_mut(index_of(at))?;
        make(&mut slot.value);
        Some(slot.take(self.pool, at))
    }

    /// Puts an object into the pool that `make` fills from another one of it; none when the pool is full, or the
    /// other is gone. It is written in its place at once, for copying these costs more than all else in fork. What
    /// `make` does not write is what was there last.
    #[must_use]
    #[inline]
    pub fn alloc_from(
        &mut self,
        other: Handle<T::Kind>,
        make: impl FnOnce(&mut T, &T),
    ) -> Option<Handle<T::Kind>> {
        let at = self.pool.next();
        let places = [index_of(at), index_of(other.index())];
        let [slot, other_slot] = self.slots.get_disjoint_mut(places).ok()?;
        if other_slot.head != other.word() {
            return None;
        }
        make(&mut slot.value, &other_slot.value);
        Some(slot.take(self.pool, at))
    }

    /// The object in this place, if one is there.
    pub fn at_mut(&mut self, at: u32) -> Option<&mut T> {
        let slot = self.slots.get_mut(index_of(at))?;
        self.pool.touch::<T>(at);
        slot.is_used().then_some(&mut slot.value)
    }

    /// Takes an object out of the pool, and shows it for the last time. A stale handle is left alone.
    #[inline]
    pub fn free(&mut self, at: Handle<T::Kind>) -> Option<&T> {
        let slot = self.slots.get_mut(index_of(at.index()))?;
        if slot.head != at.word() {
            return None;
        }
        let free = Handle::<T::Kind>::new(self.pool.free, at.generation().wrapping_add(1));
        slot.head = free.word();
        self.pool.free = at.index() + 1;
        self.pool.used -= 1;
        self.pool.touch::<T>(at.index());
        Some(&slot.value)
    }
}

impl<T: Object> Arena<'_, T> {
    /// The object, to enter it into a list or take it out: it is not touched by that, for what has changed is the list.
    #[inline]
    pub(super) fn relink(&mut self, at: Handle<T::Kind>) -> &mut T {
        match self.slots.get_mut(index_of(at.index())) {
            Some(slot) if slot.head == at.word() => &mut slot.value,
            _ => stale(core::any::type_name::<T::Kind>(), at.index()),
        }
    }
}

impl<T: Object> Index<Handle<T::Kind>> for Arena<'_, T> {
    type Output = T;
    #[inline]
    fn index(&self, at: Handle<T::Kind>) -> &T {
        match self.get(at) {
            Some(object) => object,
            None => stale(core::any::type_name::<T::Kind>(), at.index()),
        }
    }
}

impl<T: Object> IndexMut<Handle<T::Kind>> for Arena<'_, T> {
    #[inline]
    fn index_mut(&mut self, at: Handle<T::Kind>) -> &mut T {
        self.pool.touch::<T>(at.index());
        self.relink(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Number(u8);
    enum NumberKind {}
    impl Object for Number {
        type Kind = NumberKind;
        const FREE: Number = Number(0);
    }

    #[test]
    fn a_stale_handle_is_an_error_and_never_an_alias() {
        let mut slots = [Slot::FREE; 2];
        let mut pool = Pool::EMPTY;
        let mut arena = Arena::new(&mut slots, &mut pool);
        let first = arena.alloc(Number(1)).unwrap();
        let second = arena.alloc(Number(2)).unwrap();
        assert!(arena.alloc(Number(3)).is_none(), "two places, two objects");
        arena.free(first);
        let third = arena.alloc(Number(3)).unwrap();
        assert_eq!(third.index(), first.index(), "the place is used again");
        assert!(
            arena.get(first).is_none(),
            "the old handle does not name the new object"
        );
        assert_eq!((arena[second].0, arena[third].0, arena.used()), (2, 3, 2));
        arena.free(first);
        assert_eq!(arena.used(), 2, "freeing through a stale handle does nothing");
    }
}
