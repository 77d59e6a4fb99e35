//! One lock around a whole kernel (feature `spin`), and how it masks interrupts.

use super::Kernel;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// How a processor keeps interrupts away from the code that holds a [`BigLock`]: a handler that took the lock of the
/// task it interrupts would spin for ever.
///
/// Calls nest: interrupts come through again when there were as many [`Irq::restore`]s as [`Irq::save`]s, if they did
/// before the first. [`Nesting`] counts them.
pub trait Irq {
    /// Masks the interrupts of this processor.
    fn save();
    /// Takes back one [`Irq::save`] of this processor.
    fn restore();
    /// What it does while it waits for the others: one round.
    fn relax() {
        core::hint::spin_loop();
    }
}

/// There are no interrupts: a host, or a kernel whose handlers never take the lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NoIrq;

impl Irq for NoIrq {
    fn save() {}
    fn restore() {}
}

/// How often one processor's interrupts are masked, for an [`Irq`]. Guards may be dropped in any order, so it is the
/// last one that lets interrupts through, not the one that was there first.
///
/// Each processor has its own, and touches it only while its interrupts are masked.
#[derive(Debug, Default)]
pub struct Nesting {
    depth: AtomicU32,
    enabled: AtomicBool,
}

impl Nesting {
    /// Not masked.
    #[must_use]
    pub const fn new() -> Nesting {
        Nesting {
            depth: AtomicU32::new(0),
            enabled: AtomicBool::new(false),
        }
    }

    /// Interrupts have just been masked; `enabled` says whether they came through until then.
    pub fn enter(&self, enabled: bool) {
        let depth = self.depth.load(Ordering::Relaxed);
        if depth == 0 {
            self.enabled.store(enabled, Ordering::Relaxed);
        }
        self.depth.store(depth + 1, Ordering::Relaxed);
    }

    /// One less; says whether interrupts are to come through again.
    #[must_use]
    pub fn leave(&self) -> bool {
        let depth = self.depth.load(Ordering::Relaxed);
        debug_assert_ne!(depth, 0, "more restores than saves");
        self.depth.store(depth.saturating_sub(1), Ordering::Relaxed);
        depth <= 1 && self.enabled.load(Ordering::Relaxed)
    }
}

/// Interrupts are masked as long as this lives.
struct Masked<I: Irq>(PhantomData<fn() -> I>);

impl<I: Irq> Masked<I> {
    fn new() -> Masked<I> {
        I::save();
        Masked(PhantomData)
    }
}

impl<I: Irq> Drop for Masked<I> {
    fn drop(&mut self) {
        I::restore();
    }
}

/// How the lock underneath waits: as `I` says.
struct Relax<I>(PhantomData<fn() -> I>);

impl<I: Irq> spin::RelaxStrategy for Relax<I> {
    fn relax() {
        I::relax();
    }
}

/// A kernel that several processors use: one at a time, each for the time of a step, with its interrupts masked.
///
/// It can be a static: with [`Kernel::unbooted`] it needs no code to begin. `I` says how interrupts are masked. What an
/// interrupt handler has to say it leaves in a queue that is emptied at the next entry; with [`NoIrq`] it must not take
/// the lock at all.
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
pub struct BigLock<S, I: Irq = NoIrq> {
    kernel: spin::mutex::Mutex<Kernel<S>, Relax<I>>,
    irq: PhantomData<fn() -> I>,
}

impl<S> BigLock<S> {
    /// A lock that nobody holds, where there are no interrupts.
    #[must_use]
    pub const fn new(kernel: Kernel<S>) -> BigLock<S> {
        BigLock::masking(kernel)
    }
}

impl<S, I: Irq> BigLock<S, I> {
    /// A lock that nobody holds, and that masks interrupts while somebody does.
    #[must_use]
    pub const fn masking(kernel: Kernel<S>) -> BigLock<S, I> {
        BigLock {
            kernel: spin::mutex::Mutex::new(kernel),
            irq: PhantomData,
        }
    }

    /// The kernel, for as long as the guard lives; spins until the others are done. Who holds it already must not ask
    /// again.
    pub fn lock(&self) -> BigGuard<'_, S, I> {
        let masked = Masked::new();
        BigGuard {
            kernel: self.kernel.lock(),
            masked,
        }
    }

    /// The same if nobody holds the lock now.
    pub fn try_lock(&self) -> Option<BigGuard<'_, S, I>> {
        let masked = Masked::new();
        let kernel = self.kernel.try_lock()?;
        Some(BigGuard { kernel, masked })
    }

    /// Does something with the kernel while nobody else can. It spins until the others are done.
    pub fn with<R>(&self, step: impl FnOnce(&mut Kernel<S>) -> R) -> R {
        step(&mut self.lock())
    }

    /// The same if nobody holds the lock now; none otherwise: for whoever must not spin.
    pub fn try_with<R>(&self, step: impl FnOnce(&mut Kernel<S>) -> R) -> Option<R> {
        self.try_lock().map(|mut kernel| step(&mut kernel))
    }
}

impl<S: fmt::Debug, I: Irq> fmt::Debug for BigLock<S, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BigLock").field(&self.kernel).finish()
    }
}

/// The right to use the kernel. When it is dropped the lock is free first, and interrupts come through after that.
pub struct BigGuard<'a, S, I: Irq = NoIrq> {
    // In the order in which they are to be dropped.
    kernel: spin::mutex::MutexGuard<'a, Kernel<S>, Relax<I>>,
    #[allow(dead_code, reason = "it is there to be dropped")]
    masked: Masked<I>,
}

impl<S, I: Irq> Deref for BigGuard<'_, S, I> {
    type Target = Kernel<S>;

    fn deref(&self) -> &Kernel<S> {
        &self.kernel
    }
}

impl<S, I: Irq> DerefMut for BigGuard<'_, S, I> {
    fn deref_mut(&mut self) -> &mut Kernel<S> {
        &mut self.kernel
    }
}

impl<S: fmt::Debug, I: Irq> fmt::Debug for BigGuard<'_, S, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BigGuard").field(&self.kernel).finish()
    }
}
