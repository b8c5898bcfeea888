//! Checks a script against the rules, and repairs it in one pass.

use sluice_domain::document::Document;
use sluice_domain::language::Language;

use super::detect::detect;
use super::lexicon::Lexicon;
use super::scenes::question_scene;
use super::text::{find_markup, is_garbage, word_count};
use super::{
    MAX_SECONDS, MIN_SECONDS, Mode, Prepared, Script, ScriptError, ScriptSource, Sentence, SlideKind, TextProblem,
};

/// Most words of one scene.
pub(super) const MOST_WORDS_OF_A_SCENE: u32 = 120;
/// Words have no longest length; the text of a scene has.
const MOST_CHARACTERS_OF_A_SCENE: usize = 5_000;

/// Fewest and most words of the text of one scene.
pub const fn scene_words(_language: Language) -> (u32, u32) {
    (1, MOST_WORDS_OF_A_SCENE)
}

/// The rules of a whole script: length in words and seconds, plain text, its language, a closing question, and a page
/// for every sentence (`pages` is how many the document has).
pub fn validate(script: &Script, pages: u32) -> Result<(), ScriptError> {
    let facts = script.language.facts();
    let words = script.words();
    let seconds = script.seconds();
    if !(facts.min_words..=facts.max_words).contains(&words) || !(MIN_SECONDS..=MAX_SECONDS).contains(&seconds) {
        return Err(ScriptError::Length { words, seconds, fewest: facts.min_words, most: facts.max_words });
    }
    if !script
        .scenes
        .last()
        .is_some_and(|scene| matches!(scene.slide, SlideKind::Question) && !scene.sentences.is_empty())
    {
        return Err(ScriptError::NoQuestion);
    }
    for (index, scene) in script.scenes.iter().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        for sentence in &scene.sentences {
            check_text(&sentence.text, script.language)
                .map_err(|problem| ScriptError::Text { scene: number, problem })?;
            if let Some(markup) = find_markup(&sentence.text) {
                return Err(ScriptError::Markup { scene: number, found: markup });
            }
            let cited = sentence.page.is_some_and(|page| (1..=pages).contains(&page));
            // A title may be the writer's own, and stand on no page.
            let is_title = sentence.page.is_none() && sentence.text == script.title;
            let needs_none = matches!(scene.slide, SlideKind::Question)
                || matches!(scene.slide, SlideKind::Title) && is_title && script.source == ScriptSource::Written;
            if !cited && !needs_none {
                return Err(ScriptError::NoPage { scene: number });
            }
        }
    }
    let found = detect(&script.narration());
    if found.reliable && found.language != script.language {
        return Err(ScriptError::Language { expected: script.language, found: found.language });
    }
    Ok(())
}

/// Checks the text of one scene as the user edited it.
pub fn check_text(text: &str, _language: Language) -> Result<(), TextProblem> {
    let words = word_count(text);
    if words == 0 {
        return Err(TextProblem::Empty);
    }
    if words > MOST_WORDS_OF_A_SCENE {
        return Err(TextProblem::TooLong { words, most: MOST_WORDS_OF_A_SCENE });
    }
    let characters = text.chars().count();
    if characters > MOST_CHARACTERS_OF_A_SCENE {
        return Err(TextProblem::TooManyCharacters { characters, most: MOST_CHARACTERS_OF_A_SCENE });
    }
    if text.chars().any(|c| is_garbage(c) || (c.is_control() && c != '\n' && c != '\t')) {
        return Err(TextProblem::ControlCharacters);
    }
    Ok(())
}

/// One pass: invalid sentences are removed, an overlong script is shortened from its least important end, a missing
/// question is added. [`validate`] decides afterwards.
pub fn repair(script: &Script, document: &Document) -> Script {
    let mut out = script.clone();
    let lexicon = Lexicon::of(script.language);
    let pages = u32::try_from(document.pages.len()).unwrap_or(u32::MAX);
    for scene in &mut out.scenes {
        let question = matches!(scene.slide, SlideKind::Question);
        scene.sentences.retain_mut(|sentence| is_sound(sentence, script.language, question, pages));
    }
    out.scenes.retain(|scene| !scene.sentences.is_empty());
    let closes = out.scenes.last().is_some_and(|scene| matches!(scene.slide, SlideKind::Question));
    if !closes {
        out.scenes.retain(|scene| !matches!(scene.slide, SlideKind::Question));
        out.scenes.push(question_scene(
            &[],
            Some(&out.title).filter(|title| !title.is_empty()).map(String::as_str),
            lexicon,
        ));
    }
    shorten(&mut out);
    lengthen(&mut out, document);
    out
}

fn is_sound(sentence: &mut Sentence, language: Language, question: bool, pages: u32) -> bool {
    sentence.text = super::text::clean(&sentence.text);
    let cited = question || sentence.page.is_some_and(|page| (1..=pages).contains(&page));
    cited && check_text(&sentence.text, language).is_ok() && find_markup(&sentence.text).is_none()
}

/// Removes the last sentence of the longest scene until the whole fits.
fn shorten(script: &mut Script) {
    let language = script.language;
    let most = language.facts().max_words;
    while script.words() > most || script.seconds() > MAX_SECONDS {
        let longest = script
            .scenes
            .iter_mut()
            .filter(|scene| matches!(scene.slide, SlideKind::Page(_)))
            .max_by_key(|scene| scene.words(language));
        let Some(scene) = longest else { break };
        scene.sentences.pop();
        script.scenes.retain(|scene| !scene.sentences.is_empty());
    }
}

/// Adds sentences of a new extract that are not in the script yet, until it is long enough.
fn lengthen(script: &mut Script, document: &Document) {
    let fewest = script.language.facts().min_words;
    if script.words() >= fewest {
        return;
    }
    let Ok(fresh) = Prepared::new(document, script.language).script(Mode::Explanation) else { return };
    for scene in fresh.scenes.into_iter().filter(|scene| matches!(scene.slide, SlideKind::Page(_))) {
        if script.words() >= fewest {
            break;
        }
        let known = |sentence: &Sentence| {
            script.scenes.iter().flat_map(|scene| &scene.sentences).any(|own| own.text == sentence.text)
        };
        if !scene.sentences.iter().any(known) {
            let before_question = script.scenes.len().saturating_sub(1);
            script.scenes.insert(before_question, scene);
        }
    }
}
