//! Speech that is heard while it goes on: each hearing begins where the text is not certain yet, and words that two hearings
//! in a row agree on are certain (`LocalAgreement-2`; Macháček, Dabre, Bojar: Turning Whisper into Real-Time Transcription
//! System, 2023).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sluice_capability::Word;

use super::choice::Size;

/// A pause after the last word that makes all of them certain, in milliseconds.
const PAUSE: u32 = 1_500;
/// Sound that is heard again is cut after a certain sentence when it is longer than this.
const COMFORTABLE: u32 = 8_000;
/// It is cut after any certain word when it is longer than this: a window has 30 seconds.
const LONG: u32 = 18_000;
/// Without any agreement, all words but those of the last seconds are taken as certain.
const LONGEST: u32 = 25_000;
/// Those last seconds, and what is kept of a sound in which nobody speaks.
const TAIL: u32 = 2_000;
/// Words that are remembered: for the prompt, and to recognise what is heard twice at a cut.
const REMEMBERED: usize = 60;
/// A word that begins so soon after what is certain may be a part of it, heard twice.
const SEAM: u32 = 1_000;
/// Most words that are looked at for that.
const REPEATED: usize = 5;

/// Hearings in a row by the larger model that take longer than the sound that is new to them, until the smaller one hears the
/// rest: the first one loads it.
const MOST_LATE: u8 = 3;
/// A hearing that takes no longer is not late, however little is new: it may have waited for another one.
const LEAST_NEW: Duration = Duration::from_secs(5);
/// Certain words, in milliseconds, in the same language, that make it certain.
const ENOUGH: u32 = 5_000;

const SENTENCE_ENDS: [char; 8] = ['.', '?', '!', '…', '。', '？', '！', '؟'];

/// How far a live transcript is. It can be stored between two hearings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// ISO 639-1 code of what is spoken, once it is certain.
    language: Option<String>,
    /// What the hearings took it for, and for how many milliseconds of certain words they agreed.
    likely: Option<(String, u32)>,
    from_ms: u32,
    certain_until_ms: u32,
    /// The last words that are certain.
    said: Vec<Word>,
    /// What the last hearing wrote after them.
    guess: Vec<Word>,
    /// Up to where the last hearing went.
    #[serde(default)]
    heard_ms: u32,
    /// Hearings in a row in which the larger model did not keep up.
    #[serde(default)]
    late: u8,
}

/// What a hearing added.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// Words that will not change, after those of earlier hearings. Times are in milliseconds of the whole sound.
    pub certain: Vec<Word>,
    /// Words after them that may still change: they take the place of those of the last hearing.
    pub provisional: Vec<Word>,
    /// Up to where there was sound, in milliseconds of the whole: less than was asked for where the sound ends.
    pub until_ms: u32,
}

impl Live {
    /// A transcript that has not begun. The language is found out when it is not given.
    pub fn new(language: Option<String>) -> Self {
        Self { language, ..Self::default() }
    }

    /// From where on the sound is needed for the next hearing, in milliseconds.
    pub fn from_ms(&self) -> u32 {
        self.from_ms
    }

    /// What is spoken, or so far seems to be.
    pub fn language(&self) -> Option<&str> {
        self.language.as_deref().or(self.likely.as_ref().map(|(language, _)| language.as_str()))
    }

    /// What is spoken, once it is certain: a word or two may be in any language.
    pub(super) fn certain_language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// The size that hears it next, where the larger one is installed. What is spoken must be certain, so that it does not
    /// change to and fro; a machine on which the larger one does not keep up goes on with the smaller one.
    pub(super) fn size(&self, has_larger: bool) -> Size {
        let keeps_up = self.late < MOST_LATE;
        if has_larger && keeps_up { Size::for_live(self.certain_language()) } else { Size::Base }
    }

    /// A size heard it up to here, and took so long.
    pub(super) fn heard_by(&mut self, size: Size, took: Duration, until_ms: u32) {
        let new = Duration::from_millis(until_ms.saturating_sub(self.heard_ms).into()).max(LEAST_NEW);
        self.heard_ms = self.heard_ms.max(until_ms);
        if size != Size::Base {
            self.late = if took > new { self.late.saturating_add(1) } else { 0 };
        }
    }

    /// The text before what is heard again.
    pub(super) fn prompt(&self) -> Option<String> {
        let before = self.said.iter().filter(|word| word.end_ms <= self.from_ms);
        let text = before.map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    /// Leaves out what is before a moment that was not heard yet; what was provisional is certain.
    pub fn skip_to(&mut self, ms: u32) -> Vec<Word> {
        let certain = self.finish();
        self.remember(&certain);
        self.from_ms = self.from_ms.max(ms);
        self.certain_until_ms = self.certain_until_ms.max(ms);
        // What was left out is no new sound of the next hearing.
        self.heard_ms = self.heard_ms.max(ms);
        certain
    }

    /// The sound has ended: what was provisional is certain.
    pub fn finish(&mut self) -> Vec<Word> {
        std::mem::take(&mut self.guess)
    }

    /// Takes in what was heard from [`Live::from_ms`] to `until_ms`.
    pub(super) fn grow(&mut self, heard: Vec<Word>, language: &str, until_ms: u32) -> Growth {
        let words = self.after_what_is_certain(heard);
        if words.is_empty() && !self.guess.is_empty() {
            return self.nothing_again(until_ms);
        }
        let count = self.certain_of(&words, until_ms);
        let mut certain = words;
        let provisional = certain.split_off(count);
        if let Some(last) = certain.last() {
            self.certain_until_ms = last.end_ms;
            self.take_for(language, certain.iter().map(|word| word.end_ms.saturating_sub(word.start_ms)).sum());
        }
        self.remember(&certain);
        self.guess.clone_from(&provisional);
        self.cut(until_ms);
        Growth { certain, provisional, until_ms }
    }

    /// Nothing is heard where something was: what was guessed stays, until there is no room for more.
    fn nothing_again(&mut self, until_ms: u32) -> Growth {
        if until_ms.saturating_sub(self.from_ms) <= LONG {
            return Growth { certain: Vec::new(), provisional: self.guess.clone(), until_ms };
        }
        let certain = std::mem::take(&mut self.guess);
        self.certain_until_ms = certain.last().map_or(self.certain_until_ms, |last| last.end_ms);
        self.remember(&certain);
        self.cut(until_ms);
        Growth { certain, provisional: Vec::new(), until_ms }
    }

    fn remember(&mut self, certain: &[Word]) {
        self.said.extend_from_slice(certain);
        self.said.drain(..self.said.len().saturating_sub(REMEMBERED));
    }

    /// So many milliseconds of certain words were taken for this language.
    fn take_for(&mut self, language: &str, ms: u32) {
        let before = self.likely.take().filter(|(likely, _)| likely == language).map_or(0, |(_, ms)| ms);
        if self.language.is_none() && before + ms >= ENOUGH {
            self.language = Some(language.to_owned());
        }
        self.likely = Some((language.to_owned(), before + ms));
    }

    /// The words that come after what is certain.
    fn after_what_is_certain(&self, mut words: Vec<Word>) -> Vec<Word> {
        let certain = self.certain_until_ms;
        words.retain(|word| word.start_ms.midpoint(word.end_ms) >= certain);
        let begins = words.first().map_or(u32::MAX, |first| first.start_ms);
        // One word alone may have been said twice.
        let least = if begins < certain { 1 } else { 2 };
        let longest = REPEATED.min(words.len()).min(self.said.len());
        let repeats = |count: &usize| same(&words[..*count], &self.said[self.said.len() - count..]);
        if begins < certain.saturating_add(SEAM)
            && let Some(count) = (least..=longest).rev().find(repeats)
        {
            words.drain(..count);
        }
        words
    }

    /// How many of these words are certain.
    fn certain_of(&self, words: &[Word], until_ms: u32) -> usize {
        if words.last().is_some_and(|last| until_ms.saturating_sub(last.end_ms) >= PAUSE) {
            return words.len();
        }
        let agreed = words.iter().zip(&self.guess).take_while(|(new, old)| is_same(new, old)).count();
        if agreed == 0 && until_ms - self.from_ms.min(until_ms) > LONGEST {
            return words.iter().take_while(|word| word.end_ms + TAIL <= until_ms).count();
        }
        agreed
    }

    /// Leaves out the beginning of what would be heard again, when that is long.
    fn cut(&mut self, until_ms: u32) {
        let length = until_ms.saturating_sub(self.from_ms);
        let mut heard_again = self.said.iter().rev().take_while(|word| word.end_ms > self.from_ms);
        let ends = |word: &&Word| word.text.ends_with(SENTENCE_ENDS);
        let sentence = heard_again.clone().find(ends).map(|word| word.end_ms);
        let word = heard_again.next().map(|word| word.end_ms);
        if let Some(end) = sentence.filter(|_| length > COMFORTABLE) {
            self.from_ms = end;
        } else if let Some(end) = word.filter(|_| length > LONG) {
            self.from_ms = end;
        } else if self.guess.is_empty() && word.is_none() && length > COMFORTABLE {
            self.from_ms = until_ms - TAIL;
        }
    }
}

fn same(words: &[Word], others: &[Word]) -> bool {
    words.iter().zip(others).all(|(word, other)| is_same(word, other))
}

/// Whether two words are the same but for case and punctuation.
fn is_same(word: &Word, other: &Word) -> bool {
    let letters = |word: &Word| -> String {
        word.text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (one, two) = (letters(word), letters(other));
    if one.is_empty() { word.text == other.text } else { one == two }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of 400 ms, one after the other.
    fn words(text: &str, from_ms: u32) -> Vec<Word> {
        let word = |(at, text): (u32, &str)| {
            let start_ms = from_ms + at * 400;
            Word { text: text.to_owned(), start_ms, end_ms: start_ms + 400, confidence: 1.0 }
        };
        (0..).zip(text.split(' ')).map(word).collect()
    }

    fn text(words: &[Word]) -> String {
        words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_two_hearings_agree_on_is_certain() {
        let mut live = Live::default();
        let first = live.grow(words("the light on the rocks", 0), "en", 2_000);
        assert_eq!(
            (text(&first.certain), text(&first.provisional)),
            (String::new(), "the light on the rocks".to_owned())
        );
        assert_eq!(live.language(), None);
        let second = live.grow(words("The light, on the rock shines at night", 0), "en", 3_200);
        assert_eq!(text(&second.certain), "The light, on the");
        assert_eq!(text(&second.provisional), "rock shines at night");
        assert_eq!((live.language(), live.certain_language()), (Some("en"), None));
        let third = live.grow(words("The light, on the rock shines by day", 0), "de", 3_200);
        assert_eq!((text(&third.certain), text(&third.provisional)), ("rock shines".to_owned(), "by day".to_owned()));
        assert_eq!(live.language(), Some("de"), "two words may be in any language");
        assert_eq!(text(&live.finish()), "by day");
        assert_eq!(live.finish(), []);
    }

    #[test]
    fn what_is_skipped_is_not_heard_and_what_was_guessed_stays() {
        let mut live = Live::default();
        live.grow(words("one two", 0), "en", 1_000);
        assert_eq!(text(&live.skip_to(30_000)), "one two");
        assert_eq!(live.from_ms(), 30_000);
        let growth = live.grow(words("before after", 29_500), "en", 40_000);
        assert_eq!(text(&growth.certain), "after", "a pause of five seconds follows");
    }

    #[test]
    fn a_pause_makes_all_certain() {
        let mut live = Live::default();
        let growth = live.grow(words("good evening.", 0), "en", 2_300);
        assert_eq!((text(&growth.certain), growth.provisional.len()), ("good evening.".to_owned(), 0));
    }

    #[test]
    fn what_is_long_is_cut_after_a_sentence_and_given_as_a_prompt() {
        let mut live = Live::default();
        let spoken = "one two three four five six seven eight nine ten. eleven twelve thirteen fourteen fifteen sixteen \
                      seventeen eighteen nineteen twenty one";
        live.grow(words(spoken, 0), "en", 8_400);
        live.grow(words(spoken, 0), "en", 8_400);
        assert_eq!(live.from_ms(), 4_000);
        assert_eq!(live.prompt().as_deref(), Some("one two three four five six seven eight nine ten."));
        let again = live.grow(words("eleven twelve", 4_000), "en", 8_400);
        assert_eq!((again.certain, again.provisional), (vec![], vec![]), "they are certain already");
    }

    #[test]
    fn what_is_heard_twice_at_a_cut_is_written_once() {
        let mut live = Live::default();
        live.grow(words("we sail at dawn", 0), "en", 4_000);
        let growth = live.grow(words("at dawn with the tide", 1_500), "en", 3_500);
        assert_eq!(
            (text(&growth.provisional), text(&live.finish())),
            ("with the tide".to_owned(), "with the tide".to_owned())
        );
    }

    #[test]
    fn a_language_that_is_heard_for_long_does_not_change_any_more() {
        let mut live = Live::default();
        let text = "one two three four five six seven eight nine ten eleven twelve thirteen";
        live.grow(words(text, 0), "en", 5_300);
        live.grow(words(text, 0), "en", 5_300);
        assert_eq!(live.certain_language(), Some("en"));
        live.grow(words("fourteen", 5_200), "de", 9_000);
        assert_eq!(live.language(), Some("en"));
    }

    #[test]
    fn a_word_that_is_said_twice_is_written_twice() {
        let mut live = Live::default();
        live.grow(words("it is very", 0), "en", 4_000);
        let growth = live.grow(words("very good", 1_300), "en", 4_200);
        assert_eq!(text(&growth.certain), "very good");
    }

    #[test]
    fn what_was_guessed_is_kept_when_nothing_is_heard() {
        let mut live = Live::default();
        live.grow(words("a b c", 0), "en", 2_000);
        let growth = live.grow(Vec::new(), "", 10_000);
        assert_eq!((growth.certain, text(&growth.provisional)), (vec![], "a b c".to_owned()));
        assert_eq!(live.from_ms(), 0);
        let growth = live.grow(Vec::new(), "", 20_000);
        assert_eq!(text(&growth.certain), "a b c");
        assert!(live.from_ms() > 0);
    }

    #[test]
    fn without_agreement_it_goes_on_all_the_same() {
        let mut live = Live::default();
        let many = ["a"; 64].join(" ");
        let growth = live.grow(words(&many, 0), "en", 26_000);
        assert_eq!(growth.certain.len(), 60);
        assert!(live.from_ms() > 20_000);
    }

    #[test]
    fn the_larger_model_hears_a_language_that_the_smaller_one_knows_poorly_while_it_keeps_up() {
        let live = |language: &str| Live::new(Some(language.to_owned()));
        assert_eq!(live("ja").size(true), Size::Small);
        assert_eq!(live("ja").size(false), Size::Base, "it is not installed");
        assert_eq!(live("en").size(true), Size::Base);
        let mut unknown = Live::default();
        unknown.grow(words("uno due", 0), "pl", 2_000);
        assert_eq!(unknown.size(true), Size::Base, "two words may be in any language");

        let mut slow = live("ja");
        for until_ms in [5_000, 10_000] {
            slow.heard_by(Size::Small, Duration::from_secs(9), until_ms);
        }
        slow.heard_by(Size::Small, Duration::from_secs(4), 15_000);
        assert_eq!(slow.size(true), Size::Small, "it caught up");
        for until_ms in [20_000, 25_000, 30_000] {
            slow.heard_by(Size::Small, Duration::from_secs(6), until_ms);
        }
        let stored = serde_json::to_string(&slow).unwrap();
        let mut slow: Live = serde_json::from_str(&stored).unwrap();
        slow.heard_by(Size::Base, Duration::from_secs(1), 35_000);
        assert_eq!(slow.size(true), Size::Base, "for good");
        let before = r#"{"language":"ja","likely":null,"from_ms":0,"certain_until_ms":0,"said":[],"guess":[]}"#;
        assert_eq!(serde_json::from_str::<Live>(before).unwrap(), live("ja"), "as earlier versions stored it");
    }

    #[test]
    fn silence_is_not_heard_for_ever() {
        let mut live = Live::default();
        for until_ms in (0..60_000).step_by(5_000) {
            live.grow(Vec::new(), "", until_ms);
            assert!(until_ms - live.from_ms() <= COMFORTABLE);
        }
    }
}
