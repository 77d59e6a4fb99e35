//! What interrupt handlers leave for the next entry into the kernel. A handler must not call the model: it may have
//! interrupted somebody who does.

use heapless::spsc::Queue;
use kernel_model::abi::ids::CpuId;
use kernel_model::abi::limits::TICK_NSEC;

use crate::mistakes::Mistake;
use crate::serial::COM1;
use crate::tasks::kernel;
use crate::x86::OneCpu;
use crate::{conform, timer};

/// What has happened.
#[derive(Clone, Copy)]
enum Event {
    /// The time of one tick has passed.
    Tick,
    /// A byte came over the first serial port.
    Byte(u8),
}

static EVENTS: OneCpu<Queue<Event, 256>> = OneCpu::new(Queue::new());

/// An interrupt: its handler, in ring 0 or before the task that it interrupted is looked at.
pub fn interrupt(vector: u64) {
    match vector {
        timer::TIMER => post(Event::Tick),
        timer::SERIAL => core::iter::from_fn(|| COM1.read()).for_each(|byte| post(Event::Byte(byte))),
        // Spurious.
        _ => return,
    }
    timer::acknowledge();
}

fn post(event: Event) {
    // Every entry empties it, and interrupts are let through nowhere else in the kernel but where it idles.
    let posted = EVENTS.with(|events| events.enqueue(event));
    assert!(posted.is_ok(), "an event is lost");
}

/// At an entry: the model hears what has happened.
pub fn drain() {
    while let Some(event) = EVENTS.with(Queue::dequeue) {
        match event {
            Event::Tick => kernel(|k, hw| {
                if hw.mistake == Some(Mistake::Tick) {
                    return;
                }
                k.advance(k.now() + TICK_NSEC, hw);
                k.tick(CpuId(0), TICK_NSEC, hw);
            }),
            Event::Byte(byte) => conform::received(byte),
        }
    }
}
