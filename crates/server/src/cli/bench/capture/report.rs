//! What came of all cards, by language and source.

use std::fmt;

use serde::Serialize;
use sluice_app::capture::view::PhraseStatus;

use super::Source;
use super::judge::{Card, Judged, Kinds, Tally, Wrong, judge};
use super::pipeline::Made;
use super::set::Phrase;
use crate::cli::bench::figures::{Figure, Target, median};

/// The cards of a language that came from the same kind of source.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Row {
    pub(super) language: &'static str,
    pub(super) source: Source,
    /// Cards that were made.
    cards: usize,
    /// Phrases of which none was made, which everybody sees.
    failed: usize,
    /// Why the last of them was not.
    reason: Option<String>,
    errors: usize,
    characters: usize,
    /// Fields with a label.
    fields: usize,
    /// Those that are empty, and say so.
    empty: usize,
    /// Those that are wrong.
    wrong: usize,
    /// Those that are right, and doubtful all the same.
    doubted: usize,
    /// Cards with a wrong field.
    wrong_cards: usize,
    /// Cards with a wrong field that nothing flags.
    not_flagged: usize,
    /// The labelled fields, by their kind.
    pub(super) kinds: Kinds,
    #[serde(skip)]
    seconds: Vec<f64>,
}

/// A card with a wrong field that nothing flags.
#[derive(Debug, Clone, Serialize)]
pub(super) struct NotFlagged {
    pub(super) language: &'static str,
    pub(super) source: Source,
    pub(super) phrase: &'static str,
    pub(super) wrong: Vec<Wrong>,
}

impl Row {
    pub(super) fn new(language: &'static str, source: Source) -> Self {
        Self { language, source, ..Self::default() }
    }

    /// Counts a card, and returns it if it is wrong and nothing says so.
    pub(super) fn count(&mut self, phrase: &Phrase, made: &Made) -> Option<NotFlagged> {
        if made.view.status == PhraseStatus::Failed {
            self.failed += 1;
            self.reason = made.view.error.as_ref().map(|error| error.detail.clone());
            return None;
        }
        self.cards += 1;
        self.seconds.push(made.seconds);
        let judged = judge(phrase, &Card::of(&made.view));
        self.add(&judged);
        let wrong: Vec<Wrong> = judged.wrong.into_iter().filter(|wrong| !wrong.is_flagged).collect();
        if wrong.is_empty() {
            return None;
        }
        self.not_flagged += 1;
        Some(NotFlagged { language: self.language, source: self.source, phrase: phrase.text, wrong })
    }

    fn add(&mut self, judged: &Judged) {
        self.errors += judged.errors;
        self.characters += judged.characters;
        let total = judged.total();
        self.fields += total.labelled;
        self.empty += total.empty;
        self.wrong += total.wrong;
        self.doubted += total.doubted;
        add(&mut self.kinds, &judged.kinds);
        self.wrong_cards += usize::from(!judged.wrong.is_empty());
    }
}

fn add(to: &mut Kinds, from: &Kinds) {
    for (kind, tally) in from {
        to.entry(kind).or_default().add(*tally);
    }
}

/// What came of each kind of field of a source, a line for each.
pub(super) fn kinds(rows: &[Row], source: Source) -> Vec<String> {
    let mut kinds = Kinds::new();
    rows.iter().filter(|row| row.source == source).for_each(|row| add(&mut kinds, &row.kinds));
    let told = kinds.into_iter().map(|(kind, tally)| {
        let Tally { labelled, empty, doubted, wrong, not_flagged } = tally;
        format!(
            "{:<5} {kind}: of {labelled} labelled {wrong} wrong, {empty} empty, {doubted} right but doubtful; {not_flagged} wrong and not \
             flagged",
            source.name()
        )
    });
    told.collect()
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { language, source, cards, failed, fields, empty, wrong, doubted, wrong_cards, not_flagged, .. } =
            self;
        let error = percent(self.errors, self.characters);
        write!(
            formatter,
            "{language} {:<5} {cards:>3} cards, {failed} failed; {error:>5.1} % of characters wrong; of {fields} labelled fields {wrong} \
             wrong, {empty} empty, {doubted} right but doubtful; of {wrong_cards} wrong cards {not_flagged} not flagged",
            source.name()
        )?;
        match &self.reason {
            Some(reason) => write!(formatter, " ({reason})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for NotFlagged {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NOT FLAGGED: {} {}: {}", self.language, self.source.name(), self.phrase)?;
        for Wrong { field, word, expected, found, .. } in &self.wrong {
            write!(formatter, "; {field} {word} is \"{found}\" and not \"{expected}\"")?;
        }
        Ok(())
    }
}

/// How long the cards of a source took, and what is wanted of that.
pub(super) fn times(rows: &[Row], source: Source) -> Vec<Figure> {
    let of_source = rows.iter().filter(|row| row.source == source);
    let seconds: Vec<f64> = of_source.flat_map(|row| row.seconds.iter().copied()).collect();
    if seconds.is_empty() {
        return Vec::new();
    }
    let (half, most, target) = match source {
        Source::Text => ("text_card_p50", "text_card_p95", Some(2.0)),
        Source::Photo => ("photo_card_p50", "photo_card_p95", Some(4.0)),
        // What is wanted is said of one of twenty seconds.
        Source::Clip => ("clip_card_p50", "clip_card_p95", None),
    };
    let note = format!("{} cards, one after the other, with their sound", seconds.len());
    let p95 = Figure::alone(most, rank(&seconds, 95), "s").note(note);
    let p95 = match target {
        Some(target) => p95.target(Target::AtMost(target)),
        None => p95,
    };
    vec![Figure::alone(half, median(&seconds), "s"), p95]
}

/// How long clips of twenty seconds took.
pub(super) fn long_clips(seconds: &[f64]) -> Vec<Figure> {
    if seconds.is_empty() {
        return Vec::new();
    }
    let note = format!("{} clips of at least twenty seconds", seconds.len());
    vec![
        Figure::alone("clip_20s_card_p50", median(seconds), "s"),
        Figure::alone("clip_20s_card_p95", rank(seconds, 95), "s").target(Target::AtMost(10.0)).note(note),
    ]
}

/// Within which so many of a hundred are; 0 of none.
fn rank(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or(0.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts of characters")]
fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_added_up_and_times_have_their_targets() {
        let mut row = Row::new("ru", Source::Photo);
        let wrong = |is_flagged| Wrong {
            field: "text".to_owned(),
            word: String::new(),
            expected: "да".to_owned(),
            found: "да|".to_owned(),
            is_flagged,
        };
        let of = |tally: Tally| Kinds::from([("text", tally)]);
        let one = Tally { labelled: 5, wrong: 1, ..Tally::default() };
        row.add(&Judged { errors: 1, characters: 40, kinds: of(one), wrong: vec![wrong(true)] });
        let two = Tally { labelled: 3, empty: 1, doubted: 1, ..Tally::default() };
        row.add(&Judged { characters: 60, kinds: of(two), ..Judged::default() });
        row.cards = 2;
        row.seconds = vec![1.0, 5.0];
        let told = row.to_string();
        assert!(told.contains("1.0 % of characters") && told.contains("8 labelled fields 1 wrong, 1 empty"), "{told}");
        let lines = kinds(std::slice::from_ref(&row), Source::Photo);
        assert!(lines[0].starts_with("photo text: of 8 labelled 1 wrong, 1 empty"), "{lines:?}");
        let figures = times(&[row], Source::Photo);
        assert_eq!((figures[1].value, figures[1].reached), (5.0, Some(false)));
        assert!(times(&[], Source::Text).is_empty() && long_clips(&[]).is_empty());
        let (language, source, phrase) = ("ru", Source::Photo, "да");
        let not_flagged = NotFlagged { language, source, phrase, wrong: vec![wrong(false)] };
        assert!(not_flagged.to_string().contains("is \"да|\" and not \"да\""), "{not_flagged}");
    }
}
