//! Where the tasks of a program have their stacks, in every system at the same place: of each task one, and behind it an
//! alternate one.

/// Where they begin.
pub const STACKS: u64 = 0x2200_0000_0000;
/// Bytes of a stack.
const STACK: u64 = 0x4_0000;
/// Stacks there are: each new task that needs one gets the next.
const STACK_COUNT: u64 = 128;
/// Bytes of all stacks.
pub const STACKS_LEN: u64 = STACK_COUNT * 2 * STACK;

/// The top of the stack with this number: its alternate stack begins there.
#[must_use]
pub const fn stack_top(number: u64) -> u64 {
    STACKS + (number % STACK_COUNT) * 2 * STACK + STACK
}
