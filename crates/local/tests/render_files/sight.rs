//! The frame shows what is read out: the camera has its lines in view, and they are marked, from its middle to its end.

use std::path::Path;

use resvg::tiny_skia::Pixmap;
use sluice_domain::language::Language;
use sluice_local::render::{ClipSpec, Focus, Shape, Shown, Sight, Slide, sights, still};

use super::{page, spec, title};

fn focus(from_ms: u32, lines: &[[f32; 4]], column: [f32; 2]) -> Focus {
    Focus { from_ms, until_ms: from_ms + 2500, lines: lines.to_vec(), column }
}

fn reading(image: &Path, focus: Vec<Focus>) -> Slide {
    Slide::Page { image: image.to_owned(), label: Some("p. 1".to_owned()), heading: Some("A".to_owned()), focus }
}

/// Lines of one sentence from `top` on, `height` high, in fractions of the page.
fn lines(top: f32, height: f32, count: u8, column: [f32; 2]) -> Vec<[f32; 4]> {
    (0..count).map(|line| top + height * 1.3 * f32::from(line)).map(|y| [column[0], y, column[1], y + height]).collect()
}

fn sight(order: &ClipSpec, at_ms: u32) -> Option<Sight> {
    sights(order, &[at_ms]).unwrap().remove(0)
}

fn sees(sight: &Sight, line: [f32; 4]) -> bool {
    let part = sight.part;
    let near = 0.001;
    line[0] >= part[0] - near && line[1] >= part[1] - near && line[2] <= part[2] + near && line[3] <= part[3] + near
}

#[test]
fn lines_are_in_the_frame_while_they_are_read_in_every_shape_and_on_every_page() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("page.png");
    for (width, height, columns) in [
        (1800, 2546, vec![[0.12, 0.88]]),
        (1800, 2546, vec![[0.1, 0.48], [0.52, 0.9]]),
        (1800, 2546, vec![[0.1, 0.68], [0.72, 0.9]]),
        (1800, 1012, vec![[0.1, 0.9]]),
        (1095, 21_900, vec![[0.1, 0.9]]),
        (900, 9000, vec![[0.1, 0.9]]),
    ] {
        std::fs::write(&image, page(width, height)).unwrap();
        let line = 36.0 / f32::from(u16::try_from(height).unwrap());
        let places = columns.iter().flat_map(|column| [0.12, 0.45, 0.5, 0.8].map(|top| (top, *column)));
        let focus: Vec<Focus> = (0u32..)
            .zip(places)
            .map(|(index, (top, column))| focus(index * 3000, &lines(top, line, 3, column), column))
            .collect();
        let length = u32::try_from(focus.len()).unwrap() * 3000;
        for shape in [Shape::Landscape, Shape::Portrait, Shape::Square] {
            for language in [Language::ENGLISH, Language::ARABIC] {
                let slides = reading(&image, focus.clone()).into();
                let order = ClipSpec { shape, language, duration_ms: length, slides, ..spec(title()) };
                let moments = focus.iter().flat_map(|focus| {
                    [focus.from_ms + 1250, focus.from_ms + 1900, focus.until_ms].map(|at| (at, focus))
                });
                let times: Vec<u32> = moments.clone().map(|(at, _)| at).collect();
                for ((at, focus), sight) in moments.zip(sights(&order, &times).unwrap()) {
                    let sight = sight.unwrap();
                    let seen = focus.lines.iter().all(|line| sees(&sight, *line));
                    assert!(seen, "{width} × {height} {shape:?} at {at}: {:?} not in {sight:?}", focus.lines);
                }
            }
        }
    }
}

#[test]
fn a_portrait_frame_shows_a_column_and_not_the_whole_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("page.png");
    std::fs::write(&image, page(1800, 2546)).unwrap();
    let shown = |column: [f32; 2]| {
        let slides = reading(&image, vec![focus(0, &lines(0.3, 0.014, 3, column), column)]).into();
        let sight = sight(&ClipSpec { shape: Shape::Portrait, slides, ..spec(title()) }, 500).unwrap();
        // Pixels of the frame per width of the page.
        (sight.window[2] - sight.window[0]) / (sight.part[2] - sight.part[0])
    };
    // A page of 595 points: ten-point print is at least 14 and 28 pixels high.
    assert!(shown([0.12, 0.88]) / 595.0 > 1.4, "{}", shown([0.12, 0.88]));
    assert!(shown([0.1, 0.48]) / 595.0 > 2.6, "{}", shown([0.1, 0.48]));
}

#[test]
fn a_slide_is_shown_whole_in_every_shape() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("slide.png");
    for (width, height) in [(1440, 1080), (1920, 1080)] {
        std::fs::write(&image, page(width, height)).unwrap();
        let focus: Vec<Focus> = [0.2, 0.5, 0.8]
            .iter()
            .zip([0, 3000, 6000])
            .map(|(top, at)| focus(at, &lines(*top, 0.05, 1, [0.1, 0.6]), [0.1, 0.6]))
            .collect();
        for shape in [Shape::Landscape, Shape::Portrait, Shape::Square] {
            for presenter in [spec(title()).presenter, None] {
                let slides = reading(&image, focus.clone()).into();
                let order =
                    ClipSpec { shape, presenter: presenter.clone(), duration_ms: 9000, slides, ..spec(title()) };
                for at in [1500, 4500, 7500] {
                    let part = sight(&order, at).unwrap().part;
                    // What is printed, between its white margins.
                    let whole = part[0] <= 0.1 && part[1] <= 0.1 && part[2] >= 0.9 && part[3] >= 0.9;
                    assert!(whole, "{width} × {height} {shape:?} {}: {part:?}", presenter.is_some());
                }
            }
        }
    }
}

#[test]
fn a_sentence_that_is_longer_than_the_window_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("page.png");
    std::fs::write(&image, page(1800, 2546)).unwrap();
    let column = [0.12, 0.88];
    let long = Focus { from_ms: 0, until_ms: 20_000, lines: lines(0.1, 0.014, 40, column), column };
    let slides = reading(&image, vec![long.clone()]).into();
    let order = ClipSpec { duration_ms: 20_000, slides, ..spec(title()) };
    for (index, line) in (0u32..).zip(&long.lines) {
        // A little after the line's own middle: the camera may be on its way to it.
        let sight = sight(&order, index * 500 + 450).unwrap();
        assert!(sees(&sight, *line), "line {index}: {sight:?}");
    }
}

fn pixels(order: &ClipSpec, at_ms: u32) -> Pixmap {
    Pixmap::decode_png(&still(order, at_ms).unwrap()).unwrap()
}

/// The mean colour of the paper (what is bright) in a part of the window.
fn paper(frame: &Pixmap, sight: &Sight, line: [f32; 4]) -> [u32; 3] {
    let [left, top, right, bottom] = sight.window;
    let across = |x: f32| left + (x - sight.part[0]) / (sight.part[2] - sight.part[0]) * (right - left);
    let down = |y: f32| top + (y - sight.part[1]) / (sight.part[3] - sight.part[1]) * (bottom - top);
    let (mut sum, mut count) = ([0u32; 3], 0);
    for pixel in frame.pixels().iter().enumerate().filter_map(|(at, pixel)| {
        let (x, y) =
            (u16::try_from(at % frame.width() as usize).unwrap(), u16::try_from(at / frame.width() as usize).unwrap());
        let inside = f32::from(x) > across(line[0]) + 8.0 && f32::from(x) < across(line[2]) - 8.0;
        (inside && f32::from(y) > down(line[1]) + 2.0 && f32::from(y) < down(line[3]) - 2.0).then_some(pixel)
    }) {
        if pixel.green() > 120 {
            sum =
                [sum[0] + u32::from(pixel.red()), sum[1] + u32::from(pixel.green()), sum[2] + u32::from(pixel.blue())];
            count += 1;
        }
    }
    sum.map(|value| value / count.max(1))
}

#[test]
fn what_is_read_is_marked_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("page.png");
    std::fs::write(&image, page(1800, 2546)).unwrap();
    let column = [0.12, 0.88];
    let (one, two) = (lines(0.3, 0.015, 2, column), lines(0.35, 0.015, 1, column));
    let slides = reading(&image, vec![focus(0, &one, column), focus(3000, &two, column)]).into();
    let order = ClipSpec { duration_ms: 6000, slides, ..spec(title()) };
    let colour = |at: u32, line: [f32; 4]| paper(&pixels(&order, at), &sight(&order, at).unwrap(), line);
    let tinted = |[red, green, blue]: [u32; 3]| red.max(green).max(blue) - red.min(green).min(blue) > 25;
    assert!(tinted(colour(1500, one[0])) && tinted(colour(1500, one[1])), "{:?}", colour(1500, one[0]));
    assert!(!tinted(colour(1500, two[0])), "{:?}", colour(1500, two[0]));
    assert!(tinted(colour(4500, two[0])) && !tinted(colour(4500, one[0])), "{:?}", colour(4500, two[0]));
}

#[test]
fn the_page_changes_with_the_sentence_by_a_cross_fade() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("1.png"), folder.path().join("2.png"));
    std::fs::write(&first, page(1800, 2546)).unwrap();
    std::fs::write(&second, page(1800, 1000)).unwrap();
    let column = [0.12, 0.88];
    let shown = |from_ms: u32, image: &Path| {
        let focus = vec![focus(from_ms, &lines(0.4, 0.014, 1, column), column)];
        Shown { from_ms, slide: reading(image, focus) }
    };
    let slides = vec![Shown { from_ms: 0, slide: title() }, shown(1000, &first), shown(3500, &second)];
    let order = ClipSpec { slides, duration_ms: 6000, ..spec(title()) };
    assert_eq!(sight(&order, 500), None, "a card");
    assert_eq!([1200, 3400, 3600].map(|at| sight(&order, at).unwrap().slide), [1, 1, 2]);
    let difference = |one: u32, other: u32| {
        let (one, other) = (pixels(&order, one), pixels(&order, other));
        one.data().iter().zip(other.data()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
    };
    let whole = difference(3400, 4400);
    assert!(difference(3400, 3700) < whole && difference(3700, 4400) < whole, "in between, both are seen");
    assert!(difference(3400, 3700) > 0 && difference(3700, 4400) > 0);
}

#[test]
fn captions_and_presenter_never_cover_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("page.png");
    std::fs::write(&image, page(1800, 2546)).unwrap();
    let column = [0.12, 0.88];
    for shape in [Shape::Landscape, Shape::Portrait, Shape::Square] {
        for language in [Language::ENGLISH, Language::ARABIC] {
            let slides = reading(&image, vec![focus(0, &lines(0.3, 0.014, 3, column), column)]).into();
            let sight = sight(&ClipSpec { shape, language, slides, ..spec(title()) }, 500).unwrap();
            let [left, top, right, bottom] = sight.window;
            assert_eq!(sight.covered.len(), 2);
            for cover in sight.covered {
                let apart = right <= cover[0] || left >= cover[2] || bottom <= cover[1] || top >= cover[3];
                assert!(apart, "{shape:?}: {cover:?} over {:?}", sight.window);
            }
        }
    }
}
