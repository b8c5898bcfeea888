//! Groups selected sentences into scenes of about eight to sixteen seconds, and adds title and question.

use sluice_domain::language::Language;

use super::candidates::Candidates;
use super::lexicon::{Lexicon, is_topic};
use super::outline::{Bundle, Outline};
use super::select::Choice;
use super::terms::Terms;
use super::text::{bare, capitalised, cut, word_count};
use super::{SceneScript, Sentence, SlideKind};

/// Longest heading of a scene, in characters.
pub(super) const LONGEST_HEADING: usize = 60;

fn talks(bundle: Option<Bundle>) -> bool {
    matches!(bundle, Some(Bundle::Exchange(_)))
}

/// The scenes between title and question.
pub(super) fn scenes(
    choice: &Choice,
    candidates: &Candidates,
    outline: &Outline,
    terms: &Terms,
    language: Language,
) -> Vec<SceneScript> {
    let lexicon = Lexicon::of(language);
    let per_minute = language.facts().spoken_per_minute;
    let (fewest, most) = (per_minute * 8 / 60, per_minute * 16 / 60);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (place, &index) in choice.told.iter().enumerate() {
        let candidate = &candidates.all[index];
        if let Some(group) = groups.last_mut() {
            let last = &candidates.all[choice.told[group[group.len() - 1]]];
            let words: u32 = group.iter().map(|at| candidates.all[choice.told[*at]].words).sum();
            let bundled = candidate.bundle.is_some() && candidate.bundle == last.bundle;
            let leans = bundled || candidate.told.leans && words + candidate.words <= most + fewest / 2;
            let near = last.chapter == candidate.chapter && last.page.abs_diff(candidate.page) <= 1;
            let listed = candidate.bundle.is_some() || last.bundle.is_some();
            // What is no part of a conversation must not sound like its last speaker.
            let apart = talks(candidate.bundle) != talks(last.bundle);
            let together = !apart && (last.section == candidate.section || words * 2 < fewest && near && !listed);
            // A bundle that begins here comes whole.
            let length: u32 = choice.told[place..]
                .iter()
                .map(|index| &candidates.all[*index])
                .take_while(|other| candidate.bundle.is_some() && other.bundle == candidate.bundle)
                .map(|other| other.words)
                .sum();
            let length = length.max(candidate.words);
            let fits = words + length <= most || words < fewest && words + length <= most * 2;
            if leans || (together && fits && group.len() < 3) {
                group.push(place);
                continue;
            }
        }
        groups.push(vec![place]);
    }
    join_short(&mut groups, choice, candidates, fewest, most);
    let mut used: Vec<String> = Vec::new();
    groups
        .into_iter()
        .map(|group| {
            let told: Vec<usize> = group.iter().map(|place| choice.told[*place]).collect();
            let first = &candidates.all[told[0]];
            let own = outline.sections[first.section].heading.as_deref().map(clean_heading);
            let own = own.filter(|heading| heading.chars().filter(|c| c.is_alphabetic()).count() >= 2);
            let heading = own.unwrap_or_else(|| key_heading(candidates, &told, terms, lexicon, &used));
            used.push(heading.clone());
            let sentences = group
                .iter()
                .map(|place| {
                    let candidate = &candidates.all[choice.told[*place]];
                    let follows = *place != group[0] && choice.follows(*place, candidates);
                    let text = if follows { &candidate.told.full } else { &candidate.told.bare };
                    Sentence { text: text.clone(), page: Some(candidate.page), lines: Vec::new() }
                })
                .collect();
            SceneScript { heading, slide: SlideKind::Page(first.page), sentences }
        })
        .collect()
}

/// Joins a very short scene with a neighbour on a nearby page.
fn join_short(groups: &mut Vec<Vec<usize>>, choice: &Choice, candidates: &Candidates, fewest: u32, most: u32) {
    let words = |group: &[usize]| group.iter().map(|at| candidates.all[choice.told[*at]].words).sum::<u32>();
    let page = |group: &[usize]| candidates.all[choice.told[group[0]]].page;
    let mut index = 0;
    while index < groups.len() {
        if words(&groups[index]) * 5 >= fewest * 2 || groups.len() < 2 {
            index += 1;
            continue;
        }
        let fits = |other: usize| {
            groups.get(other).filter(|group| {
                let first = |group: &[usize]| &candidates.all[choice.told[group[0]]];
                let (one, two) = (first(group), first(&groups[index]));
                // The title of a slide heads the scene of that slide alone.
                let listed = (one.bundle.is_some() || two.bundle.is_some()) && one.section != two.section
                    || talks(one.bundle) != talks(two.bundle);
                words(group) + words(&groups[index]) <= most + fewest / 2
                    && page(group).abs_diff(page(&groups[index])) <= 1
                    && !listed
            })
        };
        if index > 0 && fits(index - 1).is_some() {
            let group = groups.remove(index);
            groups[index - 1].extend(group);
        } else if fits(index + 1).is_some() {
            let group = groups.remove(index + 1);
            groups[index].extend(group);
            index += 1;
        } else {
            index += 1;
        }
    }
}

/// The heading of a scene without one: the key term of its sentences that no other scene has, otherwise their longest
/// phrase.
fn key_heading(candidates: &Candidates, told: &[usize], terms: &Terms, lexicon: &Lexicon, used: &[String]) -> String {
    let mut terms = terms.key(candidates, told, lexicon, 3).into_iter().map(|term| capitalised(&term));
    let found = terms.find(|term| !used.contains(term));
    let first = &candidates.all[told[0]].told.bare;
    let heading = found.or_else(|| key_phrase(first, lexicon).map(|phrase| capitalised(&phrase)));
    cut(&heading.unwrap_or_else(|| first.clone()), LONGEST_HEADING)
}

/// A heading for display: as it is printed, without punctuation at its end, at most [`LONGEST_HEADING`] characters.
pub(super) fn clean_heading(heading: &str) -> String {
    let trimmed = heading
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | ',' | ';' | '-' | '–' | '—' | '،' | '*'));
    cut(trimmed, LONGEST_HEADING)
}

/// The longest run of topic words (at most three) of a sentence; the first of several.
fn key_phrase(sentence: &str, lexicon: &Lexicon) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for run in topic_runs(sentence, lexicon) {
        let phrase = run[..run.len().min(3)].join(" ");
        let value = run.len().min(3) * 100 + phrase.chars().count().min(40);
        if best.as_ref().is_none_or(|(most, _)| value > *most) {
            best = Some((value, phrase));
        }
    }
    best.map(|(_, phrase)| phrase)
}

/// Runs of topic words without stop words or punctuation between them.
fn topic_runs<'a>(text: &'a str, lexicon: &Lexicon) -> Vec<Vec<&'a str>> {
    let mut runs = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let core = bare(word);
        let starts_clean = word.starts_with(|c: char| c.is_alphanumeric());
        let ends_clean = word.ends_with(|c: char| c.is_alphanumeric());
        if !starts_clean && !run.is_empty() {
            runs.push(std::mem::take(&mut run));
        }
        if is_topic(core, lexicon) {
            run.push(core);
        }
        if (!is_topic(core, lexicon) || !ends_clean) && !run.is_empty() {
            runs.push(std::mem::take(&mut run));
        }
    }
    if !run.is_empty() {
        runs.push(run);
    }
    runs
}

/// The title card: the title, and the opening sentence.
pub(super) fn title_scene(title: &str, page: u32, opening: Option<Sentence>) -> SceneScript {
    let mut sentences = vec![Sentence { text: title.to_owned(), page: Some(page), lines: Vec::new() }];
    sentences.extend(opening);
    SceneScript { heading: cut(title, LONGEST_HEADING), slide: SlideKind::Title, sentences }
}

/// The closing card: a question about two key terms, or about the title.
pub(super) fn question_scene(terms: &[String], title: Option<&str>, lexicon: &Lexicon) -> SceneScript {
    let words = lexicon.words;
    let text = match (terms, title) {
        ([one, other, ..], _) => words.question_of_two.replace("{0}", one).replace("{1}", other),
        (_, Some(title)) if word_count(title) <= 14 => words.question_of_title.replace("{0}", &without_quotes(title)),
        _ => words.question.to_owned(),
    };
    SceneScript {
        heading: words.question_heading.to_owned(),
        slide: SlideKind::Question,
        sentences: vec![Sentence { text, page: None, lines: Vec::new() }],
    }
}

fn without_quotes(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '“' | '”' | '„' | '«' | '»' | '"')).collect()
}
