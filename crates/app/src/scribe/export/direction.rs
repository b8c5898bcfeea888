//! Left to right, right to left, and texts in which both occur.

use std::borrow::Cow;

use unicode_bidi::{BidiClass, Level, bidi_class};

/// Languages of Whisper and their neighbours that are written from right to left.
const RIGHT_TO_LEFT: &[&str] = &["ar", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"];

/// Isolates (Unicode's annex 9): what is between an opening one and its end does not affect what is around.
const LEFT_TO_RIGHT_ISOLATE: char = '\u{2066}';
const RIGHT_TO_LEFT_ISOLATE: char = '\u{2067}';
const END_OF_ISOLATE: char = '\u{2069}';

/// The direction of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    LeftToRight,
    RightToLeft,
}

impl Direction {
    pub(super) fn of_language(language: &str) -> Self {
        if RIGHT_TO_LEFT.contains(&&*primary_subtag(language)) { Self::RightToLeft } else { Self::LeftToRight }
    }

    /// That of most letters; none if there are none, or as many of both.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let (mut left, mut right) = (0_usize, 0_usize);
        for direction in text.chars().filter_map(Self::of_letter) {
            match direction {
                Self::LeftToRight => left += 1,
                Self::RightToLeft => right += 1,
            }
        }
        match left.cmp(&right) {
            std::cmp::Ordering::Less => Some(Self::RightToLeft),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(Self::LeftToRight),
        }
    }

    /// That of the first letter, by which editors and players choose the direction of a line.
    pub(super) fn of_first_letter(text: &str) -> Option<Self> {
        text.chars().find_map(Self::of_letter)
    }

    fn of_letter(letter: char) -> Option<Self> {
        match bidi_class(letter) {
            BidiClass::L => Some(Self::LeftToRight),
            BidiClass::R | BidiClass::AL => Some(Self::RightToLeft),
            _ => None,
        }
    }

    /// A short text, such as a name, within a line of this direction: isolated if it has letters of the other.
    pub(super) fn inline(self, text: &str) -> Cow<'_, str> {
        if text.chars().filter_map(Self::of_letter).all(|direction| direction == self) {
            return text.into();
        }
        isolated(text, Self::of_text(text).unwrap_or(self)).into()
    }

    /// What was said, at the end of a line of this direction: isolated if most of it has the other. A few words of the other
    /// direction are in place without that.
    pub(super) fn said(self, text: &str) -> Cow<'_, str> {
        match Self::of_text(text) {
            Some(direction) if direction != self => isolated(text, direction).into(),
            _ => text.into(),
        }
    }

    /// What a line has to begin with so that its first letter gives it this direction; nothing where the letter does.
    pub(super) fn mark(self, line: &str) -> &'static str {
        match (self, Self::of_first_letter(line)) {
            (Self::LeftToRight, Some(Self::RightToLeft)) => "\u{200E}",
            (Self::RightToLeft, Some(Self::LeftToRight) | None) => "\u{200F}",
            _ => "",
        }
    }

    /// The embedding level of a paragraph.
    pub(super) fn level(self) -> Level {
        match self {
            Self::LeftToRight => Level::ltr(),
            Self::RightToLeft => Level::rtl(),
        }
    }

    /// `ltr` or `rtl`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

fn isolated(text: &str, direction: Direction) -> String {
    let open = match direction {
        Direction::LeftToRight => LEFT_TO_RIGHT_ISOLATE,
        Direction::RightToLeft => RIGHT_TO_LEFT_ISOLATE,
    };
    format!("{open}{text}{END_OF_ISOLATE}")
}

/// Whether it is one of the signs that `inline` and `said` add.
pub(super) fn is_isolate(letter: char) -> bool {
    matches!(letter, LEFT_TO_RIGHT_ISOLATE | RIGHT_TO_LEFT_ISOLATE | END_OF_ISOLATE)
}

/// The language of a BCP 47 tag: `ar` of `ar-EG`.
pub(super) fn primary_subtag(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A space at which a line may be broken.
pub(super) fn is_space(letter: char) -> bool {
    letter.is_whitespace() && !matches!(letter, '\u{A0}' | '\u{202F}')
}

/// A text on one line, as every format can hold it: single spaces, no control characters, and no overrides of the direction,
/// which would reach beyond it. Marks of direction and joiners stay: they belong to how words are written.
pub(in crate::scribe) fn plain(text: &str) -> String {
    let kept = text.chars().filter_map(|letter| match letter {
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => None,
        letter if letter.is_control() || is_space(letter) => Some(' '),
        letter => Some(letter),
    });
    let kept: String = kept.collect();
    kept.split(' ').filter(|word| !word.trim().is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_isolated_where_directions_mix() {
        let (left, right) = (Direction::LeftToRight, Direction::RightToLeft);
        assert_eq!(left.inline("Amal"), "Amal");
        assert_eq!(left.inline("أمل"), "\u{2067}أمل\u{2069}");
        assert_eq!(right.inline("Dr. Amal"), "\u{2066}Dr. Amal\u{2069}");
        assert_eq!(right.inline("2026"), "2026");
        assert_eq!(right.said("وفق تقرير IPCC لعام 2021."), "وفق تقرير IPCC لعام 2021.");
        assert_eq!(right.said("Thank you."), "\u{2066}Thank you.\u{2069}");
        assert_eq!(
            (right.mark("[12]"), right.mark("[12] نعم"), left.mark("نعم, yes, of course")),
            ("\u{200F}", "", "\u{200E}")
        );
    }

    #[test]
    fn a_text_cannot_turn_what_follows_it() {
        assert_eq!(plain("a\u{202E}b\u{2066}\r\n c\u{0}\u{7}d\u{A0}e"), "ab c d\u{A0}e");
        assert_eq!(plain("می\u{200C}خواهم"), "می\u{200C}خواهم");
        assert_eq!(Direction::of_language("he-IL").name(), "rtl");
        assert_eq!(Direction::of_language("ja").name(), "ltr");
    }
}
