//! Emoji and symbols are drawn in captions and on cards, by a font that set-up installs.

use resvg::tiny_skia::Pixmap;
use sluice_domain::language::Language;
use sluice_local::render::{Caption, ClipSpec, Shape, Slide, still};

use super::{spec, title};

fn frame(order: &ClipSpec) -> Pixmap {
    Pixmap::decode_png(&still(order, 500).unwrap()).unwrap()
}

/// Pixels that differ between two frames.
fn changed(one: &ClipSpec, other: &ClipSpec) -> usize {
    let (one, other) = (frame(one), frame(other));
    let far = |a: &u8, b: &u8| a.abs_diff(*b) > 24;
    let pairs = one.data().as_chunks::<4>().0.iter().zip(other.data().as_chunks::<4>().0);
    pairs.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| far(a, b))).count()
}

fn captioned(text: &str, language: Language) -> ClipSpec {
    let captions = vec![Caption { start_ms: 0, end_ms: 900, text: text.to_owned() }];
    ClipSpec { captions, language, shape: Shape::Landscape, ..spec(title()) }
}

#[test]
fn every_kind_of_symbol_leaves_pixels_in_a_burned_caption() {
    for language in [Language::ENGLISH, Language::ARABIC] {
        let none = ClipSpec { captions: Vec::new(), ..captioned("", language) };
        for symbol in ["🐝", "✅", "😀", "👩‍🚀", "🇫🇷", "❤️", "🍯", "★", "☆", "①", "→", "✔", "♥", "☺", "½", "∑", "♪"]
        {
            let drawn = changed(&captioned(symbol, language), &none);
            assert!(drawn > 60, "{symbol} in {language:?}: {drawn} pixels");
        }
    }
}

#[test]
fn an_emoji_is_coloured_and_not_the_same_box_for_all() {
    let bee = captioned("🐝", Language::ENGLISH);
    let honey = captioned("🍯", Language::ENGLISH);
    assert!(changed(&bee, &honey) > 200);
    let colourful = |frame: Pixmap| {
        let strip = &frame.data()[600 * 1280 * 4..690 * 1280 * 4];
        let spread = |pixel: &&[u8; 4]| pixel[0].max(pixel[1]) > pixel[2].saturating_add(80);
        // Left of the presenter.
        strip.as_chunks::<4>().0.iter().enumerate().filter(|(at, pixel)| at % 1280 < 940 && spread(pixel)).count()
    };
    assert!(colourful(frame(&bee)) > 100, "yellow pixels of a bee");
    assert_eq!(colourful(frame(&captioned("bee", Language::ENGLISH))), 0);
}

#[test]
fn cards_draw_emoji_as_well_and_leave_room_for_them() {
    let card = |title: &str| {
        let slide = Slide::Title { kicker: String::new(), title: title.to_owned(), subtitle: String::new() };
        ClipSpec { slides: slide.into(), ..spec(super::title()) }
    };
    assert!(changed(&card("Bees 🐝"), &card("Bees")) > 400);
    // The word after it moves to the right by the width of the emoji.
    assert!(changed(&card("🐝 Bees"), &card("Bees")) > 1500);
}
