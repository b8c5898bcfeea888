//! Captions: at most two lines of 42 columns, which can be read while they are shown, and end where a sentence, a clause or a
//! breath ends. The breaks are those with the least total cost, so that no choice makes the next caption bad.
//!
//! The figures are what broadcasters and streaming services ask for: 42 letters to a line, 17 to 20 letters a second, from one
//! to seven seconds. Ideographs count as two columns.

use unicode_width::UnicodeWidthStr as _;

use super::Talk;
use super::speech::{self, Passage, Token, ends_clause, ends_sentence, joined};

/// Columns of a line.
pub(super) const LINE: usize = speech::WIDEST;
/// Columns that are read in a second with ease.
pub(super) const PER_SECOND: u64 = 17;
/// Least display time, unless the next caption comes earlier.
const SHORT_MS: u32 = 1000;
/// Least display time even then; the next caption comes later if it must.
pub(super) const SHORTEST_MS: u32 = 500;
/// Greatest display time, unless a single token takes longer.
const LONGEST_MS: u32 = 7000;
/// A pause after which a new caption begins.
const SILENCE_MS: u32 = 900;
/// A breath: a good place for a break.
const BREATH_MS: u32 = 220;
/// How long a caption stays after its last word where there is time.
const LINGER_MS: u32 = 400;
/// How long it stays at most if it takes time to be read.
const LONGEST_LINGER_MS: u32 = 2500;
/// Between two captions there are two empty frames, or none: less would flicker.
const EMPTY_MS: u32 = 80;
/// How long a gap is announced.
const GAP_SHOWN_MS: u32 = 4000;
/// Tokens of one caption; only tokens that take no columns reach it.
const MOST_TOKENS: usize = 2 * LINE;

/// A caption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cue {
    pub(super) start_ms: u32,
    /// Exclusive.
    pub(super) end_ms: u32,
    /// One or two.
    pub(super) lines: Vec<String>,
    /// Who speaks; nobody in a gap.
    pub(super) speaker: Option<u32>,
}

impl Cue {
    fn columns(&self) -> usize {
        self.lines.iter().map(|line| line.width()).sum::<usize>() + self.lines.len().saturating_sub(1)
    }
}

/// The captions of the whole recording: in order, without overlaps, none shorter than half a second.
pub(super) fn cues(talk: &Talk) -> Vec<Cue> {
    let passages = speech::passages(talk);
    let mut cues = Vec::new();
    for (index, passage) in passages.iter().enumerate() {
        match passage {
            Passage::Speech { speaker, tokens } => {
                let next_ms = passages.get(index + 1).map_or(u32::MAX, start_of);
                let text = Text::new(tokens, next_ms);
                cues.extend(text.breaks().into_iter().map(|(from, to)| text.cue(from, to, *speaker)));
            }
            Passage::Gap(gap) => cues.push(Cue {
                start_ms: gap.start_ms,
                end_ms: gap.end_ms.min(gap.start_ms.saturating_add(GAP_SHOWN_MS)),
                lines: talk.labels().gap_lines(*gap).into(),
                speaker: None,
            }),
        }
    }
    show(&mut cues);
    cues
}

fn start_of(passage: &Passage) -> u32 {
    match passage {
        Passage::Speech { tokens, .. } => tokens.first().map_or(u32::MAX, |token| token.start_ms),
        Passage::Gap(gap) => gap.start_ms,
    }
}

/// Tokens of one speaker, with the columns before each.
struct Text<'a> {
    tokens: &'a [Token],
    before: Vec<usize>,
    /// When the next passage begins.
    next_ms: u32,
}

impl<'a> Text<'a> {
    fn new(tokens: &'a [Token], next_ms: u32) -> Self {
        let mut before = vec![0];
        let mut columns = 0;
        for token in tokens {
            columns += token.text.width() + usize::from(token.spaced);
            before.push(columns);
        }
        Self { tokens, before, next_ms }
    }

    /// Columns of the tokens in `from..to`.
    fn columns(&self, from: usize, to: usize) -> usize {
        (self.before[to] - self.before[from]).saturating_sub(usize::from(self.tokens[from].spaced))
    }

    /// Ranges of tokens, one for each caption.
    fn breaks(&self) -> Vec<(usize, usize)> {
        let mut best: Vec<(u64, usize)> = vec![(0, 0)];
        for to in 1..=self.tokens.len() {
            let mut cheapest = (u64::MAX, to - 1);
            for from in (to.saturating_sub(MOST_TOKENS)..to).rev() {
                let Some(cost) = self.cost(from, to) else { break };
                cheapest = cheapest.min((best[from].0 + cost, from));
            }
            best.push(cheapest);
        }
        let mut breaks = Vec::new();
        let mut to = self.tokens.len();
        while to > 0 {
            let from = best[to].1;
            breaks.push((from, to));
            to = from;
        }
        breaks.reverse();
        breaks
    }

    /// How bad a caption of these tokens is; none if it may not be. A single token always may.
    fn cost(&self, from: usize, to: usize) -> Option<u64> {
        let (first, last) = (self.tokens.get(from)?, self.tokens.get(to - 1)?);
        let spoken_ms = last.end_ms.saturating_sub(first.start_ms);
        let tokens = &self.tokens[from..to];
        let is_single = tokens.len() == 1;
        // The pause after the first token: those of the others were looked at before, since `from` goes down.
        let pauses = tokens.get(1).is_some_and(|second| pause(first, second) > SILENCE_MS);
        if !is_single && (pauses || spoken_ms > LONGEST_MS || self.line_break(from, to).is_none()) {
            return None;
        }
        let columns = self.columns(from, to);
        let next_ms = self.tokens.get(to).map_or(self.next_ms, |next| next.start_ms);
        let shown_ms = next_ms.min(last.end_ms.saturating_add(LONGEST_LINGER_MS)).saturating_sub(first.start_ms).max(1);
        let few = (LINE.saturating_sub(columns) as u64).pow(2) * 38 / (LINE as u64).pow(2);
        let short = u64::from(SHORT_MS.saturating_sub(shown_ms)) * 40 / 1000;
        let fast = (columns as u64 * 1000 / u64::from(shown_ms)).saturating_sub(PER_SECOND).min(20) * 6;
        let lonely = if is_single && !ends_sentence(&last.text) { 30 } else { 0 };
        let sentences = tokens[..tokens.len() - 1].iter().filter(|token| ends_sentence(&token.text)).count() as u64;
        Some(14 + self.cost_of_end(to) + few + short + fast + lonely + sentences * 46)
    }

    /// How bad it is to end a caption before the token at `to`.
    fn cost_of_end(&self, to: usize) -> u64 {
        let (Some(last), Some(next)) = (self.tokens.get(to - 1), self.tokens.get(to)) else { return 0 };
        let cost = break_cost(last);
        if pause(last, next) > BREATH_MS { cost.saturating_sub(12) } else { cost }
    }

    /// Where the second line begins (`to`: there is none); none if two lines are not enough.
    fn line_break(&self, from: usize, to: usize) -> Option<usize> {
        if self.columns(from, to) <= LINE || to - from == 1 {
            return Some(to);
        }
        let fits = |at: &usize| self.columns(from, *at) <= LINE && self.columns(*at, to) <= LINE;
        let cost = |at: &usize| {
            let uneven = self.columns(from, *at).abs_diff(self.columns(*at, to)) as u64;
            uneven + break_cost(&self.tokens[*at - 1]) / 4
        };
        (from + 1..to).filter(fits).min_by_key(cost)
    }

    fn cue(&self, from: usize, to: usize, speaker: Option<u32>) -> Cue {
        let tokens = &self.tokens[from..to];
        let start_ms = tokens.first().map_or(0, |token| token.start_ms);
        let end_ms = tokens.iter().map(|token| token.end_ms).max().unwrap_or(start_ms);
        let lines = match self.line_break(from, to) {
            Some(at) if at < to => vec![joined(&self.tokens[from..at]), joined(&self.tokens[at..to])],
            _ => vec![joined(tokens)],
        };
        Cue { start_ms, end_ms, lines, speaker }
    }
}

fn pause(before: &Token, after: &Token) -> u32 {
    after.start_ms.saturating_sub(before.end_ms)
}

/// How bad a break after a token is. A very short word (the, of, de, und, في) belongs to what follows in most languages that
/// separate words.
fn break_cost(last: &Token) -> u64 {
    if ends_sentence(&last.text) {
        0
    } else if ends_clause(&last.text) {
        16
    } else if last.ends_segment {
        30
    } else if last.text.width() <= 3 && last.text.chars().all(|letter| letter.is_alphabetic() && letter.len_utf8() < 3)
    {
        88
    } else {
        58
    }
}

/// Sets how long each caption is shown: as long as it takes to read it, where there is time before the next one.
fn show(cues: &mut [Cue]) {
    let mut until = 0;
    for index in 0..cues.len() {
        let next_ms = cues.get(index + 1).map_or(u32::MAX, |next| next.start_ms);
        let Some(cue) = cues.get_mut(index) else { return };
        cue.start_ms = cue.start_ms.max(until);
        let reading_ms = u32::try_from(cue.columns() as u64 * 1000 / PER_SECOND).unwrap_or(u32::MAX).max(SHORT_MS);
        let read = cue.start_ms.saturating_add(reading_ms).min(cue.end_ms.saturating_add(LONGEST_LINGER_MS));
        let wanted = read.max(cue.end_ms.saturating_add(LINGER_MS).min(cue.start_ms.saturating_add(LONGEST_MS)));
        let wanted = wanted.max(cue.end_ms);
        let end_ms = match next_ms.saturating_sub(wanted) {
            0..EMPTY_MS if next_ms.saturating_sub(EMPTY_MS) >= read => next_ms - EMPTY_MS,
            0..EMPTY_MS => next_ms,
            _ => wanted,
        };
        cue.end_ms = end_ms.max(cue.start_ms.saturating_add(SHORTEST_MS));
        until = cue.end_ms;
    }
}
