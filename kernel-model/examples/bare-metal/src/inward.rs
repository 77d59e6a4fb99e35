//! What a call takes from memory: the addresses that stand for it in a request, and what is put there.

/// The area that a call reads from; the same for an action that ignores, for the default one, for a length of time.
pub const IN: u64 = 0x2000_0010_0000;
pub const IN_IGN: u64 = IN + 0x1000;
pub const IN_DFL: u64 = IN + 0x2000;
pub const IN_TIME: u64 = IN + 0x3000;

/// Words of 64 bits in the area, and the word at which a length of time lies.
pub const WORDS: usize = 24;
const TIME_AT: usize = 16;
/// The pid and the uid that a queued signal tells.
const TOLD: u64 = 77 | 78 << 32;

/// Where things lie for a puppet.
pub struct Places {
    pub area: u64,
    pub handler: u64,
    pub stack: u64,
}

/// Whether an argument stands for the area.
pub fn is_inward(arg: u64) -> bool {
    matches!(arg, IN | IN_IGN | IN_DFL | IN_TIME)
}

/// An argument with the area in place of what stands for it.
pub fn translated(arg: u64, area: u64) -> u64 {
    match arg {
        IN | IN_IGN | IN_DFL => area,
        IN_TIME => area + TIME_AT as u64 * 8,
        _ => arg,
    }
}

/// What the area holds when the call is made: numbers that stand behind the arguments which the call itself looks at.
pub fn content(nr: u64, args: &[u64; 6], places: &Places) -> [u64; WORDS] {
    let [_, second, third, fourth, fifth, sixth] = *args;
    let int = |word: u64| word & 0xffff_ffff;
    // The handler does not return: it leaves by a call of its own.
    let restorer = places.handler;
    let action = match second {
        IN_IGN => 1,
        IN_DFL => 0,
        _ => places.handler,
    };
    let content = match nr {
        // rt_sigaction: handler, flags, restorer, mask.
        13 => [action, fifth, restorer, sixth],
        // rt_sigprocmask and rt_sigtimedwait; rt_sigsuspend: the set.
        14 | 128 => [fifth, 0, 0, 0],
        130 => [third, 0, 0, 0],
        // rt_sigqueueinfo and rt_tgsigqueueinfo: the code at 8, pid and uid at 16, the value at 24.
        129 => [0, int(fourth), TOLD, fifth],
        297 => [0, int(fifth), TOLD, sixth],
        // pidfd_send_signal: the same, with a number of its own at 0.
        424 => [int(second.wrapping_add(sixth)), int(fifth), TOLD, 7],
        // signalfd and signalfd4: the set.
        282 => [fourth, 0, 0, 0],
        289 => [fifth, 0, 0, 0],
        // sigaltstack: where, flags, how much.
        131 => [places.stack, int(third), fourth, 0],
        _ => [0; 4],
    };
    let mut words = [0; WORDS];
    words[..4].copy_from_slice(&content);
    if nr == 128 {
        // A second of 2^32 nanoseconds is none.
        words[TIME_AT + 1] = sixth << 32;
    }
    words
}
