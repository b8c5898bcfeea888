//! What a scene shows when: which page is in the frame while a sentence is said, and which of its lines are marked.

use sluice_local::render::Focus;

use super::script::{PrintedLine, SceneScript, Sentence, SlideKind};

/// A card or a page, from a moment until the next shot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shot {
    /// Start in milliseconds of the scene.
    pub(crate) from_ms: u32,
    /// The page, counted from 1; none: the scene's card.
    pub(crate) page: Option<u32>,
    /// What is read out on it.
    pub(crate) focus: Vec<Focus>,
}

/// The part of a sentence that stands on one page.
#[derive(Debug, Clone, PartialEq)]
struct Passage<'a> {
    /// None: the card.
    page: Option<u32>,
    lines: Vec<&'a PrintedLine>,
    time: (u32, u32),
}

/// How long before a sentence its page appears, if nothing is said meanwhile.
const EARLY_MS: u32 = 200;
/// How long a title is shown that is not itself read out.
const TITLE_MS: u32 = 1600;

/// The pages that a scene shows, without duplicates, in the order of their numbers.
pub(crate) fn pages_shown(script: &SceneScript) -> Vec<u32> {
    let times = vec![(0, 0); script.sentences.len()];
    let mut pages: Vec<u32> = passages(script, &times).iter().filter_map(|passage| passage.page).collect();
    pages.sort_unstable();
    pages.dedup();
    pages
}

/// The shots of a scene whose sentences are said at these times; at least one, and the first begins at 0.
pub(crate) fn shots(script: &SceneScript, times: &[(u32, u32)]) -> Vec<Shot> {
    let passages = passages(script, times);
    let mut shots: Vec<Shot> = Vec::new();
    let mut said_until = 0;
    for passage in &passages {
        let (from, until) = passage.time;
        if shots.last().is_none_or(|shot| shot.page != passage.page) {
            let from_ms = if shots.is_empty() { 0 } else { from.saturating_sub(EARLY_MS).max(said_until) };
            shots.push(Shot { from_ms, page: passage.page, focus: Vec::new() });
        }
        if let (Some(shot), Some(line)) = (shots.last_mut(), passage.lines.first()) {
            let lines = passage.lines.iter().map(|line| line.bounds).collect();
            let column = passage
                .lines
                .iter()
                .fold(line.column, |[left, right], line| [left.min(line.column[0]), right.max(line.column[1])]);
            shot.focus.push(Focus { from_ms: from, until_ms: until.max(from + 1), lines, column });
        }
        said_until = until;
    }
    if shots.is_empty() {
        let page = if let SlideKind::Page(page) = script.slide { Some(page) } else { None };
        shots.push(Shot { from_ms: 0, page, focus: Vec::new() });
    }
    shots
}

fn passages<'a>(script: &'a SceneScript, times: &[(u32, u32)]) -> Vec<Passage<'a>> {
    let mut passages: Vec<Passage<'a>> = Vec::new();
    for (index, (sentence, (from, until))) in script.sentences.iter().zip(times).enumerate() {
        let (mut from, until) = (*from, (*until).max(*from));
        let on_card = |time| Passage { page: None, lines: Vec::new(), time };
        match script.slide {
            SlideKind::Question => passages.push(on_card((from, until))),
            SlideKind::Title if sentence.lines.is_empty() || is_heading(sentence, &script.heading) => {
                passages.push(on_card((from, until)));
            }
            SlideKind::Title => {
                if index == 0 {
                    let end = from + TITLE_MS.min((until - from) * 2 / 5);
                    passages.push(on_card((from, end)));
                    from = end;
                }
                passages.extend(by_page(&sentence.lines, (from, until)));
            }
            SlideKind::Page(_) if !sentence.lines.is_empty() => {
                passages.extend(by_page(&sentence.lines, (from, until)));
            }
            // Nobody knows where it stands: its page if it cites one, otherwise what is shown anyway.
            SlideKind::Page(first) => {
                let shown = passages.last().and_then(|passage| passage.page);
                let page = sentence.page.or(shown).or_else(|| first_page(&script.sentences)).unwrap_or(first);
                passages.push(Passage { page: Some(page), lines: Vec::new(), time: (from, until) });
            }
        }
    }
    passages
}

fn first_page(sentences: &[Sentence]) -> Option<u32> {
    sentences.iter().find_map(|sentence| sentence.lines.first().map(|line| line.page).or(sentence.page))
}

/// Lines on several pages share the time of their sentence by their lengths.
fn by_page(lines: &[PrintedLine], (from, until): (u32, u32)) -> Vec<Passage<'_>> {
    let length = |line: &PrintedLine| f64::from((line.bounds[2] - line.bounds[0]).max(0.001));
    let whole: f64 = lines.iter().map(length).sum();
    let mut passages: Vec<Passage<'_>> = Vec::new();
    let (mut at, mut read) = (from, 0.0);
    for run in lines.chunk_by(|one, other| one.page == other.page) {
        read += run.iter().map(length).sum::<f64>();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of the sentence's time")]
        let end = from + (f64::from(until - from) * read / whole).round() as u32;
        let page = run.first().map(|line| line.page);
        passages.push(Passage { page, lines: run.iter().collect(), time: (at, end) });
        at = end;
    }
    passages
}

/// Whether a sentence is what the card shows.
fn is_heading(sentence: &Sentence, heading: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let (said, shown): (String, String) = (letters(&sentence.text), letters(heading));
    said == shown || heading.ends_with('…') && sentence.page.is_some() && said.starts_with(&shown) && shown.len() > 20
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(text: &str, page: Option<u32>, lines: &[(u32, f32)]) -> Sentence {
        let line = |(page, wide): &(u32, f32)| PrintedLine {
            page: *page,
            bounds: [0.1, 0.2, 0.1 + wide, 0.22],
            column: [0.1, 0.9],
        };
        Sentence { text: text.to_owned(), page, lines: lines.iter().map(line).collect() }
    }

    fn scene(slide: SlideKind, sentences: Vec<Sentence>) -> SceneScript {
        SceneScript { heading: "How tides work".to_owned(), slide, sentences }
    }

    fn told(shots: &[Shot]) -> Vec<(u32, Option<u32>, usize)> {
        shots.iter().map(|shot| (shot.from_ms, shot.page, shot.focus.len())).collect()
    }

    #[test]
    fn a_sentence_from_another_page_changes_the_page() {
        let sentences = vec![
            sentence("One.", Some(2), &[(2, 0.8)]),
            sentence("Two.", Some(2), &[(2, 0.5)]),
            sentence("Three.", Some(5), &[(5, 0.8), (5, 0.3)]),
        ];
        let script = scene(SlideKind::Page(2), sentences);
        let shots = shots(&script, &[(0, 1000), (1200, 2000), (2600, 4000)]);
        assert_eq!(told(&shots), [(0, Some(2), 2), (2400, Some(5), 1)]);
        assert_eq!(
            (shots[1].focus[0].from_ms, shots[1].focus[0].until_ms, shots[1].focus[0].lines.len()),
            (2600, 4000, 2)
        );
        assert_eq!(pages_shown(&script), [2, 5]);
    }

    #[test]
    fn a_sentence_over_two_pages_turns_the_page_in_between() {
        let script = scene(SlideKind::Page(1), vec![sentence("One.", Some(1), &[(1, 0.6), (2, 0.2)])]);
        assert_eq!(told(&shots(&script, &[(0, 4000)])), [(0, Some(1), 1), (3000, Some(2), 1)]);
    }

    #[test]
    fn a_persons_own_sentence_stays_where_the_frame_is() {
        let sentences = vec![sentence("One.", Some(3), &[(3, 0.8)]), sentence("My own words.", None, &[])];
        let shots = shots(&scene(SlideKind::Page(1), sentences), &[(0, 1000), (1200, 2000)]);
        assert_eq!(told(&shots), [(0, Some(3), 1)]);
    }

    #[test]
    fn the_title_is_on_its_card_and_what_follows_on_its_page() {
        let sentences =
            vec![sentence("How tides work.", Some(1), &[(1, 0.4)]), sentence("Water rises.", Some(1), &[(1, 0.8)])];
        let times = [(0, 1000), (1500, 3000)];
        assert_eq!(told(&shots(&scene(SlideKind::Title, sentences), &times)), [(0, None, 0), (1300, Some(1), 1)]);
        let untitled = scene(SlideKind::Title, vec![sentence("Water rises.", Some(1), &[(1, 0.8)])]);
        assert_eq!(told(&shots(&untitled, &[(0, 5000)])), [(0, None, 0), (1600, Some(1), 1)]);
        let question = scene(SlideKind::Question, vec![sentence("Why?", None, &[])]);
        assert_eq!(told(&shots(&question, &[(0, 900)])), [(0, None, 0)]);
        assert_eq!(pages_shown(&question), Vec::<u32>::new());
    }
}
