//! The real engines speak ordinary and hostile texts; audio and timings are measured.

#![expect(clippy::unwrap_used, clippy::cast_precision_loss, reason = "a test fails where it stands")]

#[path = "support/voices.rs"]
mod engines;
#[path = "support/linked.rs"]
mod linked;
mod support;

use std::path::Path;

use engines::{settings, voices};
use sluice_domain::language::Language;
use sluice_domain::speech::Speech;
use sluice_local::models::{Models, PIPER_CONFIG, PIPER_MODEL, VOICE_EN};
use sluice_local::voice::{MOST_CHARACTERS, VoiceError, Voices};

const PIPER: &str = "piper:en_US-joe-medium";
const ARABIC: &str = "espeak:ar";

/// Samples of a WAV file, after its header was checked.
fn samples(path: &Path, speech: &Speech) -> Vec<i16> {
    let wav = std::fs::read(path).unwrap();
    let number = |at: usize| u32::from_le_bytes(wav[at..at + 4].try_into().unwrap());
    assert_eq!((&wav[..4], &wav[8..16]), (b"RIFF".as_slice(), b"WAVEfmt ".as_slice()));
    assert_eq!(number(4) as usize, wav.len() - 8);
    assert_eq!(number(24), speech.sample_rate);
    assert_eq!(number(28), speech.sample_rate * 2, "bytes a second: one channel, 16 bit");
    assert_eq!((&wav[36..40], number(40) as usize), (b"data".as_slice(), wav.len() - 44));
    wav[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// Checks what holds for every spoken text.
fn check(text: &str, speech: &Speech, path: &Path) {
    let samples = samples(path, speech);
    assert_eq!(samples.len() as u64, speech.samples);
    let peak = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    let power = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64;
    assert!(peak < 32_000, "{text:.40}: a peak of {peak} is clipped");
    assert!(power.sqrt() > 500.0, "{text:.40}: a root mean square of {} is silence", power.sqrt());

    let duration = speech.duration_ms();
    let mut at = 0;
    for phoneme in &speech.phonemes {
        assert_eq!(phoneme.start_ms, at, "{text:.40}: phonemes follow each other without a gap");
        assert!(phoneme.end_ms > at);
        at = phoneme.end_ms;
    }
    assert_eq!(at, duration, "{text:.40}: phonemes last as long as the sound");
    assert!(speech.phonemes.iter().any(|phoneme| !phoneme.ipa.is_empty()));

    let (mut byte, mut ms) = (0, 0);
    for word in &speech.words {
        assert!(word.start_byte >= byte && word.end_byte > word.start_byte, "{text:.40}: {word:?}");
        assert!(word.start_ms >= ms && word.end_ms >= word.start_ms && word.end_ms <= duration, "{text:.40}: {word:?}");
        (byte, ms) = (word.end_byte, word.end_ms);
    }
    let covered = |at: usize| speech.words.iter().any(|w| (w.start_byte as usize..w.end_byte as usize).contains(&at));
    for (at, character) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
        assert!(covered(at), "{text:.40}: {character} at {at} is in no word");
    }
}

async fn speak(voices: &Voices, voice: &str, text: &str) -> Speech {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("speech.wav");
    let speech = voices.speak(voice, text, &path).await.unwrap_or_else(|error| panic!("{voice} {text:.40}: {error:?}"));
    check(text, &speech, &path);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the sound");
    speech
}

fn words<'a>(text: &'a str, speech: &Speech) -> Vec<&'a str> {
    speech.words.iter().map(|word| &text[word.start_byte as usize..word.end_byte as usize]).collect()
}

/// Texts that break careless programs, and one with everything that English abbreviates.
const HOSTILE: [&str; 9] = [
    "\u{1}\u{7}Control\u{8} characters\u{0} inside\u{1b}[31m a text\u{7f}.",
    "\u{202b}\u{200f}في عام 2024 زاد 35% عن ٣٥، وPDF رقم 7\u{202c}",
    "🎉 Party 🎉🎉 at 10:30 👩‍👩‍👧 tonight ✨",
    "[[hello]] <speak>not markup</speak> {{x}} \\n %s $HOME ; rm -rf /",
    "Dr. O’Neill’s well-known—and $1.5 million—idea, e.g. [12], costs 3–5% in 1984; see https://example.com/a_b?c=d.",
    "a",
    "1234567890123456789012345678901234567890 0x1F3 1,234,567.89",
    "日本語 and हिन्दी and русский and ελληνικά in one sentence",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-b'c''d--e",
];

#[tokio::test]
async fn english_is_spoken_with_the_time_of_every_word_and_phoneme() {
    let voices = voices();
    let text = "Hello there! In 1984, Dr. Smith's well-known books cost $5.2 million. Is it true?";
    let speech = speak(&voices, PIPER, text).await;
    assert_eq!(
        words(text, &speech),
        [
            "Hello",
            "there!",
            "In",
            "1984,",
            "Dr.",
            "Smith's",
            "well-known",
            "books",
            "cost",
            "$5.2",
            "million.",
            "Is",
            "it",
            "true?"
        ]
    );
    assert_eq!(speech.sample_rate, 22_050);
    assert!(speech.spoken_by.starts_with("piper en_US-joe-medium"), "{}", speech.spoken_by);
    assert!((5_000..12_000).contains(&speech.duration_ms()), "{} ms", speech.duration_ms());
    for word in &speech.words {
        assert!((20..2_000).contains(&(word.end_ms - word.start_ms)), "{word:?}");
    }
    for text in HOSTILE {
        speak(&voices, PIPER, text).await;
    }
}

#[tokio::test]
async fn arabic_is_spoken_with_timings_into_the_text_without_marks() {
    let voices = voices();
    let text = "اللغة العربية هي أكثر اللغات السامية تحدثا، ويتحدث بها 22 بلدا. هل تعرف ذلك؟";
    let speech = speak(&voices, ARABIC, text).await;
    assert_eq!(words(text, &speech), text.split(' ').collect::<Vec<_>>());
    let ipa: String = speech.phonemes.iter().map(|phoneme| phoneme.ipa.as_str()).collect();
    assert!(ipa.contains("ʔakθaru"), "the vowels are said: {ipa}");
    assert!(speech.spoken_by.contains("rawi v3"), "{}", speech.spoken_by);
    for text in HOSTILE {
        speak(&voices, ARABIC, text).await;
    }
}

/// Captions show what is printed, and the voice says it in words: the times belong to the printed words.
#[tokio::test]
async fn mandarin_is_said_in_its_own_sounds_and_not_spelled_in_english() {
    let park = speak(&voices(), "espeak:cmn", "公园").await;
    let ipa: String = park.phonemes.iter().map(|phoneme| phoneme.ipa.as_str()).collect();
    // The vowel of yuán, which English has not.
    assert!(ipa.contains('y'), "{ipa}");
}

#[tokio::test]
async fn what_is_said_in_several_words_has_one_time_in_print() {
    let voices = voices();
    for (voice, text) in [
        (PIPER, "It cost $4.99 in 1998, then 3–5 % more: £2m on 1 May 2024 (see § 12)."),
        (PIPER, "First point\nSecond point at 10:30 a.m.\nCO₂ rose to 421 ppm in the U.S."),
        (ARABIC, "بلغ السعر 4.99 دولار في عام 1998، ثم زاد 3–5 % يوم 12/5/2024 إلى 35 °C."),
        (ARABIC, "الملك لويس XIV، والنسبة 10:1، و½ الكمية."),
        ("espeak:fr", "Le prix est de 4,99 € depuis 1998, soit 3–5 % de plus."),
    ] {
        let speech = speak(&voices, voice, text).await;
        assert_eq!(words(text, &speech), text.split_whitespace().collect::<Vec<_>>());
        for word in &speech.words {
            assert!(word.end_ms > word.start_ms, "{text}: {word:?} is never shown");
        }
    }
}

/// The length that is promised before the work, from the count of spoken words.
#[tokio::test]
async fn an_estimate_is_within_a_tenth_of_what_is_spoken() {
    let voices = voices();
    for (voice, text) in [
        (
            PIPER,
            "Revenue grew by 12.5% to $1.35 billion in 2024, from $1.2 billion a year earlier. Researchers found that bees \
             remember the colour of a flower for several days, and that they teach it to others. None of this was known \
             before the 1990s, when the keeper of the old lighthouse began to write down what he saw.",
        ),
        (
            ARABIC,
            "يجري النهر ببطء عبر المدينة القديمة، ويجلس الناس على ضفافه في المساء. ارتفعت الإيرادات بنسبة 12.5% في عام 2024. \
             وجد الباحثون أن النحل يتذكر لون الزهرة عدة أيام، وأنه يعلمه لغيره. لم يكن شيء من هذا معروفا من قبل.",
        ),
    ] {
        let speech = speak(&voices, voice, text).await;
        let facts =
            voices.list().into_iter().find(|info| info.id == voice).unwrap().language.narrated().unwrap().facts();
        let words = u32::try_from(sluice_spoken::spoken_words(facts.code, text)).unwrap();
        let estimate = 60_000 * words / facts.spoken_per_minute;
        let difference = estimate.abs_diff(speech.duration_ms());
        assert!(10 * difference <= speech.duration_ms(), "{voice}: {estimate} ms, and {} spoken", speech.duration_ms());
    }
}

#[tokio::test]
async fn every_sample_is_spoken_by_every_voice_of_its_language() {
    let voices = voices();
    for voice in voices.list() {
        let speech = speak(&voices, &voice.id, voice.language.narrated().unwrap().facts().sample).await;
        assert!((3_000..9_000).contains(&speech.duration_ms()), "{}: {} ms", voice.id, speech.duration_ms());
    }
}

#[tokio::test]
async fn every_voice_of_espeak_speaks_its_language_at_a_narrators_pace() {
    let voices = voices();
    for (voice, text) in [
        ("espeak:en", "The river flows slowly through the old town, and the people sit on its banks in the evening."),
        ("espeak:ar", "يجري النهر ببطء عبر المدينة القديمة، ويجلس الناس على ضفافه في المساء ويتحدثون عن يومهم."),
        (
            "espeak:fr",
            "La rivière coule lentement à travers la vieille ville, et le soir les gens s’assoient sur ses rives.",
        ),
        (
            "espeak:de",
            "Der Fluss fließt langsam durch die alte Stadt, und am Abend sitzen die Menschen an seinem Ufer.",
        ),
        ("espeak:es", "El río fluye despacio por la ciudad vieja, y por la tarde la gente se sienta en sus orillas."),
        (
            "espeak:it",
            "Il fiume scorre lentamente attraverso la città vecchia, e la sera la gente siede sulle sue rive.",
        ),
        ("espeak:pt", "O rio corre devagar pela cidade velha, e à noite as pessoas sentam-se nas suas margens."),
        ("espeak:nl", "De rivier stroomt langzaam door de oude stad, en ’s avonds zitten de mensen op haar oevers."),
    ] {
        let speech = speak(&voices, voice, text).await;
        assert_eq!(words(text, &speech), text.split(' ').collect::<Vec<_>>());
        let pace = 60_000 * speech.words.len() / speech.duration_ms() as usize;
        let wanted = voices
            .list()
            .into_iter()
            .find(|info| info.id == voice)
            .unwrap()
            .language
            .narrated()
            .unwrap()
            .facts()
            .spoken_per_minute;
        let difference = pace.abs_diff(wanted as usize);
        // A single sentence may have longer or shorter words than is typical of the language.
        assert!(difference < 45, "{voice}: {pace} words a minute, {wanted} wanted");
    }
}

#[tokio::test]
async fn what_cannot_be_spoken_is_rejected_before_an_engine_starts() {
    let voices = voices();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("speech.wav");
    for text in ["", " \n\t", "🎉🎊", "\u{200f}\u{202b}", "…—!?", "\u{0}\u{1}"] {
        for voice in [PIPER, ARABIC] {
            let error = voices.speak(voice, text, &path).await.unwrap_err();
            assert!(matches!(error, VoiceError::NothingToSay), "{text:?}: {error:?}");
        }
    }
    let long = "ten thousand characters ".repeat(420);
    let error = voices.speak(PIPER, &long, &path).await.unwrap_err();
    assert!(matches!(error, VoiceError::TooLong { characters: 10_080, limit: MOST_CHARACTERS }), "{error:?}");
    let error = voices.speak("piper:../../etc", "Hello", &path).await.unwrap_err();
    assert!(matches!(error, VoiceError::Unknown { .. }), "{error:?}");
    let nowhere = folder.path().join("no/such/folder/speech.wav");
    let error = voices.speak(ARABIC, "مرحبا", &nowhere).await.unwrap_err();
    assert!(matches!(error, VoiceError::Io { .. }), "{error:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn without_the_model_english_is_spoken_by_espeak_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let voices = Voices::new(support::guard(), Models::new(folder.path()), settings());
    let installed: Vec<String> = voices.list().into_iter().filter(|v| v.installed).map(|v| v.id).collect();
    assert!(!installed.contains(&PIPER.to_owned()) && !installed.contains(&ARABIC.to_owned()), "{installed:?}");
    let voice = voices.default_for(Language::ENGLISH).unwrap();
    assert_eq!((voice.id.as_str(), voice.installed), ("espeak:en", true));
    let speech = speak(&voices, &voice.id, "Hello there").await;
    assert!(speech.spoken_by.starts_with("espeak-ng 1."), "{}", speech.spoken_by);

    let voice = voices.default_for(Language::ARABIC).unwrap();
    assert!(!voice.installed, "without the library there are no vowel marks");
    let path = folder.path().join("speech.wav");
    let error = voices.speak(PIPER, "Hello", &path).await.unwrap_err();
    assert!(error.to_string().contains("make setup"), "{error}");
    assert!(matches!(error, VoiceError::NotInstalled { .. }), "{error:?}");
}

#[tokio::test]
async fn damaged_models_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let whole = engines::models(&VOICE_EN);
    let damaged = linked::linked(&VOICE_EN, &whole, folder.path());
    let out = folder.path().join("speech.wav");
    for file in [&PIPER_MODEL, &PIPER_CONFIG] {
        let path = damaged.path(file);
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, &bytes).unwrap();
        let refused = async || {
            let voices = Voices::new(support::guard(), damaged.clone(), settings());
            voices.speak(PIPER, "Hello", &out).await.unwrap_err()
        };
        let swapped = refused().await;
        assert_eq!((swapped.code(), swapped.is_transient()), ("voice_not_loaded", false), "{swapped}");
        assert!(swapped.to_string().contains("is damaged, or another file"), "{swapped}");
        std::fs::write(&path, &bytes[1..]).unwrap();
        let cut = refused().await;
        assert!(matches!(cut, VoiceError::NotInstalled { .. }) && cut.to_string().contains(file.name), "{cut}");
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(whole.path(file), &path).unwrap();
    }
    assert!(!out.exists());
}

#[tokio::test]
async fn the_same_words_are_spoken_in_the_same_way() {
    let text = "The keeper climbs the stairs at dusk, trims the wick, and waits for the ships that he will never meet.";
    let folder = tempfile::tempdir().unwrap();
    let mut spoken = Vec::new();
    for name in ["one", "two"] {
        // New voices each time: earlier requests must not matter.
        let voices = voices();
        if name == "two" {
            speak(&voices, PIPER, "Something else comes first.").await;
        }
        let path = folder.path().join(name);
        let speech = voices.speak(PIPER, text, &path).await.unwrap();
        spoken.push((speech, std::fs::read(&path).unwrap()));
    }
    assert_eq!(spoken[0].0, spoken[1].0, "the same timings");
    assert_eq!(spoken[0].1, spoken[1].1, "the same sound, to the bit");
}
