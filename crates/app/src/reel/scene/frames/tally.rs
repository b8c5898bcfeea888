//! What OCR is asked of the sentences of reels, and what it found.
//!
//! That a sentence is found in its own frame proves something only if it is not found in others. So each is also looked for
//! in the frame of a sentence of another document in its language, and where its own document is seen at a place that does not
//! show it, there, too. Those frames are read well: OCR finds in them what is said there.

use std::cell::OnceCell;

use sluice_domain::document::{Block, WordBox};
use sluice_domain::language::Language;
use sluice_local::render::{Sight, still};

use super::ocr::{Blocks, line_in, model, overlap, recognised};
use super::{Planned, RECOGNISED, Reel};
use crate::reel::script::{PrintedLine, Sentence};

/// The most that OCR of another place finds.
const ELSEWHERE: f64 = 0.25;

/// A sentence of a reel that OCR can be asked for: long enough to be told from others, and seen whole.
struct Readable<'a> {
    reel: &'a Reel,
    planned: &'a Planned<'a>,
    sentence: &'a Sentence,
    at: u32,
    sight: Sight,
    /// All that OCR reads in its frame, each time that it is asked.
    texts: OnceCell<Vec<String>>,
}

impl Readable<'_> {
    /// How much of a sentence OCR reads in this frame.
    fn share(&self, sentence: &Sentence) -> f64 {
        let texts = self.texts.get_or_init(|| self.texts());
        texts.iter().map(|text| overlap(&sentence.text, text)).fold(0.0, f64::max)
    }

    /// What OCR reads in this frame. The Arabic model skips whole lines for a name in Latin letters: both models together read
    /// those, and fewer of the others; they skip none when each line of the sentence is given by itself.
    fn texts(&self) -> Vec<String> {
        let language = self.reel.language;
        let frame = still(&self.planned.spec, self.at).unwrap();
        let window = self.sight.window;
        let mut texts = vec![recognised(&frame, window, model(language), Blocks::Found)];
        if language == Language::ARABIC && self.sentence.text.contains(|c: char| c.is_ascii_alphabetic()) {
            let is_found = |texts: &[String]| texts.iter().any(|text| overlap(&self.sentence.text, text) >= RECOGNISED);
            let lines = || {
                let read = |model: &str, line: &PrintedLine| {
                    recognised(&frame, line_in(&self.sight, line.bounds), model, Blocks::Line)
                };
                // Each line by the model that reads more of it.
                let better = |line| {
                    ["ara", "ara+eng"].map(|model| read(model, line)).into_iter().max_by(|one, other| {
                        overlap(&self.sentence.text, one).total_cmp(&overlap(&self.sentence.text, other))
                    })
                };
                let due = self.planned.due(self.sentence, &self.sight);
                due.into_iter().filter_map(better).collect::<Vec<_>>().join(" ")
            };
            let tries: [&dyn Fn() -> String; 2] = [&|| recognised(&frame, window, "ara+eng", Blocks::Found), &lines];
            for again in tries {
                if !is_found(&texts) {
                    texts.push(again());
                }
            }
        }
        texts
    }

    /// The page and the part of it that is seen.
    fn place(&self) -> (u32, [f32; 4]) {
        (self.planned.page(self.sight.slide), self.sight.part)
    }

    /// The words that the document prints where this is seen.
    fn printed(&self) -> String {
        let (number, part) = self.place();
        let page = self.reel.document.pages.iter().find(|page| page.number == number).unwrap();
        let share = |bounds: [f32; 4]| {
            [bounds[0] / page.width, bounds[1] / page.height, bounds[2] / page.width, bounds[3] / page.height]
        };
        let is_seen = |bounds: [f32; 4]| meet(share(bounds), part);
        let words = |block: &Block| {
            if block.words.is_empty() {
                return if is_seen(block.bounds) { block.text.clone() } else { String::new() };
            }
            let ends = block.words.iter().skip(1).map(|word| word.0 as usize).chain([block.text.len()]);
            let seen = block.words.iter().zip(ends).filter(|(WordBox(_, bounds), _)| is_seen(*bounds));
            seen.map(|(WordBox(start, _), end)| &block.text[*start as usize..end]).collect()
        };
        page.blocks.iter().map(words).collect::<Vec<_>>().join("\n")
    }

    /// Whether nothing of a sentence is seen here, and hardly any of its words: two slides may share "the keeper" and "the
    /// combs", and such a place proves nothing.
    fn shows_nothing_of(&self, other: &Self) -> bool {
        let (page, part) = self.place();
        let is_own = std::ptr::eq(self.reel, other.reel);
        let is_seen = |line: &PrintedLine| line.page == page && meet(line.bounds, part);
        !(is_own && other.sentence.lines.iter().any(is_seen))
            && overlap(&other.sentence.text, &self.printed()) <= ELSEWHERE / 2.0
    }
}

/// Whether two places of a page have something in common.
fn meet(one: [f32; 4], other: [f32; 4]) -> bool {
    one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]
}

/// What OCR found of the sentences of a reel.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) name: &'static str,
    /// All that are said.
    pub(super) said: usize,
    /// Said over a card, which shows no page.
    pub(super) cards: usize,
    /// Too short to be told from others.
    pub(super) short: usize,
    /// Longer than the view, so that only a part of it is seen at any time.
    pub(super) partly: usize,
    /// The others: OCR can be asked for them.
    pub(super) whole: usize,
    /// Of these, those that a frame of the same document does not show; the others have none in their reel.
    pub(super) unseen_elsewhere: usize,
    /// Those that a frame of another document does not show.
    pub(super) unseen_in_another: usize,
    /// Read by OCR in their own frame, and looked for in those others.
    pub(super) read: usize,
    /// What was found too little in the own frame, or too much in another.
    pub(super) wrong: Vec<String>,
}

/// The sentences of a reel that OCR can be asked for, the longest first.
fn readable<'a>(reel: &'a Reel, planned: &'a [Planned<'a>], tally: &mut Tally) -> Vec<Readable<'a>> {
    let mut found = Vec::new();
    for planned in planned {
        for (sentence, at, sight) in planned.moments() {
            tally.said += 1;
            let Some(sight) = sight else {
                tally.cards += 1;
                continue;
            };
            if sentence.text.split_whitespace().count() < 6 {
                tally.short += 1;
            } else if planned.due(sentence, &sight).len() < sentence.lines.len() {
                tally.partly += 1;
            } else {
                tally.whole += 1;
                found.push(Readable { reel, planned, sentence, at, sight, texts: OnceCell::new() });
            }
        }
    }
    found.sort_by_key(|readable| std::cmp::Reverse(readable.sentence.text.len()));
    found
}

/// Those of a list from a place on, and then those before it.
fn around<T>(list: &[T], from: usize) -> impl Iterator<Item = &T> {
    let (before, after) = list.split_at(from % list.len().max(1));
    after.iter().chain(before)
}

/// The frames that do not show a sentence: of its own reel, if there is one, and of another in its language.
fn without<'a>(all: &'a [Vec<Readable<'a>>], reel: usize, at: usize) -> [Option<&'a Readable<'a>>; 2] {
    let one = &all[reel][at];
    let proves = |other: &&Readable<'_>| other.shows_nothing_of(one);
    let elsewhere = around(&all[reel], at + 1).find(proves);
    let others = around(all, reel + 1).take(all.len() - 1);
    let same = |frames: &&Vec<Readable<'_>>| frames.iter().all(|other| other.reel.language == one.reel.language);
    let in_another = others.filter(same).flat_map(|frames| around(frames, at)).find(proves);
    [elsewhere, in_another]
}

/// Reads one frame per reel by OCR (`every`: those of all longer sentences): the sentence is in its own frame and not in
/// those that show another place of its document, or another document.
pub(super) fn by_ocr(reels: &[Reel], every: bool) -> Vec<Tally> {
    let planned: Vec<Vec<Planned<'_>>> = reels.iter().map(Reel::planned).collect();
    let mut tallies: Vec<Tally> = reels.iter().map(|reel| Tally { name: reel.name, ..Tally::default() }).collect();
    let parts = reels.iter().zip(&planned).zip(&mut tallies);
    let all: Vec<Vec<Readable<'_>>> = parts.map(|((reel, planned), tally)| readable(reel, planned, tally)).collect();
    for (reel, tally) in tallies.iter_mut().enumerate() {
        for (at, one) in all[reel].iter().enumerate() {
            let others = without(&all, reel, at);
            tally.unseen_elsewhere += usize::from(others[0].is_some());
            tally.unseen_in_another += usize::from(others[1].is_some());
            if every || at == 0 {
                tally.read += 1;
                tally.wrong.extend(mistakes(one, &others));
            }
        }
    }
    tallies
}

/// What speaks against a sentence being in its own frame and not in others.
fn mistakes(one: &Readable<'_>, others: &[Option<&Readable<'_>>]) -> Vec<String> {
    let said = |readable: &Readable<'_>| format!("{:?}, at {} ms", readable.sentence.text, readable.at);
    let mut mistakes = Vec::new();
    let own = one.share(one.sentence);
    if own < RECOGNISED {
        mistakes.push(format!("only {own:.2} of {}, in {:?}", said(one), one.texts));
    }
    for other in others.iter().flatten() {
        // A frame of which nothing is read would have nothing of any sentence.
        let (found, its_own) = (other.share(one.sentence), other.share(other.sentence));
        if found > ELSEWHERE || its_own < RECOGNISED {
            let place = format!("{found:.2} of it and {its_own:.2} of what is said there");
            mistakes.push(format!("{} has {place}, in {:?}", said(one), other.texts));
        }
    }
    mistakes
}
