//! Measuring: side by side, in turns, and by the middle value.

use std::time::Instant;

/// What one side of a comparison takes, in nanoseconds.
pub type Side<'a> = &'a mut dyn FnMut() -> f64;

/// Nanoseconds of each of `count` calls.
pub fn time(count: usize, mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..count {
        call();
    }
    start.elapsed().as_secs_f64() * 1e9 / count as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Two sides measured in turns.
pub struct Compared {
    /// The middle value of the one.
    pub a: f64,
    /// The middle value of the other.
    pub b: f64,
    /// The middle value of b / a, turn by turn: what disturbs the machine for a while disturbs both.
    pub ratio: f64,
}

/// A B A B ..., after a first turn that does not count.
pub fn compare(turns: usize, a: Side<'_>, b: Side<'_>) -> Compared {
    let (mut all_a, mut all_b, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    a();
    b();
    for _ in 0..turns {
        let (now_a, now_b) = (a(), b());
        all_a.push(now_a);
        all_b.push(now_b);
        ratios.push(now_b / now_a);
    }
    Compared {
        a: median(all_a),
        b: median(all_b),
        ratio: median(ratios),
    }
}
