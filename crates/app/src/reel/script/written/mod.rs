//! Scripts that a language model writes, sentence by sentence with the page that each comes from, and that are checked
//! against those pages: a number, a name or a quotation that does not stand there is refused. What is refused goes back to
//! the model once; what is refused then is not told, and the extract takes its place.
//!
//! Everything here is a pure function: of the document it makes what a model is asked ([`Task::request`]), and of the answers
//! either a script or what comes next ([`Task::judge`], [`Task::judge_again`]).
//!
//! `source` is what the model is given, `prompt` what it is asked, `draft` what it answers, `check` what is refused. A
//! sentence is compared with a page by `crate::grounding`.

mod check;
mod draft;
mod prompt;
mod source;
#[cfg(test)]
mod tests;

use sluice_capability::{CompleteRequest, Completion, Finish};
use sluice_domain::document::Document;
use sluice_domain::language::Language;

pub use self::check::{Reason, Refused};

use self::draft::{Draft, Place};
use self::source::Source;
use super::check::{MOST_WORDS_OF_A_SCENE, validate};
use super::lexicon::Lexicon;
use super::scenes::LONGEST_HEADING;
use super::text::{cut, word_count};
use super::{
    MAX_SECONDS, MIN_SECONDS, Mode, Prepared, SceneScript, Script, ScriptError, ScriptSource, Sentence, SlideKind,
};

/// Fewest words of a scene, on the average of a script: a model that makes more and shorter ones gets them joined.
const LEAST_WORDS_OF_A_SCENE: u32 = 20;
/// Scenes beside those that a model divides: the title and the question.
const TITLE_AND_QUESTION: u32 = 2;

/// How long a script may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bounds {
    least_seconds: u32,
    most_seconds: u32,
    least_words: u32,
    most_words: u32,
    /// With title and question. What is offered for a script before it is written is for so many.
    most_scenes: u32,
    purpose: &'static str,
}

impl Bounds {
    /// Of a document whose extract has so many seconds: if it has less to tell than the mode wants, less is enough.
    fn new(language: Language, mode: Mode, extract_seconds: u32) -> Self {
        let facts = language.facts();
        let (shortest, _, longest) = mode.seconds();
        let enough = if extract_seconds < shortest { extract_seconds * 3 / 4 } else { shortest };
        let least_seconds = enough.max(MIN_SECONDS);
        let most_seconds = longest.min(MAX_SECONDS);
        let words = |seconds: u32| seconds * facts.spoken_per_minute / 60;
        // A margin on either side: neither models nor voices count exactly.
        let least_words = (words(least_seconds) * 11 / 10).max(facts.min_words);
        let most_words = (words(most_seconds) * 9 / 10).min(facts.max_words).max(least_words + 10);
        let most_scenes = most_words.div_ceil(LEAST_WORDS_OF_A_SCENE) + TITLE_AND_QUESTION;
        let purpose = match mode {
            Mode::Summary => "It is a summary: what the document says, and what matters most in it.",
            Mode::Explanation => "It is an explanation: what the document says, step by step, with its reasons.",
        };
        Self { least_seconds, most_seconds, least_words, most_words, most_scenes, purpose }
    }
}

/// The most scenes of a script that a model writes, with title and question.
pub fn most_scenes(language: Language, mode: Mode) -> u32 {
    Bounds::new(language, mode, mode.seconds().0).most_scenes
}

/// Why an answer as a whole cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The model or its provider would not answer.
    #[error("the model would not write about this document")]
    Filtered,
    /// It was cut off.
    #[error("the answer was cut off before its end")]
    CutOff,
    /// It does not match the schema.
    #[error("the answer is not the JSON that was asked for: {0}")]
    NotTheSchema(String),
    /// It breaks a rule of scripts.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// It is too short or too long for its mode.
    #[error("the script takes {seconds} s, and {least} to {most} s were asked for")]
    Length {
        /// Its length.
        seconds: u32,
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
}

/// What is made of a first answer.
#[derive(Debug)]
pub enum Judged {
    /// A script that keeps all rules.
    Good(Script),
    /// Another request, the only one, and what was refused.
    Repair(Repair),
    /// No repair helps.
    Hopeless(Unusable),
}

/// The second request.
#[derive(Debug)]
pub struct Repair {
    /// What is asked.
    pub request: CompleteRequest,
    /// The sentences that were refused; empty if it was the whole answer.
    pub refused: Vec<Refused>,
    /// What was wrong with the whole answer.
    pub unusable: Option<Unusable>,
    draft: Option<Draft>,
}

/// Why the second answer makes no script.
#[derive(Debug)]
pub struct GivenUp {
    /// The sentences that are refused still.
    pub refused: Vec<Refused>,
    /// What is wrong with the whole answer.
    pub unusable: Option<Unusable>,
}

/// A script to be written of a document.
pub struct Task {
    source: Source,
    bounds: Bounds,
    mode: Mode,
    pages: u32,
}

impl Task {
    /// Of a document and its extract, which says how much there is to tell, and on which pages.
    pub fn new(document: &Document, extract: &Script) -> Self {
        let prepared = Prepared::new(document, extract.language);
        let source = Source::new(&prepared, extract);
        let bounds = Bounds::new(extract.language, extract.mode, extract.seconds());
        let pages = u32::try_from(document.pages.len()).unwrap_or(u32::MAX);
        Self { source, bounds, mode: extract.mode, pages }
    }

    /// What the model is asked first.
    pub fn request(&self) -> CompleteRequest {
        prompt::write(&self.source, &self.bounds)
    }

    /// What is made of its answer.
    pub fn judge(&self, answer: &Completion) -> Judged {
        let draft = match finished(answer).and_then(|text| Draft::of(text).map_err(Unusable::NotTheSchema)) {
            Ok(draft) => draft,
            Err(Unusable::Filtered) => return Judged::Hopeless(Unusable::Filtered),
            Err(unusable) => return self.again(unusable),
        };
        let refused = check::check(&draft, &self.source);
        match self.script(&draft) {
            Ok(script) if refused.is_empty() => Judged::Good(script),
            // One sentence that is in another language is refused; a script that is, is written anew.
            Err(
                unusable @ (Unusable::Length { .. }
                | Unusable::Script(ScriptError::Language { .. } | ScriptError::Length { .. })),
            ) => self.again(unusable),
            Err(unusable) if refused.is_empty() => self.again(unusable),
            _ => {
                let request = prompt::mend(&self.source, &self.bounds, &draft, &refused);
                Judged::Repair(Repair { request, refused, unusable: None, draft: Some(draft) })
            }
        }
    }

    fn again(&self, unusable: Unusable) -> Judged {
        let request = prompt::write_again(&self.source, &self.bounds, &unusable.to_string());
        Judged::Repair(Repair { request, refused: Vec::new(), unusable: Some(unusable), draft: None })
    }

    /// The script of the second answer, or why there is none.
    pub fn judge_again(&self, repair: &Repair, answer: &Completion) -> Result<Script, GivenUp> {
        let draft = finished(answer).and_then(|text| {
            let mended = match &repair.draft {
                Some(draft) => {
                    let places: Vec<Place> = repair.refused.iter().map(|refused| refused.place).collect();
                    draft.mended(text, &places)
                }
                None => Draft::of(text),
            };
            mended.map_err(Unusable::NotTheSchema)
        });
        let draft = match draft {
            Ok(draft) => draft,
            Err(unusable) => return Err(GivenUp { refused: repair.refused.clone(), unusable: Some(unusable) }),
        };
        let refused = check::check(&draft, &self.source);
        match self.script(&draft) {
            Ok(script) if refused.is_empty() => Ok(script),
            Ok(_) => Err(GivenUp { refused, unusable: None }),
            Err(unusable) => Err(GivenUp { unusable: Some(unusable).filter(|_| refused.is_empty()), refused }),
        }
    }

    /// The scenes of a draft, if they keep the rules of all scripts and the bounds of this one.
    fn script(&self, draft: &Draft) -> Result<Script, Unusable> {
        let sentence = |text: &str, page| Sentence { text: text.to_owned(), page, lines: Vec::new() };
        let heading = |text: &str| cut(text.trim_end_matches(['.', ':', ' ']), LONGEST_HEADING);
        let mut scenes = vec![SceneScript {
            heading: heading(&draft.title),
            slide: SlideKind::Title,
            sentences: vec![sentence(&draft.title, self.source.page_of(&draft.title))],
        }];
        for scene in &draft.scenes {
            let mut words = 0;
            for (index, one) in scene.sentences.iter().enumerate() {
                words += word_count(&one.text);
                // A scene that has more text than a person may give it becomes two.
                if index == 0 || words > MOST_WORDS_OF_A_SCENE {
                    words = word_count(&one.text);
                    let (heading, slide) = (heading(&scene.heading), SlideKind::Page(one.page));
                    scenes.push(SceneScript { heading, slide, sentences: Vec::new() });
                }
                if let Some(scene) = scenes.last_mut() {
                    scene.sentences.push(sentence(&one.text, Some(one.page)));
                }
            }
        }
        join_shortest(&mut scenes, self.bounds.most_scenes.saturating_sub(1));
        let lexicon = Lexicon::of(self.source.language);
        scenes.push(SceneScript {
            heading: lexicon.words.question_heading.to_owned(),
            slide: SlideKind::Question,
            sentences: vec![sentence(&draft.question, None)],
        });
        let (title, language) = (draft.title.clone(), self.source.language);
        let script = Script { title, language, mode: self.mode, source: ScriptSource::Written, scenes };
        validate(&script, self.pages)?;
        let seconds = script.seconds();
        let Bounds { least_seconds: least, most_seconds: most, .. } = self.bounds;
        if seconds < least || seconds > most {
            return Err(Unusable::Length { seconds, least, most });
        }
        Ok(script)
    }
}

/// Joins the neighbours with the fewest words until there are no more scenes than `most`, the first of which stays as it is. The
/// joined ones have the heading and the page of the earlier one; each sentence keeps its own.
fn join_shortest(scenes: &mut Vec<SceneScript>, most: u32) {
    let words = |scene: &SceneScript| scene.sentences.iter().map(|one| word_count(&one.text)).sum::<u32>();
    while u32::try_from(scenes.len()).unwrap_or(u32::MAX) > most {
        let pairs = scenes.windows(2).enumerate().skip(1);
        let shortest = pairs.min_by_key(|(_, pair)| pair.iter().map(words).sum::<u32>()).map(|(at, _)| at);
        let Some(at) = shortest else { return };
        let later = scenes.remove(at + 1);
        scenes[at].sentences.extend(later.sentences);
    }
}

/// The text of an answer that came to its end.
fn finished(answer: &Completion) -> Result<&str, Unusable> {
    match answer.finish {
        Finish::Stop => Ok(&answer.text),
        Finish::Length => Err(Unusable::CutOff),
        Finish::Filtered => Err(Unusable::Filtered),
    }
}

/// A request that is no smaller than one for a document of so many characters without spaces, for the most that it costs.
pub fn likely_request(language: Language, mode: Mode, characters: u32) -> CompleteRequest {
    let bounds = Bounds::new(language, mode, mode.seconds().0);
    let room = u32::try_from(source::MOST_CHARACTERS).unwrap_or(u32::MAX);
    // A space after every second letter, at most.
    let characters = (characters / 2).saturating_mul(3).min(room).saturating_add(AROUND_PAGES);
    prompt::of_size(language, &bounds, &widest_letter(language).repeat(characters as usize))
}

/// Characters of the numbers of pages, and of what JSON adds to texts, at most.
const AROUND_PAGES: u32 = 1_500;

/// As many bytes as a letter has: of Latin ones those with marks are few.
fn widest_letter(language: Language) -> String {
    let widest = language.facts().sample.chars().filter(|c| c.is_alphabetic()).max_by_key(|c| c.len_utf8());
    let has_plain = language.facts().sample.contains(|c: char| c.is_ascii_alphabetic());
    widest.filter(|_| !has_plain).unwrap_or('x').to_string()
}
