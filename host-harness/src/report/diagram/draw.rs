//! A diagram drawn: lines first, then what leads from line to line, then vertices and texts on top.

use super::layout::{Layout, Sign, Span, beside, height, is_zombie, name, under};
use super::scene::{Beat, Line, Mark, Scene};
use crate::report::svg::{Anchor, BLUE, FONT, GREY, INK, Pen, Picture, RED, VIOLET};

pub(super) fn picture(scene: &Scene, layout: &Layout, title: &str) -> String {
    let mut picture = Picture::default();
    picture.text((16, 24), Anchor::Start, INK, title);
    for (line, span) in scene.lines.iter().zip(&layout.spans) {
        draw_line(line, span, layout.end, &mut picture);
    }
    for (beat, x) in scene.beats.iter().zip(&layout.columns) {
        edge(beat, *x, scene, &mut picture);
    }
    for (beat, x) in scene.beats.iter().zip(&layout.columns) {
        vertex(beat, *x, scene, &mut picture);
    }
    names(scene, layout, &mut picture);
    for (sign, y) in &layout.signs {
        explain(*sign, *y, &mut picture);
    }
    picture.finish(title, layout.size)
}

fn pen(line: &Line) -> Pen {
    if line.thread { Pen::Dashed } else { Pen::Solid }
}

fn draw_line(line: &Line, span: &Span, end: i32, picture: &mut Picture) {
    let y = height(line.place);
    let lived = match (span.to, &line.rest) {
        (Some(to), _) => to,
        (None, _) => end,
    };
    picture.line((span.from, y), (lived, y), pen(line));
    let gone = if is_zombie(line) { Some(end) } else { span.reaped };
    if let Some(gone) = gone.filter(|gone| *gone > lived) {
        picture.line((lived, y), (gone, y), Pen::Dotted);
    }
    if is_zombie(line) {
        picture.text((end + 8, y + FONT / 3), Anchor::Start, RED, "zombie");
    }
    if let Some(rest) = &line.rest {
        picture.cross((end, y));
        picture.text((end + 12, y + FONT / 3), Anchor::Start, RED, rest.words);
        if let Some(place) = &rest.place {
            picture.text((end + 12, y + FONT / 3 + 17), Anchor::Start, GREY, place);
        }
    }
}

fn edge(beat: &Beat, x: i32, scene: &Scene, picture: &mut Picture) {
    let place = scene.place(beat.line);
    let y = height(place);
    match &beat.mark {
        Mark::Birth(child) => {
            let thread = scene.lines.get(*child).is_some_and(|line| line.thread);
            let pen = if thread { Pen::Dashed } else { Pen::Solid };
            picture.line((x, y), (x, height(scene.place(*child))), pen);
        }
        Mark::Reap(child) => picture.line((x, height(scene.place(*child))), (x, y), Pen::Thin),
        Mark::Signal(to, _) if *to == beat.line => {
            picture.line((x, y - 20), (x, y - 8), Pen::Signal);
            picture.head((x, y - 5), false);
        }
        Mark::Signal(to, name) => {
            let to = scene.place(*to);
            let up = to < place;
            let tip = if up { height(to) + 2 } else { height(to) - 2 };
            picture.line((x, y), (x, if up { tip + 8 } else { tip - 8 }), Pen::Signal);
            picture.head((x, tip), up);
            picture.text((x + 6, under(beside(place, to))), Anchor::Start, VIOLET, name);
        }
        Mark::Alarm(_) => {
            picture.line((x, y - 20), (x, y - 8), Pen::Signal);
            picture.head((x, y - 2), false);
        }
        Mark::Plain(_) | Mark::Death | Mark::Adoption => {}
    }
}

fn vertex(beat: &Beat, x: i32, scene: &Scene, picture: &mut Picture) {
    let y = height(scene.place(beat.line));
    match &beat.mark {
        Mark::Alarm(_) => {}
        Mark::Adoption => picture.vertex((x, y), INK, false),
        _ => picture.vertex((x, y), INK, true),
    }
    let above = match &beat.mark {
        Mark::Plain(text) => Some((text.as_str(), BLUE, 10)),
        Mark::Alarm(name) => Some((name.as_str(), VIOLET, 23)),
        Mark::Signal(to, name) if *to == beat.line => Some((name.as_str(), VIOLET, 23)),
        _ => None,
    };
    if let Some((text, colour, up)) = above.filter(|(text, _, _)| !text.is_empty()) {
        picture.text((x, y - up), Anchor::Middle, colour, text);
    }
    if !beat.words.is_empty() {
        let y = if beat.leads_down(scene) {
            y - 10
        } else {
            y + FONT + 7
        };
        picture.text((x, y), Anchor::Middle, INK, &beat.words);
    }
}

/// The names of the lines: the first one's at its left, the others' where they begin.
fn names(scene: &Scene, layout: &Layout, picture: &mut Picture) {
    for (at, (line, span)) in scene.lines.iter().zip(&layout.spans).enumerate() {
        let y = height(line.place);
        if at == 0 {
            picture.text((16, y - 2), Anchor::Start, INK, &scene.name);
            picture.text((16, y + FONT), Anchor::Start, GREY, &name(line));
        } else {
            picture.text((span.from + 4, y - 10), Anchor::Start, GREY, &name(line));
        }
    }
}

fn explain(sign: Sign, y: i32, picture: &mut Picture) {
    let middle = y - FONT / 3;
    match sign {
        Sign::Thread => picture.line((16, middle), (48, middle), Pen::Dashed),
        Sign::Zombie => picture.line((16, middle), (48, middle), Pen::Dotted),
        Sign::Signal => {
            picture.line((32, middle + 6), (32, middle), Pen::Signal);
            picture.head((32, middle - 6), true);
        }
        Sign::Adoption => picture.vertex((32, middle), INK, false),
    }
    picture.text((58, y), Anchor::Start, GREY, sign.words());
}
