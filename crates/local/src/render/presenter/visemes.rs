//! From phonemes to visemes: the mouth shape of each sound of the International Phonetic Alphabet, and the transitions
//! between them.

use sluice_domain::speech::PhonemeTiming;

/// A mouth shape. All values from 0 to 1, except `wide`, from -1 (narrow) to 1 (spread).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mouth {
    /// How far the jaw is lowered.
    pub(crate) open: f32,
    /// Corners of the mouth.
    pub(crate) wide: f32,
    /// Lips protruded and rounded.
    pub(crate) round: f32,
    /// Upper teeth visible.
    pub(crate) teeth: f32,
    /// Tongue visible between or behind the teeth.
    pub(crate) tongue: f32,
    /// Lips pressed together.
    pub(crate) press: f32,
    /// Lower lip under the upper teeth.
    pub(crate) tuck: f32,
}

const fn mouth(open: f32, wide: f32, round: f32, teeth: f32, tongue: f32) -> Mouth {
    Mouth { open, wide, round, teeth, tongue, press: 0.0, tuck: 0.0 }
}

/// The sixteen visemes of English and Arabic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Viseme {
    /// Silence.
    Rest,
    /// p b m
    Closed,
    /// f v
    LipTeeth,
    /// θ ð, and their emphatic ẓ
    TongueTeeth,
    /// t d and emphatic ṭ ḍ
    TongueRidge,
    /// n l r
    Liquid,
    /// s z, emphatic ṣ
    Hiss,
    /// ʃ ʒ tʃ dʒ
    Hush,
    /// k ɡ ŋ x ɣ q
    Back,
    /// ɹ ɝ
    Rhotic,
    /// a ɑ æ ʌ
    Wide,
    /// e ɛ ə
    Mid,
    /// i ɪ j
    Spread,
    /// o ɔ
    Round,
    /// u ʊ w
    Pursed,
    /// h ħ ʕ ʔ
    Breath,
}

impl Viseme {
    /// The mouth at its fullest, and its weight among other sounds: the lips must close for an m, but a k is
    /// articulated out of sight.
    fn shape(self) -> (Mouth, f32) {
        match self {
            Self::Rest => (mouth(0.0, 0.12, 0.0, 0.0, 0.0), 1.0),
            Self::Closed => (Mouth { press: 1.0, ..mouth(0.0, 0.0, 0.0, 0.0, 0.0) }, 1.0),
            Self::LipTeeth => (Mouth { tuck: 1.0, ..mouth(0.16, 0.1, 0.0, 1.0, 0.0) }, 0.95),
            Self::TongueTeeth => (mouth(0.26, 0.1, 0.0, 0.8, 1.0), 0.8),
            Self::TongueRidge => (mouth(0.22, 0.18, 0.0, 0.75, 0.35), 0.55),
            Self::Liquid => (mouth(0.27, 0.15, 0.0, 0.55, 0.55), 0.5),
            Self::Hiss => (mouth(0.13, 0.42, 0.0, 1.0, 0.0), 0.75),
            Self::Hush => (mouth(0.22, -0.4, 0.62, 0.85, 0.0), 0.85),
            Self::Back => (mouth(0.32, 0.08, 0.0, 0.4, 0.1), 0.35),
            Self::Rhotic => (mouth(0.26, -0.25, 0.45, 0.45, 0.15), 0.6),
            Self::Wide => (mouth(0.95, 0.18, 0.0, 0.5, 0.35), 0.9),
            Self::Mid => (mouth(0.55, 0.3, 0.0, 0.55, 0.3), 0.7),
            Self::Spread => (mouth(0.3, 0.8, 0.0, 0.75, 0.15), 0.85),
            Self::Round => (mouth(0.66, -0.35, 0.75, 0.15, 0.1), 0.9),
            Self::Pursed => (mouth(0.26, -0.75, 1.0, 0.0, 0.0), 0.95),
            Self::Breath => (mouth(0.4, 0.1, 0.0, 0.35, 0.1), 0.3),
        }
    }

    fn is_vowel(self) -> bool {
        matches!(self, Self::Wide | Self::Mid | Self::Spread | Self::Round | Self::Pursed)
    }
}

/// The visemes of a phoneme, in order: two for a diphthong, none if it only marks stress or length.
pub(crate) fn visemes(ipa: &str) -> Vec<Viseme> {
    let mut found: Vec<Viseme> = Vec::new();
    for character in ipa.chars() {
        let Some(viseme) = viseme(character) else { continue };
        let stop_before_hush = viseme == Viseme::Hush && found.last() == Some(&Viseme::TongueRidge);
        if stop_before_hush {
            // An affricate is rounded from its start.
            found.pop();
        }
        if found.last() != Some(&viseme) {
            found.push(viseme);
        }
    }
    if found.is_empty() && ipa.trim().is_empty() { vec![Viseme::Rest] } else { found }
}

fn viseme(character: char) -> Option<Viseme> {
    Some(match character {
        'p' | 'b' | 'm' | 'ɓ' | 'ʙ' => Viseme::Closed,
        'f' | 'v' | 'ɱ' | 'ʋ' => Viseme::LipTeeth,
        'θ' | 'ð' => Viseme::TongueTeeth,
        't' | 'd' | 'ʈ' | 'ɖ' | 'ɗ' | 'ɾ' | 'T' | 'D' => Viseme::TongueRidge,
        'n' | 'l' | 'r' | 'ɫ' | 'ɬ' | 'ɭ' | 'ʎ' | 'ɲ' | 'ɳ' => Viseme::Liquid,
        's' | 'z' | 'ç' | 'S' | 'Z' => Viseme::Hiss,
        'ʃ' | 'ʒ' | 'ʂ' | 'ʐ' | 'ɕ' | 'ʑ' | 'c' | 'ɟ' => Viseme::Hush,
        'k' | 'g' | 'ɡ' | 'ŋ' | 'x' | 'ɣ' | 'q' | 'χ' | 'ʁ' | 'ɢ' | 'ɴ' | 'ʀ' => Viseme::Back,
        'ɹ' | 'ɻ' | 'ɝ' | 'ɚ' | 'ɜ' => Viseme::Rhotic,
        'a' | 'ɑ' | 'æ' | 'ʌ' | 'ɐ' | 'ɒ' | 'ä' => Viseme::Wide,
        'e' | 'ɛ' | 'ə' | 'ɘ' | 'ɞ' | 'ᵻ' | 'œ' => Viseme::Mid,
        'i' | 'ɪ' | 'j' | 'ɨ' => Viseme::Spread,
        'o' | 'ɔ' | 'ɵ' | 'ø' => Viseme::Round,
        'u' | 'ʊ' | 'w' | 'ʉ' | 'y' | 'ʏ' | 'ʍ' | 'ɥ' => Viseme::Pursed,
        'h' | 'ħ' | 'ʕ' | 'ʔ' | 'ɦ' | 'ʜ' => Viseme::Breath,
        _ => return None,
    })
}

/// A mouth shape held over a span of time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Held {
    start: f32,
    end: f32,
    mouth: Mouth,
}

/// The lips over the time of a clip.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lips {
    held: Vec<Held>,
}

/// Longest transition from one mouth shape to the next, in seconds: lips take 50 to 80 ms.
const TRANSITION: f32 = 0.075;
/// How much longer the transition to rest takes.
const CLOSING: f32 = 1.6;
/// A gap between two sounds that is too short for rest, in seconds.
const NO_REST: f32 = 0.08;
/// Lips move slightly before the sound.
const AHEAD: f32 = 0.012;

impl Lips {
    /// From the phoneme timings of a voice, in order.
    pub(crate) fn new(phonemes: &[PhonemeTiming]) -> Self {
        let mut sounds: Vec<(f32, f32, Viseme)> = Vec::new();
        for phoneme in phonemes {
            let (start, end) = (seconds(phoneme.start_ms), seconds(phoneme.end_ms.max(phoneme.start_ms)));
            let found = visemes(&phoneme.ipa);
            if found.is_empty() {
                // A length or stress mark prolongs the preceding sound.
                if let Some(last) = sounds.last_mut() {
                    last.1 = last.1.max(end);
                }
                continue;
            }
            let share = (end - start) / f32::from(u8::try_from(found.len()).unwrap_or(1));
            let mut from = start;
            for viseme in found {
                sounds.push((from, from + share, viseme));
                from += share;
            }
        }
        for index in 1..sounds.len() {
            let start = sounds[index].0;
            if start - sounds[index - 1].1 < NO_REST {
                sounds[index - 1].1 = start;
            }
        }
        Self { held: (0..sounds.len()).map(|index| hold(&sounds, index)).collect() }
    }

    /// The mouth shape at `seconds` of the clip.
    pub(crate) fn at(&self, seconds: f32) -> Mouth {
        let time = seconds + AHEAD;
        let rest = Viseme::Rest.shape().0;
        let index = self.held.partition_point(|held| held.start <= time);
        let Some(current) = index.checked_sub(1).and_then(|index| self.held.get(index)) else {
            return self.held.first().map_or(rest, |first| cross(rest, first.mouth, time - first.start, TRANSITION));
        };
        if time >= current.end {
            let next = self.held.get(index).map_or(f32::INFINITY, |next| next.start);
            let closing = cross(current.mouth, rest, time - current.end, TRANSITION * CLOSING);
            return match self.held.get(index) {
                Some(held) if next - time < TRANSITION / 2.0 => cross(closing, held.mouth, time - next, TRANSITION),
                _ => closing,
            };
        }
        let before = index.checked_sub(2).and_then(|index| self.held.get(index));
        let entering = match before {
            Some(before) if current.start - before.end < 0.02 => {
                cross(before.mouth, current.mouth, time - current.start, transition(before, current))
            }
            _ => cross(rest, current.mouth, time - current.start, TRANSITION),
        };
        match self.held.get(index) {
            Some(next) if next.start - current.end < 0.02 => {
                cross(entering, next.mouth, time - next.start, transition(current, next))
            }
            _ => cross(entering, rest, time - current.end, TRANSITION * CLOSING),
        }
    }
}

/// A transition never takes longer than the shorter of the two sounds.
fn transition(one: &Held, other: &Held) -> f32 {
    TRANSITION.min(one.end - one.start).min(other.end - other.start).max(0.02)
}

/// From one mouth shape to the other, half-way at 0, over `length` seconds.
fn cross(from: Mouth, to: Mouth, time: f32, length: f32) -> Mouth {
    let part = (time / length + 0.5).clamp(0.0, 1.0);
    mix(from, to, part * part * (3.0 - 2.0 * part))
}

fn mix(from: Mouth, to: Mouth, part: f32) -> Mouth {
    let between = |a: f32, b: f32| a + (b - a) * part;
    Mouth {
        open: between(from.open, to.open),
        wide: between(from.wide, to.wide),
        round: between(from.round, to.round),
        teeth: between(from.teeth, to.teeth),
        tongue: between(from.tongue, to.tongue),
        press: between(from.press, to.press),
        tuck: between(from.tuck, to.tuck),
    }
}

/// The mouth shape of a sound in context: weak sounds are coarticulated with the nearest vowels, short vowels do not
/// open fully.
fn hold(sounds: &[(f32, f32, Viseme)], index: usize) -> Held {
    let (start, end, viseme) = sounds[index];
    let (own, strength) = viseme.shape();
    let vowel = |found: Option<&(f32, f32, Viseme)>| found.map(|sound| sound.2.shape().0);
    let near = |from: usize, to: usize| {
        sounds.get(from..to).unwrap_or_default().iter().find(|sound| sound.2.is_vowel() || sound.2 == Viseme::Rest)
    };
    let after = vowel(near(index + 1, (index + 3).min(sounds.len())));
    let before = vowel(sounds[index.saturating_sub(2)..index].iter().rev().find(|sound| sound.2.is_vowel()));
    let around = match (before, after) {
        (Some(before), Some(after)) => mix(before, after, 0.6),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => own,
    };
    let mut mouth = if viseme.is_vowel() || viseme == Viseme::Rest { own } else { mix(around, own, strength) };
    if viseme.is_vowel() {
        let fullness = ((end - start) / 0.11).clamp(0.62, 1.0);
        mouth.open *= fullness;
    } else if viseme != Viseme::Rest {
        // No consonant is as open as the adjacent vowel.
        mouth.open = mouth.open.min(own.open.max(0.42));
    }
    Held { start, end, mouth }
}

#[expect(clippy::cast_precision_loss, reason = "a clip lasts minutes: far below 2^24 ms")]
fn seconds(ms: u32) -> f32 {
    ms as f32 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(ipa: &str, start_ms: u32, end_ms: u32) -> PhonemeTiming {
        PhonemeTiming { ipa: ipa.to_owned(), start_ms, end_ms }
    }

    #[test]
    fn every_sound_of_english_and_arabic_has_a_mouth() {
        let english =
            "p b t d k ɡ tʃ dʒ f v θ ð s z ʃ ʒ h m n ŋ l ɹ j w iː ɪ e ɛ æ ɑː ɒ ɔː ʊ uː ʌ ɜː ə eɪ aɪ ɔɪ oʊ aʊ ɐ ɚ ᵻ ɾ";
        let arabic = "b t θ dʒ ħ x d ð r z s ʃ sˤ dˤ tˤ ðˤ ʕ ɣ f q k l m n h w j ʔ a aː i iː u uː";
        for ipa in english.split(' ').chain(arabic.split(' ')) {
            assert!(!visemes(ipa).is_empty(), "no mouth for {ipa}");
        }
        assert_eq!(visemes("aɪ"), [Viseme::Wide, Viseme::Spread]);
        assert_eq!(visemes("ˈtʃ"), [Viseme::Hush]);
        assert_eq!(visemes(""), [Viseme::Rest]);
        assert!(visemes("ː").is_empty());
    }

    #[test]
    fn lips_close_for_m_and_open_for_a_within_two_frames() {
        let lips = Lips::new(&[timing("m", 500, 600), timing("aː", 600, 850), timing("m", 850, 950)]);
        assert!(lips.at(0.2).open < 0.01);
        assert!(lips.at(0.55).press > 0.9 && lips.at(0.55).open < 0.05, "{:?}", lips.at(0.55));
        assert!(lips.at(0.64).open > 0.85, "{:?}", lips.at(0.64));
        assert!(lips.at(0.72).open > 0.9);
        assert!(lips.at(0.90).press > 0.9);
        assert!(lips.at(1.1).open < 0.01 && lips.at(1.1).press < 0.05);
    }

    #[test]
    fn lips_never_jump() {
        let sounds = ["s", "p", "iː", "tʃ", "", "ʕ", "a", "r", "a", "b", "iː"];
        let timings: Vec<PhonemeTiming> =
            sounds.iter().zip((0u32..).step_by(70)).map(|(ipa, at)| timing(ipa, at, at + 70)).collect();
        let lips = Lips::new(&timings);
        let mut before = lips.at(-0.2);
        for step in 0..1100u16 {
            let now = lips.at(f32::from(step) / 1000.0 - 0.2);
            assert!((now.open - before.open).abs() < 0.12 && (now.wide - before.wide).abs() < 0.15, "at {step} ms");
            before = now;
        }
    }
}
