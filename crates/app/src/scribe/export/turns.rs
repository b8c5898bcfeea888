//! What was said as paragraphs, for reading: one per turn, and a long turn in several.

use super::direction::Direction;
use super::speech::{self, Passage, Token, ends_sentence, joined};
use super::{Gap, Talk};

/// A pause after which a new paragraph begins.
const PAUSE_MS: u32 = 2500;
/// Bytes after which a paragraph ends with the sentence.
const LONG: usize = 700;
/// Bytes after which it ends anyhow.
const LONGEST: usize = 2500;

/// A paragraph.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// What one person said.
    Said { start_ms: u32, speaker: Option<u32>, text: String },
    /// Something is missing.
    Gap(Gap),
}

pub(super) fn turns(talk: &Talk) -> Vec<Turn> {
    let mut turns = Vec::new();
    for passage in speech::passages(talk) {
        match passage {
            Passage::Gap(gap) => turns.push(Turn::Gap(gap)),
            Passage::Speech { speaker, tokens } => turns.extend(paragraphs(&tokens).map(|tokens| {
                let start_ms = tokens.first().map_or(0, |token| token.start_ms);
                Turn::Said { start_ms, speaker, text: joined(tokens) }
            })),
        }
    }
    turns
}

fn paragraphs(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    divided_by_direction(tokens).flat_map(divided_by_length)
}

/// A sentence in a language of the other direction gets a paragraph of its own: within one, its punctuation would be misplaced.
fn divided_by_direction(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    let mut segments =
        tokens.chunk_by(|last, _| !last.ends_segment).map(|segment| Direction::of_text(&joined(segment)));
    let mut now = segments.next().flatten();
    tokens.chunk_by(move |last, _| {
        if !last.ends_segment {
            return true;
        }
        let next = segments.next().flatten();
        let goes_on = now.is_none() || next.is_none() || now == next;
        now = next.or(now);
        goes_on
    })
}

fn divided_by_length(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    let mut bytes = 0;
    tokens.chunk_by(move |last, next| {
        bytes += last.text.len() + 1;
        let is_full = bytes > LONGEST || (bytes > LONG && ends_sentence(&last.text));
        let goes_on = !is_full && next.start_ms.saturating_sub(last.end_ms) < PAUSE_MS;
        if !goes_on {
            bytes = 0;
        }
        goes_on
    })
}
