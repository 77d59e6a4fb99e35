//! Where everything in a diagram is: every act has a column of its own, further right than the one before, and far
//! enough that no text lies on another or on an edge.

use std::collections::HashMap;

use super::scene::{Beat, Line, Mark, Scene};
use crate::report::svg::{Point, width};

/// From one line to the next.
const LINE: i32 = 84;
const MARGIN: i32 = 16;
/// The first line is below the title, and below what is printed on it.
const TOP: i32 = 76;
/// From a vertex to the next one at least.
const GAP: i32 = 26;
/// Between two texts, or a text and an edge.
const PAD: i32 = 8;

/// A strip that goes along a line, in which texts stand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Strip {
    /// Printed text, and the names of lines.
    Above(i32),
    /// What is done.
    Below(i32),
    /// Under all of it: the names of signals.
    Under(i32),
    /// The line itself.
    On(i32),
}

/// What an act needs in a strip, left and right of its column.
type Need = (Strip, i32, i32);

/// The columns of a line that matter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub(super) from: i32,
    /// Where the task ended.
    pub(super) to: Option<i32>,
    /// Where it was waited for.
    pub(super) reaped: Option<i32>,
}

/// Where everything is.
#[derive(Debug)]
pub(super) struct Layout {
    /// The columns of the beats.
    pub(super) columns: Vec<i32>,
    /// Those of the lines.
    pub(super) spans: Vec<Span>,
    /// Where lines end that go on for ever.
    pub(super) end: i32,
    pub(super) size: Point,
    /// The signs that are explained at the bottom, and where.
    pub(super) signs: Vec<(Sign, i32)>,
}

/// A sign that is explained.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sign {
    Thread,
    Zombie,
    Signal,
    Adoption,
}

impl Sign {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Sign::Thread => "a thread",
            Sign::Zombie => "a zombie: it has ended, and nobody has waited for it yet",
            Sign::Signal => "a signal",
            Sign::Adoption => "its parent has ended",
        }
    }
}

/// The height of a line.
pub(super) const fn height(place: i32) -> i32 {
    TOP + place * LINE
}

/// Where the name of a signal is that goes to or comes from this line, from below.
pub(super) const fn under(place: i32) -> i32 {
    height(place) + 42
}

/// How a line is called where it begins.
pub(super) fn name(line: &Line) -> String {
    let kind = if line.thread { "thread" } else { "pid" };
    format!("{kind} {}", line.pid)
}

/// The strips between two lines, that an edge from one to the other goes through.
fn between(a: i32, b: i32) -> Vec<Strip> {
    let (top, bottom) = (a.min(b), a.max(b));
    let mut strips = Vec::new();
    for place in top..bottom {
        strips.extend([Strip::Below(place), Strip::Under(place), Strip::Above(place + 1)]);
        if place > top {
            strips.push(Strip::On(place));
        }
    }
    strips
}

/// Under which line the name of a signal stands: next to the line that it goes to.
pub(super) fn beside(from: i32, to: i32) -> i32 {
    if to < from { to } else { to - 1 }
}

fn needs(beat: &Beat, scene: &Scene) -> Vec<Need> {
    let place = scene.place(beat.line);
    let half = width(&beat.words) / 2;
    let words = if beat.leads_down(scene) {
        Strip::Above(place)
    } else {
        Strip::Below(place)
    };
    let mut needs = vec![(Strip::On(place), 0, GAP), (words, half, half + PAD)];
    let mut edge = |to: i32| {
        let strips = between(place, to).into_iter();
        needs.extend(strips.map(|strip| (strip, 0, PAD)));
    };
    match &beat.mark {
        Mark::Plain(text) | Mark::Alarm(text) => {
            let half = width(text) / 2;
            needs.push((Strip::Above(place), half, half + PAD));
        }
        Mark::Birth(child) => {
            let place = scene.place(*child);
            edge(place);
            let name = scene.lines.get(*child).map_or(0, |line| width(&name(line)));
            needs.extend([(Strip::Above(place), 0, name + PAD), (Strip::On(place), 0, GAP)]);
        }
        Mark::Reap(child) => {
            let place = scene.place(*child);
            edge(place);
            needs.push((Strip::On(place), 0, 0));
        }
        Mark::Signal(to, name) if *to == beat.line => {
            let half = width(name) / 2;
            needs.push((Strip::Above(place), half, half + PAD));
        }
        Mark::Signal(to, name) => {
            let to = scene.place(*to);
            edge(to);
            let beside = beside(place, to);
            needs.extend([
                (Strip::Under(beside), 0, width(name) + 2 * PAD),
                (Strip::On(to), 0, GAP),
            ]);
        }
        Mark::Death | Mark::Adoption => {}
    }
    needs
}

impl Layout {
    pub(super) fn new(scene: &Scene, title: &str) -> Layout {
        let first = scene.lines.first().map_or(0, |line| width(&name(line)));
        let start = MARGIN + first.max(width(&scene.name)) + PAD;
        let mut free: HashMap<Strip, i32> = HashMap::new();
        let mut spans = vec![
            Span {
                from: start,
                ..Span::default()
            };
            scene.lines.len()
        ];
        let mut columns = Vec::new();
        let mut last = start;
        for beat in &scene.beats {
            let needs = needs(beat, scene);
            let free_at = |strip: &Strip| free.get(strip).copied().unwrap_or(start + PAD);
            let column = needs.iter().map(|(strip, left, _)| free_at(strip) + left);
            let column = column.max().unwrap_or(0).max(last + GAP);
            for (strip, _, right) in needs {
                let place = free.entry(strip).or_default();
                *place = (*place).max(column + right);
            }
            note(&mut spans, beat, column);
            columns.push(column);
            last = column;
        }
        let end = free.values().copied().fold(last, i32::max).max(last + GAP);
        Layout::around(scene, title, columns, spans, end)
    }

    /// What stands around the lines, and the size of it all.
    fn around(scene: &Scene, title: &str, columns: Vec<i32>, spans: Vec<Span>, end: i32) -> Layout {
        let right = scene.lines.iter().filter_map(|line| {
            let rest = line.rest.as_ref()?;
            let place = rest.place.as_deref().map_or(0, width);
            Some(width(rest.words).max(place))
        });
        let zombies = scene.lines.iter().any(is_zombie);
        let right = right.chain(zombies.then(|| width("zombie"))).max();
        let signs = signs(scene, &spans);
        let texts = signs.iter().map(|sign| width(sign.words()) + 2 * GAP);
        let below = texts.chain([width(title)]).max().unwrap_or(0) + 2 * MARGIN;
        let mut y = height(i32::try_from(scene.lines.len()).unwrap_or(0)) - LINE / 2 + MARGIN;
        let mut placed = Vec::new();
        for sign in signs {
            placed.push((sign, y));
            y += 20;
        }
        let side = right.map_or(0, |right| right + 2 * PAD);
        Layout {
            columns,
            spans,
            end,
            size: ((end + side + MARGIN).max(below), y),
            signs: placed,
        }
    }
}

/// Whether a line's task has ended and was never waited for.
pub(super) fn is_zombie(line: &Line) -> bool {
    line.ended && !line.reaped
}

fn note(spans: &mut [Span], beat: &Beat, column: i32) {
    match beat.mark {
        Mark::Birth(child) => {
            if let Some(span) = spans.get_mut(child) {
                span.from = column;
            }
        }
        Mark::Death => {
            if let Some(span) = spans.get_mut(beat.line) {
                span.to = Some(column);
            }
        }
        // Init takes at once what has ended, without a column of its own.
        Mark::Reap(line) => {
            if let Some(span) = spans.get_mut(line) {
                span.reaped = Some(column);
            }
        }
        Mark::Adoption => {
            if let Some(span) = spans.get_mut(beat.line).filter(|span| span.to.is_some()) {
                span.reaped = Some(column);
            }
        }
        _ => {}
    }
}

fn signs(scene: &Scene, spans: &[Span]) -> Vec<Sign> {
    let has = |mark: fn(&Mark) -> bool| scene.beats.iter().any(|beat| mark(&beat.mark));
    let threads = scene.lines.iter().any(|line| line.thread);
    let zombies = spans.iter().any(|span| span.reaped.is_some()) || scene.lines.iter().any(is_zombie);
    let signals = has(|mark| matches!(mark, Mark::Signal(..) | Mark::Alarm(_)));
    let adoptions = has(|mark| matches!(mark, Mark::Adoption));
    let all = [
        (threads, Sign::Thread),
        (zombies, Sign::Zombie),
        (signals, Sign::Signal),
        (adoptions, Sign::Adoption),
    ];
    all.into_iter()
        .filter(|(there, _)| *there)
        .map(|(_, sign)| sign)
        .collect()
}
