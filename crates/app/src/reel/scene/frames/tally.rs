//! What OCR is asked of the sentences of a reel, and what it found.

use sluice_domain::document::Document;
use sluice_domain::language::Language;
use sluice_local::render::{Sight, still};

use super::ocr::{Blocks, line_in, model, overlap, recognised};
use super::{Planned, RECOGNISED, Reel};
use crate::reel::script::{PrintedLine, Sentence};

/// The most that OCR of another place finds.
const ELSEWHERE: f64 = 0.25;

/// A sentence of a reel that OCR can be asked for: long enough to be told from others, and seen whole.
struct Readable<'a> {
    planned: &'a Planned<'a>,
    sentence: &'a Sentence,
    at: u32,
    sight: Sight,
}

impl Readable<'_> {
    fn recognised(&self, language: Language) -> String {
        let frame = still(&self.planned.spec, self.at).unwrap();
        recognised(&frame, self.sight.window, model(language), Blocks::Found)
    }

    /// What OCR reads in its own frame. The Arabic model skips whole lines for a name in Latin letters: both models together
    /// read those, and fewer of the others; they skip none when each line of the sentence is given by itself.
    fn recognised_itself(&self, language: Language) -> (f64, String) {
        let frame = still(&self.planned.spec, self.at).unwrap();
        let window = self.sight.window;
        let rated = |text: String| (overlap(&self.sentence.text, &text), text);
        let mut best = rated(recognised(&frame, window, model(language), Blocks::Found));
        if language == Language::ARABIC && self.sentence.text.contains(|c: char| c.is_ascii_alphabetic()) {
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
                if best.0 < RECOGNISED {
                    let found = rated(again());
                    best = if found.0 > best.0 { found } else { best };
                }
            }
        }
        best
    }

    /// The page and the part of it that is seen.
    fn place(&self) -> (u32, [f32; 4]) {
        (self.planned.page(self.sight.slide), self.sight.part)
    }

    /// What the document prints where this is seen.
    fn printed(&self, document: &Document) -> String {
        let (number, part) = self.place();
        let page = document.pages.iter().find(|page| page.number == number).unwrap();
        let share = |bounds: [f32; 4]| {
            [bounds[0] / page.width, bounds[1] / page.height, bounds[2] / page.width, bounds[3] / page.height]
        };
        let seen = |at: [f32; 4]| at[0] < part[2] && part[0] < at[2] && at[1] < part[3] && part[1] < at[3];
        let blocks = page.blocks.iter().filter(|block| seen(share(block.bounds)));
        blocks.map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// Whether nothing of the other's place is seen here.
    fn is_apart(&self, other: &Self) -> bool {
        let ((here, part), (there, other)) = (self.place(), other.place());
        let misses = |low: usize, high: usize| part[low] >= other[high] || other[low] >= part[high];
        here.abs_diff(there) > 1 || here == there && (misses(0, 2) || misses(1, 3))
    }
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
    /// Read by OCR in their own frame.
    pub(super) read: usize,
    /// Of these, compared with a frame that shows another place; the others have none in their reel.
    pub(super) compared: usize,
    /// What was found too little in the own frame, or too much in another.
    pub(super) wrong: Vec<String>,
}

/// The sentences of a reel that OCR can be asked for, the longest first.
fn readable<'a>(planned: &'a [Planned<'a>], tally: &mut Tally) -> Vec<Readable<'a>> {
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
                found.push(Readable { planned, sentence, at, sight });
            }
        }
    }
    found.sort_by_key(|readable| std::cmp::Reverse(readable.sentence.text.len()));
    found
}

/// Reads one frame per reel by OCR (`every`: those of all longer sentences): the sentence is in its own frame and not
/// in that of one that stands elsewhere.
pub(super) fn by_ocr(reel: &Reel, every: bool) -> Tally {
    let mut tally = Tally { name: reel.name, ..Tally::default() };
    let planned = reel.planned();
    let long = readable(&planned, &mut tally);
    for one in &long[..if every { long.len() } else { long.len().min(1) }] {
        let sentence = &one.sentence.text;
        let (found, text) = one.recognised_itself(reel.language);
        tally.read += 1;
        if found < RECOGNISED {
            tally.wrong.push(format!("only {found:.2} of {sentence:?}, at {} ms, in {text:?}", one.at));
        }
        // Two slides may share "the keeper" and "the combs": such a place proves nothing.
        let prints_other_words =
            |other: &Readable| overlap(sentence, &other.printed(&reel.document)) <= ELSEWHERE / 2.0;
        let Some(apart) = long.iter().find(|other| one.is_apart(other) && prints_other_words(other)) else { continue };
        let text = apart.recognised(reel.language);
        let found = overlap(sentence, &text);
        tally.compared += 1;
        if found > ELSEWHERE {
            tally.wrong.push(format!("{found:.2} of {sentence:?}, at {} ms, elsewhere, in {text:?}", one.at));
        }
    }
    tally
}
