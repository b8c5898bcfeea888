//! Which segments nobody said: Whisper writes something for silence, too, sometimes repeats itself, and makes a whole sentence of a
//! sound that is too short for one.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use sluice_capability::Suppression;

/// Text that compresses better than this repeats itself.
pub(super) const MOST_REPETITIVE: f32 = 2.4;
/// Less of a segment than this with a voice in it is silence, if the model was unsure, too.
const SILENCE: f32 = 0.1;
/// With less voice than this, a phrase that Whisper is known to make up is one, if the model was unsure, too.
const DOUBTFUL: f32 = 0.5;
/// Words in a second that nobody exceeds: fast speech has five or six.
const MOST_A_SECOND: u64 = 8;
/// How exactly it is known how long a passage lasts, in milliseconds.
const AROUND: u64 = 250;
/// Fewer words may be said in any time.
const LEAST_WORDS: usize = 4;
/// Occurrences in a row of the same text, from which on it is left out in a window that repeats itself.
const REPEATS: usize = 3;

/// What Whisper learned from subtitles and writes for silence, in lower case without punctuation.
const PHANTOMS: [&str; 22] = [
    "thank you",
    "thank you for watching",
    "thanks for watching",
    "thank you very much",
    "please subscribe",
    "you",
    "bye",
    "subtitles by the amaraorg community",
    "sous-titres réalisés par la communauté damaraorg",
    "sous-titrage st 501",
    "sous-titrage société radio-canada",
    "merci davoir regardé cette vidéo",
    "untertitel der amaraorg-community",
    "untertitel im auftrag des zdf für funk 2017",
    "vielen dank",
    "subtítulos realizados por la comunidad de amaraorg",
    "gracias por ver el video",
    "sottotitoli creati dalla comunità amaraorg",
    "legendas pela comunidade amaraorg",
    "ご視聴ありがとうございました",
    "اشتركوا في القناة",
    "字幕由amaraorg社区提供",
];

/// What is known about the window of a segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evidence {
    /// Whether the model doubted that somebody speaks, or what was said.
    pub(super) unsure: bool,
    /// How often its text is longer than when it is compressed.
    pub(super) compression: f32,
}

/// Remembers what was said.
#[derive(Debug, Default)]
pub(super) struct Gate {
    last: String,
    times: usize,
}

impl Gate {
    /// Why a segment is left out; none if it is kept. It lasts `lasts_ms` at most, and `voiced` is the share of it with a voice.
    pub(super) fn judge(&mut self, text: &str, lasts_ms: u32, voiced: f32, window: Evidence) -> Option<Suppression> {
        let plain = plain(text);
        if plain == self.last {
            self.times += 1;
        } else {
            self.last.clone_from(&plain);
            self.times = 1;
        }
        let repeats = window.compression > MOST_REPETITIVE
            && (self.times >= REPEATS || compression_ratio(text) > MOST_REPETITIVE);
        if repeats {
            Some(Suppression::Repetition)
        } else if voiced < SILENCE && window.unsure {
            Some(Suppression::Silence)
        } else if voiced < DOUBTFUL && window.unsure && PHANTOMS.contains(&plain.as_str()) {
            Some(Suppression::Phantom)
        } else if is_too_fast(&plain, lasts_ms) {
            Some(Suppression::TooFast)
        } else {
            None
        }
    }
}

/// Lower case, without punctuation.
fn plain(text: &str) -> String {
    let is_kept = |c: &char| c.is_alphanumeric() || c.is_whitespace() || *c == '-';
    let kept: String = text.to_lowercase().chars().filter(is_kept).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text has more words than anybody says in the time. Scripts that write words without spaces have too few to be judged.
fn is_too_fast(plain: &str, lasts_ms: u32) -> bool {
    let words = plain.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
    let most = MOST_A_SECOND * (u64::from(lasts_ms) + AROUND) / 1_000;
    words >= LEAST_WORDS && u64::try_from(words).is_ok_and(|words| words > most)
}

/// How many times longer a text is than when it is compressed.
pub(super) fn compression_ratio(text: &str) -> f32 {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail; if it did, the text would count as not repetitive.
    let compressed = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
    if compressed.is_empty() { 0.0 } else { super::ratio(text.len(), compressed.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SURE: Evidence = Evidence { unsure: false, compression: 1.3 };
    const LOOP: Evidence = Evidence { unsure: true, compression: 5.0 };

    #[test]
    fn repetition_compresses_and_speech_does_not() {
        assert!(compression_ratio(&"and so on ".repeat(20)) > MOST_REPETITIVE);
        assert!(compression_ratio("He was not an impressive figure, but his eyes were kind.") < MOST_REPETITIVE);
        assert!(compression_ratio("") < 1.0);
    }

    #[test]
    fn a_loop_is_left_out_from_its_third_time_on() {
        let mut gate = Gate::default();
        let judged: Vec<_> = (0..4).map(|_| gate.judge(" So it goes.", 2_000, 0.9, LOOP)).collect();
        assert_eq!(judged, [None, None, Some(Suppression::Repetition), Some(Suppression::Repetition)]);
        let mut gate = Gate::default();
        assert!((0..4).all(|_| gate.judge(" No!", 2_000, 0.9, SURE).is_none()), "a person may repeat a word");
    }

    #[test]
    fn text_without_a_voice_is_left_out_when_the_model_was_unsure() {
        let mut gate = Gate::default();
        assert_eq!(
            gate.judge(" Something.", 2_000, 0.02, Evidence { unsure: true, ..SURE }),
            Some(Suppression::Silence)
        );
        assert_eq!(gate.judge(" Something else.", 2_000, 0.02, SURE), None);
    }

    #[test]
    fn more_words_than_anybody_says_in_the_time_are_left_out() {
        let mut gate = Gate::default();
        let nine = " I will see you all again in the morning.";
        assert_eq!(gate.judge(nine, 300, 0.9, SURE), Some(Suppression::TooFast));
        assert_eq!(gate.judge(nine, 1_800, 0.9, SURE), None, "five a second");
        assert_eq!(gate.judge(nine, 1_100, 0.9, SURE), None, "as fast as anybody speaks");
        assert_eq!(gate.judge(" No - no, no!", 100, 0.9, SURE), None, "a dash is no word");
        assert_eq!(gate.judge(" من يأتي معنا غدا إلى البيت؟", 300, 0.9, SURE), Some(Suppression::TooFast));
        assert_eq!(gate.judge("ご視聴ありがとうございました。", 300, 0.9, SURE), None, "words without spaces");
    }

    #[test]
    fn a_known_phrase_counts_with_a_voice_or_when_the_model_was_sure() {
        let mut gate = Gate::default();
        let unsure = Evidence { unsure: true, ..SURE };
        assert_eq!(gate.judge(" Thank you for watching!", 2_000, 0.2, unsure), Some(Suppression::Phantom));
        assert_eq!(gate.judge(" Thank you for watching!", 2_000, 0.9, unsure), None);
        assert_eq!(gate.judge(" Thank you for watching!", 2_000, 0.2, SURE), None);
        assert_eq!(gate.judge("ご視聴ありがとうございました。", 2_000, 0.2, unsure), Some(Suppression::Phantom));
    }
}
