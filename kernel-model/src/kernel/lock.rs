//! One lock around a whole kernel (feature `spin`).

use super::Kernel;

/// A kernel that several processors use: one at a time, each for the time of a step.
///
/// It can be a static: with [`Kernel::unbooted`] it needs no code to begin. It masks no interrupts; a handler that
/// could interrupt its holder must not take it, but leave a note for the next entry.
///
/// ```
/// use kernel_model::abi::effect::NoBoard;
/// use kernel_model::kernel::lock::BigLock;
/// use kernel_model::kernel::storage::{Fixed, NoThread};
/// use kernel_model::kernel::{Config, Kernel};
/// use kernel_model::store::bitmap::words;
/// use kernel_model::{Call, Outcome, Pid};
///
/// type Small = Fixed<NoThread, 8, 32, 48, 64, 16, 4, { words(512) }>;
/// static KERNEL: BigLock<Small> = BigLock::new(Kernel::unbooted(Small::with_threads([NoThread; 8])));
///
/// let config = Config { pid_max: 512, ..Config::default() };
/// KERNEL.with(|kernel| kernel.boot_in_place(&config, &mut NoBoard)).unwrap();
/// let pid = KERNEL.with(|kernel| {
///     let init = kernel.find(Pid::INIT).unwrap();
///     kernel.syscall(init, Call::Getpid, &mut NoBoard)
/// });
/// assert_eq!(pid, Outcome::Done(1));
/// ```
#[derive(Debug)]
pub struct BigLock<S>(spin::Mutex<Kernel<S>>);

impl<S> BigLock<S> {
    /// A lock that nobody holds.
    #[must_use]
    pub const fn new(kernel: Kernel<S>) -> BigLock<S> {
        BigLock(spin::Mutex::new(kernel))
    }

    /// Does something with the kernel while nobody else can. It spins until the others are done.
    pub fn with<R>(&self, step: impl FnOnce(&mut Kernel<S>) -> R) -> R {
        step(&mut self.0.lock())
    }

    /// The same if nobody holds the lock now; none otherwise: for an interrupt handler, which must not spin.
    pub fn try_with<R>(&self, step: impl FnOnce(&mut Kernel<S>) -> R) -> Option<R> {
        self.0.try_lock().map(|mut kernel| step(&mut kernel))
    }
}
