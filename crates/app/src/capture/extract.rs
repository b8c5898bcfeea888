//! Extracts the text of a capture: by OCR from a picture, by transcription from a sound. A typed text is used as it is.

mod here;
pub(super) mod lost;
mod remote;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{MadeBy, TranscribeRequest, Transcript, Wish};
use sluice_domain::language::LanguageCode;
use sluice_domain::study::{Doubt, Reason, Source, StudyLanguage};
use sluice_engine::{Called, JobError, Run};
use sluice_local::photo::shape;
use sluice_store::capture::{Original, PhraseId, PhraseRow, SourceKind};

use super::card::{self, CardFields, Origin};
use super::clip::with_ending;
use super::context::CaptureApp;
use super::text::plain;
use super::{PHRASE_CHARACTERS, current, languages};
use crate::routing::{self, PassedOver, Unchanged};

/// The version of the results of OCR, a part of their key: changed when the same picture gives another result.
const READ: &str = "capture.read/3";
/// The same of transcription. It stays when a result only gets more fields, since a provider would be paid again.
const HEARD: &str = "capture.hear/1";
/// The name of this machine's engines among the providers.
const LOCAL: &str = "local";
/// The confidence of OCR below which a line may be wrong.
const READ_SURELY: f32 = 0.9;
/// Tesseract reports high confidence for misread lines, so its confidence is ignored.
const NEVER_SURE: &str = "tesseract";
/// Fewest letters of a line per unit of its width divided by its height; print has one to three. A line with fewer has letters
/// that were not recognised, such as those of another script, which no engine reports.
const DENSE: f32 = 0.7;
/// The confidence of transcription below which a word may be wrong.
const HEARD_SURELY: f32 = 0.8;
/// The highest certainty of a spoken language that was detected, in thousandths.
const SPOKEN: u32 = 900;
/// The codes of errors for a picture without text in the chosen language.
const UNREAD: [&str; 3] = ["no_text", "text_unreadable", "text_wrong_script"];
/// Most characters of the recognised text that an error shows.
const SHOWN: usize = 60;

/// What was read on a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Reading {
    /// Pixels across, upright as the camera was held.
    pub(super) width: u32,
    /// Pixels down.
    pub(super) height: u32,
    /// Clockwise quarter turns after which the text is upright.
    pub(super) quarter_turns: u8,
    /// Its lines in reading order.
    pub(super) lines: Vec<Line>,
    /// The confidence for everything that looks like text, including what could not be read and is in no line; from 0 to 1.
    #[serde(default)]
    pub(super) confidence: f32,
    /// Its letters look like those of another script, so that the language was chosen by its words.
    #[serde(default)]
    pub(super) alike: bool,
    /// `pp-ocr`, `tesseract`, or a provider.
    pub(super) engine: String,
    /// The model, and the version of what runs it.
    pub(super) version: String,
}

/// A line of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    /// Its text.
    pub(super) text: String,
    /// From 0 to 1.
    pub(super) confidence: f32,
    /// Its corners in pixels of the picture, from the upper left one clockwise, as the text is upright.
    pub(super) corners: [[f32; 2]; 4],
}

/// A phrase that was extracted.
struct Phrase {
    text: String,
    source: Source,
    /// The provider that extracted it, or this machine.
    by: String,
    is_sure: bool,
    found: languages::Found,
    reading: Option<Reading>,
}

/// Extracts the text of a phrase, unless that was done; `None` if a call has to be waited for, and false if this is no longer its
/// current job.
pub(super) async fn extract(run: &Run, app: &CaptureApp, row: &PhraseRow) -> Result<Called<bool>, JobError> {
    if !row.text.is_empty() {
        return Ok(Called::Done(true));
    }
    let missing = || JobError::fail("original_missing", "what was sent is not there any more: send it again");
    let original = row.original.as_ref().ok_or_else(missing)?;
    let phrase = match row.source {
        SourceKind::Text => return Err(missing()),
        SourceKind::Image => match read(run, app, row, original).await? {
            Called::Done(phrase) => phrase,
            Called::Pending(pending) => return Ok(Called::Pending(pending)),
        },
        SourceKind::Audio => match hear(run, app, row, original).await? {
            Called::Done(phrase) => phrase,
            Called::Pending(pending) => return Ok(Called::Pending(pending)),
        },
    };
    store(run, &row.id, &phrase).await.map(Called::Done)
}

async fn store(run: &Run, id: &PhraseId, phrase: &Phrase) -> Result<bool, JobError> {
    let doubt = if phrase.is_sure { Doubt::Sure } else { Doubt::Doubtful { reason: Reason::LowConfidence } };
    let origin = Origin { source: phrase.source.clone(), doubt };
    current::change(run, id, |row, now| {
        // What was said of it, and of those behind it, is of an earlier attempt.
        let before = card::fields(row)?.passed_over.into_iter().take_while(|one| one.provider != phrase.by);
        let fields =
            CardFields { origin: Some(origin.clone()), passed_over: before.collect(), ..CardFields::default() };
        row.text.clone_from(&phrase.text);
        row.reading = phrase.reading.as_ref().map(|reading| json!(reading));
        if row.language_sure < languages::CHOSEN {
            let (language, sure) = phrase.found;
            row.language = language.map(|language| language.code().to_owned());
            row.language_sure = sure;
        }
        card::put(row, &fields, now);
        Ok(())
    })
    .await
}

/// Writes into the card who did not read or hear it, and why, before anything else happens: also of a card that then fails.
async fn note(run: &Run, row: &PhraseRow, passed: &[PassedOver]) -> Result<(), JobError> {
    if passed.is_empty() || card::fields(row)?.passed_over == passed {
        return Ok(());
    }
    current::change(run, &row.id, |row, now| {
        let fields = CardFields { passed_over: passed.to_vec(), ..card::fields(row)? };
        card::put(row, &fields, now);
        Ok(())
    })
    .await
    .map(drop)
}

pub(super) fn hash_of(original: &Original) -> Result<BlobHash, JobError> {
    original.blob.parse().map_err(|_| JobError::fail("original_missing", "the name of what was sent cannot be read"))
}

/// The language that a person chose.
fn chosen(row: &PhraseRow) -> Option<StudyLanguage> {
    row.language.as_deref().filter(|_| row.language_sure == languages::CHOSEN).and_then(StudyLanguage::from_code)
}

/// A phrase of so many characters, in which there is a word.
fn checked(text: &str, what: &str) -> Result<String, JobError> {
    let text = plain(text);
    if text.chars().count() > PHRASE_CHARACTERS {
        return Err(JobError::fail(
            "text_too_long",
            format!("there is more than a phrase {what} (over {PHRASE_CHARACTERS} characters): send the part to learn"),
        ));
    }
    Ok(text)
}

async fn read(run: &Run, app: &CaptureApp, row: &PhraseRow, original: &Original) -> Result<Called<Phrase>, JobError> {
    let hash = hash_of(original)?;
    let language = chosen(row);
    match remote::read(run, app, row, &hash, language).await? {
        Some(Called::Done(reading)) => {
            let by = reading.engine.clone();
            return phrase_of(reading, by, language).map(Called::Done);
        }
        Some(Called::Pending(pending)) => return Ok(Called::Pending(pending)),
        None => {}
    }
    let of = json!([READ, hash, language.map(StudyLanguage::code)]);
    let key = BlobHash::of(of.to_string().as_bytes()).to_string();
    let reading: Reading = run
        .result_or(&key, "read", async || {
            let file = app.platform.media.materialise(&hash).await?;
            here::read(app, file.path(), language).await
        })
        .await?;
    let phrase = phrase_of(reading.clone(), LOCAL.to_owned(), language);
    let Some(language) = language else { return phrase.map(Called::Done) };
    let is_doubted = match &phrase {
        Ok(_) => here::may_be_in_another_script(app, &reading, language).await,
        Err(error) => UNREAD.contains(&error.code.as_str()),
    };
    if is_doubted {
        let file = app.platform.media.materialise(&hash).await?;
        let than = phrase.is_ok().then_some(reading.confidence);
        if let Some(error) = here::in_another_script(app, file.path(), language, than).await {
            return Err(error);
        }
    }
    phrase.map(Called::Done)
}

/// The phrase that a picture's lines make: of their words those in the script of the language.
fn phrase_of(mut reading: Reading, by: String, chosen: Option<StudyLanguage>) -> Result<Phrase, JobError> {
    for line in &mut reading.lines {
        line.text = plain(&line.text);
    }
    let is_whole = reading.lines.iter().all(has_all_letters);
    let read = reading.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
    let (found, sure) = match chosen {
        Some(language) => (Some(language), languages::CHOSEN),
        None if reading.alike => (languages::by_letters(&read).0, languages::UNTOLD),
        None => languages::by_letters(&read),
    };
    for line in &mut reading.lines {
        line.text = found.map_or_else(String::new, |language| of_script(&line.text, language));
    }
    reading.lines.retain(|line| !line.text.is_empty());
    let text: Vec<&str> = reading.lines.iter().map(|line| line.text.as_str()).collect();
    let text = checked(&text.join(" "), "on the picture")?;
    if !text.chars().any(char::is_alphabetic) {
        return Err(no_phrase(&read, reading.confidence, chosen));
    }
    // Capitals of Russian signs look like Latin letters, and one letter of another script in a word is misread: whoever reads
    // these is sure of what the picture does not say.
    let is_in_its_script =
        |language: StudyLanguage| text.chars().all(|one| !one.is_alphabetic() || language.writes(one));
    let is_sure = reading.engine != NEVER_SURE
        && sure >= languages::SURE
        && is_whole
        && found.is_none_or(is_in_its_script)
        && reading.confidence >= READ_SURELY
        && reading.lines.iter().all(|line| line.confidence >= READ_SURELY);
    let source = Source::Engine { name: reading.engine.clone(), version: reading.version.clone() };
    Ok(Phrase { text, source, by, is_sure, found: (found, sure), reading: Some(reading) })
}

/// Whether a line has as many letters as its length has room for.
fn has_all_letters(line: &Line) -> bool {
    let letters = line.text.chars().filter(|letter| letter.is_alphanumeric()).count();
    #[expect(clippy::cast_precision_loss, reason = "a count of letters")]
    let are_enough = letters as f32 >= DENSE * shape(&line.corners);
    are_enough
}

/// Why what was read on a picture is no phrase.
fn no_phrase(read: &str, confidence: f32, chosen: Option<StudyLanguage>) -> JobError {
    let has_words = read.chars().any(char::is_alphabetic);
    let shown: String = read.chars().take(SHOWN).collect();
    match chosen {
        Some(language) if has_words => wrong_script(read, language),
        None if has_words => JobError::fail(
            "language_unknown",
            format!(
                "\"{shown}\" was read on the picture, which is in none of the languages of cards: choose its language"
            ),
        ),
        None if confidence > 0.0 => JobError::fail(
            "text_unreadable",
            "what looks like text on the picture could not be read, as where one line has two scripts: choose the language of \
             what is to be learned, or take it closer and sharper",
        ),
        _ => {
            let language = chosen.map_or_else(String::new, |language| format!("in {} ", language.facts().english_name));
            JobError::fail(
                "no_text",
                format!(
                    "no text {language}was found on the picture: take it closer and sharper, or choose another language"
                ),
            )
        }
    }
}

/// What was read on a picture, and is not in the chosen language.
fn wrong_script(read: &str, chosen: StudyLanguage) -> JobError {
    let shown: String = read.chars().take(SHOWN).collect();
    JobError::fail(
        "text_wrong_script",
        format!(
            "\"{shown}\" was read on the picture, and no word of it is in {}: choose the language that it is in",
            chosen.facts().english_name
        ),
    )
}

/// The words of a line that are in the script of a language, with what stands between them; nothing if there is none.
fn of_script(line: &str, language: StudyLanguage) -> String {
    let foreign = |word: &&str| word.chars().any(char::is_alphabetic) && !language.is_in(word);
    let kept: Vec<&str> = line.split_whitespace().filter(|word| !foreign(word)).collect();
    let kept = kept.join(" ");
    if language.is_in(&kept) { kept } else { String::new() }
}

async fn hear(run: &Run, app: &CaptureApp, row: &PhraseRow, original: &Original) -> Result<Called<Phrase>, JobError> {
    let hash = hash_of(original)?;
    let language = chosen(row);
    let (sound, duration_ms) = with_ending(run, app, &hash, original).await?;
    let request = TranscribeRequest {
        sound,
        duration_ms,
        part_of: None,
        language: language.map(|language| language.code().to_owned()),
        words: true,
        prompt: None,
    };
    let of = json!([HEARD, hash, request.language]);
    let key = BlobHash::of(of.to_string().as_bytes()).to_string();
    let wish = Wish {
        language: request.language.as_deref().and_then(LanguageCode::from_code),
        length: Some(super::SOUND_MS),
        ..Wish::default()
    };
    let router = app.hearing.of(run.owner()).await?;
    let mut passed = Vec::new();
    let asked = routing::ask_telling(run, &key, &router, &request, &wish, Unchanged, &mut passed).await;
    let lost = lost::by(run, row, &key, &router, asked.as_ref().err()).await?;
    note(run, row, lost.as_ref().unwrap_or(&passed)).await?;
    let asked = match asked {
        Err(error) if lost.is_some() => lost::hear_here(run, (&key, &wish), &router, &request, error).await,
        asked => asked,
    };
    let made = match asked? {
        Called::Done(made) => made,
        Called::Pending(pending) => return Ok(Called::Pending(pending)),
    };
    let MadeBy { provider, model, version } = made.made_by;
    let name = if provider == LOCAL { "speech".to_owned() } else { provider.clone() };
    let source = Source::Engine { name, version: format!("{model} {version}").trim().to_owned() };
    heard(&made.value, language, source, provider).map(Called::Done)
}

/// The phrase that was heard.
fn heard(
    transcript: &Transcript,
    chosen: Option<StudyLanguage>,
    source: Source,
    by: String,
) -> Result<Phrase, JobError> {
    let text: Vec<&str> = transcript.segments.iter().map(|segment| segment.text.trim()).collect();
    let text = checked(&text.join(" "), "in the sound")?;
    if !text.chars().any(char::is_alphabetic) {
        return Err(JobError::fail(
            "no_speech",
            "nobody was heard in the sound: record it again, closer to the microphone",
        ));
    }
    let spoken = StudyLanguage::from_code(&transcript.language);
    let Some(language) = chosen.or(spoken) else {
        let known: Vec<_> = StudyLanguage::all().map(StudyLanguage::code).collect();
        return Err(JobError::fail(
            "language_unknown",
            format!(
                "what was heard is in \"{}\", and cards are made in: {}. If it is one of these, choose it",
                transcript.language,
                known.join(", ")
            ),
        ));
    };
    // What was heard in another language than it is written in is two languages, or a mistake.
    let (written, part) = languages::by_letters(&text);
    let agrees = language.facts().script == "Latn" || written == Some(language);
    let is_all_in = |part: &str| languages::is_all_in(part, language);
    let is_one = agrees && is_all_in(&text) && transcript.segments.iter().all(|segment| is_all_in(&segment.text));
    let sure = if chosen.is_some() { languages::CHOSEN } else { SPOKEN.min(if is_one { 1000 } else { part.min(500) }) };
    let mut words = transcript.segments.iter().flat_map(|segment| &segment.words);
    // Whoever speaks two languages is often written down in one of them alone.
    let is_whole = transcript.unwritten.is_empty();
    let is_sure = is_one && is_whole && words.all(|word| word.confidence >= HEARD_SURELY);
    Ok(Phrase { text, source, by, is_sure, found: (Some(language), sure), reading: None })
}

#[cfg(test)]
mod tests {
    use sluice_capability::{Segment, Unwritten, Word};

    use super::*;

    fn line(text: &str, confidence: f32) -> Line {
        Line { text: text.to_owned(), confidence, corners: [[0.0; 2]; 4] }
    }

    fn reading(lines: Vec<Line>) -> Reading {
        let (engine, version) = ("pp-ocr".to_owned(), "6".to_owned());
        Reading { width: 10, height: 10, quarter_turns: 0, confidence: 0.95, lines, alike: false, engine, version }
    }

    fn made_of(reading: Reading, chosen: Option<StudyLanguage>) -> Result<Phrase, JobError> {
        phrase_of(reading, LOCAL.to_owned(), chosen)
    }

    #[test]
    fn words_of_the_cards_script_are_kept() {
        let lines = vec![line("Выход EXIT", 0.95), line("2 этаж", 0.95), line("Powered by X", 0.4)];
        let phrase = made_of(reading(lines), Some(StudyLanguage::RUSSIAN)).unwrap();
        assert_eq!(phrase.text, "Выход 2 этаж");
        assert!(phrase.is_sure, "the line that is left out does not count");
        assert_eq!(phrase.reading.unwrap().lines.len(), 2);
        let unsure = made_of(reading(vec![line("Выход", 0.6)]), None).unwrap();
        assert!(!unsure.is_sure);
        let sure = || reading(vec![line("Выход", 0.95)]);
        let half = Reading { confidence: 0.7, ..sure() };
        assert!(!made_of(half, None).unwrap().is_sure, "something is there that could not be read");
        let other = Reading { engine: "tesseract".to_owned(), ..sure() };
        assert!(!made_of(other, None).unwrap().is_sure);
        assert!(made_of(sure(), None).unwrap().is_sure);
    }

    #[test]
    fn letters_that_only_look_right_are_in_doubt() {
        // A Russian sign, and a word of which one letter is Greek.
        for (text, chosen) in [("OTKPITO", None), ("MOCKBA", None), ("El gato Mocκa", Some(StudyLanguage::SPANISH))] {
            assert!(!made_of(reading(vec![line(text, 0.99)]), chosen).unwrap().is_sure, "{text}");
        }
        let sure = made_of(reading(vec![line("¿Dónde está el baño?", 0.99)]), Some(StudyLanguage::SPANISH));
        assert!(sure.unwrap().is_sure);
    }

    #[test]
    fn letters_that_are_lost_beside_foreign_words_make_a_line_doubtful() {
        let wide = |text: &str, length: f32| Line {
            corners: [[0.0, 0.0], [length, 0.0], [length, 10.0], [0.0, 10.0]],
            ..line(text, 0.99)
        };
        let spanish = StudyLanguage::from_code("es");
        let is_sure = |line: Line| made_of(reading(vec![line]), spanish).unwrap().is_sure;
        assert!(!is_sure(wide("l", 80.0)), "a line of which one letter was read");
        assert!(!is_sure(wide("hola", 120.0)));
        assert!(
            is_sure(wide("¿Dónde está el baño?", 120.0)) && is_sure(wide("O", 10.0)) && is_sure(wide("el sol", 40.0))
        );
    }

    #[test]
    fn letters_of_two_scripts_leave_the_language_in_doubt() {
        let alike = Reading { alike: true, ..reading(vec![line("МОСКВА", 0.99)]) };
        let made = made_of(alike.clone(), None).unwrap();
        assert_eq!((made.found, made.is_sure), ((Some(StudyLanguage::RUSSIAN), languages::UNTOLD), false));
        assert_eq!(made_of(alike, Some(StudyLanguage::RUSSIAN)).unwrap().found.1, languages::CHOSEN);
    }

    #[test]
    fn a_picture_without_words_says_so() {
        let none = made_of(Reading { confidence: 0.0, ..reading(vec![]) }, None).err().unwrap();
        assert_eq!((none.code.as_str(), none.retry), ("no_text", false));
        // A line of two scripts is found, and read as nothing.
        let mixed = made_of(reading(vec![]), None).err().unwrap();
        assert_eq!(mixed.code.as_str(), "text_unreadable");
        assert!(
            mixed.message.contains("two scripts") && mixed.message.contains("choose the language"),
            "{}",
            mixed.message
        );
        let other = made_of(reading(vec![line("EXIT", 0.9)]), Some(StudyLanguage::RUSSIAN)).err().unwrap();
        assert!(other.message.contains("Russian") && other.message.contains("\"EXIT\""), "{}", other.message);
        assert_eq!(other.code, "text_wrong_script");
        let greek = made_of(reading(vec![line("Καλημέρα", 0.9)]), None).err().unwrap();
        assert_eq!(greek.code, "language_unknown");
        let long = made_of(reading(vec![line(&"а".repeat(600), 0.9)]), None).err().unwrap();
        assert_eq!(long.code, "text_too_long");
    }

    #[test]
    fn what_is_heard_is_as_sure_as_its_words() {
        let word = |confidence| Word { text: "Hola".to_owned(), start_ms: 0, end_ms: 1, confidence };
        let said = |language: &str, text: &str, confidence| Transcript {
            language: language.to_owned(),
            segments: vec![Segment {
                start_ms: 0,
                end_ms: 1,
                text: text.to_owned(),
                speaker: None,
                words: vec![word(confidence)],
            }],
            suppressed: Vec::new(),
            unwritten: Vec::new(),
        };
        let source = || Source::Rules { name: "test".to_owned() };
        let of = |transcript: &Transcript| heard(transcript, None, source(), LOCAL.to_owned());
        assert!(of(&said("es", "Hola", 0.95)).unwrap().is_sure);
        assert!(!of(&said("es", "Hola", 0.5)).unwrap().is_sure);
        let unwritten = vec![Unwritten { start_ms: 2_000, end_ms: 4_100 }];
        let part = of(&Transcript { unwritten, ..said("es", "Hola", 0.95) }).unwrap();
        assert!(!part.is_sure, "somebody speaks on, and nothing is written of that");
        let mixed = of(&said("ru", "Hello", 0.95)).unwrap();
        assert!(!mixed.is_sure && mixed.found.1 < languages::SURE);
        // Most of it in the language that was heard does not make all of it that.
        let both = "Где находится вокзал в этом городе? Thank you!";
        let two = of(&said("ru", both, 0.95)).unwrap();
        assert!(!two.is_sure && two.found.1 < languages::SURE);
        let chosen = heard(&said("ru", both, 0.95), Some(StudyLanguage::RUSSIAN), source(), LOCAL.to_owned()).unwrap();
        assert_eq!((chosen.is_sure, chosen.found.1), (false, languages::CHOSEN));
        assert_eq!(of(&said("en", "Hello", 0.9)).err().unwrap().code, "language_unknown");
        assert_eq!(of(&Transcript::default()).err().unwrap().code, "no_speech");
    }
}
