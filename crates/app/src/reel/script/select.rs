//! Selects the best sentences that do not repeat each other (maximal marginal relevance, Carbonell and Goldstein,
//! 1998), spread over the chapters, each with the previous sentence if it depends on it.

use super::candidates::{Candidate, Candidates};
use super::rank::Ranking;
use super::text::number;

/// Weight of the similarity to selected sentences.
const REPEATS: f32 = 0.75;
/// Words that are enough for one scene of a section.
const FULL_SCENE: u32 = 24;

/// Most chapters that are treated one by one.
const MOST_CHAPTERS: usize = 12;
/// Parts of equal length of a document without chapters, or with more.
const STRETCHES: usize = 8;

/// Most words of what is told together: they share a scene.
const MOST_WORDS_OF_A_BUNDLE: u32 = 100;

/// Selected candidates by index, in document order.
pub(super) struct Choice {
    pub(super) opening: Option<usize>,
    pub(super) told: Vec<usize>,
}

impl Choice {
    /// Whether a selected sentence directly follows the previous one in the document.
    pub(super) fn follows(&self, place: usize, candidates: &Candidates) -> bool {
        let Some(before) = place.checked_sub(1).map(|before| self.told[before]) else { return false };
        candidates.all[before].order + 1 == candidates.all[self.told[place]].order
    }
}

/// How much may be told.
pub(super) struct Room {
    /// About this long, in words of usual length.
    pub(super) target: u32,
    /// Never longer, in words of usual length.
    pub(super) most: u32,
    /// Never more words, however short they are.
    pub(super) words: u32,
}

/// Selects the opening sentence, and others up to about the target.
pub(super) fn select(candidates: &Candidates, ranking: &Ranking, room: &Room) -> Choice {
    let target = room.target;
    let opening = opening(candidates, ranking);
    let mut chosen: Vec<usize> = Vec::new();
    let mut length = opening.map_or(0, |index| candidates.all[index].length);
    let parts = Parts::of(candidates);
    let mut reserves = true;
    while length < target {
        let taken: Vec<usize> = opening.iter().copied().chain(chosen.iter().copied()).collect();
        let told = candidates.words(&taken);
        let best = (0..candidates.all.len())
            .filter(|index| !taken.contains(index))
            .filter_map(|index| unit(index, candidates, &taken))
            .filter(|unit| {
                let (after, words) = (length + candidates.length(unit), told + candidates.words(unit));
                let reserved = |of: u32| if reserves { parts.reserved(unit, &taken, of) } else { 0 };
                let fits = after <= room.most && words + reserved(room.words) <= room.words;
                fits && (!reserves || after + reserved(target) <= target)
            })
            .map(|unit| (gain(&unit, candidates, ranking, &taken, &parts), unit))
            .filter(|(gain, _)| *gain > f32::MIN)
            .max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
        let Some((_, unit)) = best else {
            // What is reserved for parts without a usable sentence goes to the others.
            if std::mem::take(&mut reserves) {
                continue;
            }
            break;
        };
        length += candidates.length(&unit);
        chosen.extend(unit);
    }
    chosen.sort_unstable();
    Choice { opening, told: chosen }
}

/// The sentence of the first part that best describes the document.
fn opening(candidates: &Candidates, ranking: &Ranking) -> Option<usize> {
    let first = candidates.all.first()?.order;
    let reach = (candidates.sentences / 8).clamp(6, 40);
    (0..candidates.all.len())
        .take_while(|index| candidates.all[*index].order <= first + reach)
        .filter(|index| {
            let candidate = &candidates.all[*index];
            !candidate.told.leans
                && !candidate.told.points
                && !candidate.fragment
                && candidate.bundle.is_none()
                && (5..=30).contains(&candidate.words)
        })
        .max_by(|one, other| {
            let value = |index: usize| {
                let away = number(candidates.all[index].order - first) / number(reach);
                ranking.scores[index] - 0.25 * away
            };
            value(*one).total_cmp(&value(*other)).then(other.cmp(one))
        })
}

/// A sentence with those that it depends on; none if they are missing. The first of a bundle stands for all of it.
fn unit(index: usize, candidates: &Candidates, taken: &[usize]) -> Option<Vec<usize>> {
    if let Some(bundle) = candidates.all[index].bundle {
        let inside = |at: usize| candidates.all.get(at).is_some_and(|other| other.bundle == Some(bundle));
        let first = index.checked_sub(1).is_none_or(|before| !inside(before));
        let all: Vec<usize> = (index..candidates.all.len()).take_while(|at| inside(*at)).collect();
        let words: u32 = all.iter().map(|at| candidates.all[*at].words).sum();
        return (first && words <= MOST_WORDS_OF_A_BUNDLE).then_some(all);
    }
    let mut unit = vec![index];
    let mut first = index;
    while candidates.all[first].told.leans {
        let before = first.checked_sub(1)?;
        let (one, other) = (&candidates.all[before], &candidates.all[first]);
        let apart = one.order + 1 != other.order || one.section != other.section || one.bundle.is_some();
        if apart || unit.len() >= 2 {
            return None;
        }
        if taken.contains(&before) {
            break;
        }
        unit.insert(0, before);
        first = before;
    }
    Some(unit)
}

/// The parts of a document that should each be represented: its chapters, or stretches of equal length if it has no
/// chapters or more of them than a script has sentences.
struct Parts {
    /// The part of each candidate, by its index.
    of: Vec<usize>,
    /// The fraction of all words in each part.
    shares: Vec<f32>,
}

impl Parts {
    fn of(candidates: &Candidates) -> Self {
        let mut chapters: Vec<usize> = candidates.all.iter().map(|candidate| candidate.chapter).collect();
        chapters.dedup();
        let by_chapter = (3..=MOST_CHAPTERS).contains(&chapters.len());
        let of: Vec<usize> = candidates
            .all
            .iter()
            .map(|candidate| {
                if by_chapter {
                    chapters.iter().position(|chapter| *chapter == candidate.chapter).unwrap_or(0)
                } else {
                    candidate.order * STRETCHES / (candidates.sentences + 1)
                }
            })
            .collect();
        let mut words = vec![0_usize; if by_chapter { chapters.len() } else { STRETCHES }];
        for (candidate, part) in candidates.all.iter().zip(&of) {
            words[*part] += candidate.words as usize;
        }
        let total = number(words.iter().sum::<usize>().max(1));
        Self { of, shares: words.into_iter().map(|words| number(words) / total).collect() }
    }

    /// What `unit` must leave of `all` that may be told to the parts without a sentence: half of it is theirs, in equal shares,
    /// so that the last part of a long document is told as well.
    fn reserved(&self, unit: &[usize], taken: &[usize], all: u32) -> u32 {
        let count = self.shares.len();
        let mut told = vec![false; count];
        for index in taken.iter().chain(unit) {
            told[self.of[*index]] = true;
        }
        let untold = (0..count).filter(|part| self.shares[*part] > 0.0 && !told[*part]).count();
        let (untold, count) = (u32::try_from(untold).unwrap_or(u32::MAX), u32::try_from(count).unwrap_or(u32::MAX));
        all / 2 * untold / count.max(1)
    }
}

fn gain(unit: &[usize], candidates: &Candidates, ranking: &Ranking, taken: &[usize], parts: &Parts) -> f32 {
    let score = unit.iter().map(|index| ranking.scores[*index]).sum::<f32>() / number(unit.len());
    let repeats = unit
        .iter()
        .flat_map(|index| taken.iter().map(move |other| ranking.similarity(*index, *other)))
        .fold(0.0, f32::max);
    if repeats > 0.75 {
        return f32::MIN;
    }
    let candidate = &candidates.all[unit[0]];
    let same_section: Vec<&Candidate> =
        taken.iter().map(|other| &candidates.all[*other]).filter(|other| other.section == candidate.section).collect();
    let beside = same_section.iter().any(|other| other.order.abs_diff(candidate.order) <= 2);
    let told: u32 = same_section.iter().map(|other| other.words).sum();
    let unit_cost = if unit.len() > 1 { 0.05 } else { 0.0 };
    if (1..FULL_SCENE).contains(&told) {
        // A scene needs a second sentence: preferably the next one, at least one of the same page.
        let near = same_section.iter().any(|other| other.page.abs_diff(candidate.page) <= 1);
        let together = if beside {
            0.22
        } else if near {
            0.10
        } else {
            0.0
        };
        return score - REPEATS * repeats + together - unit_cost;
    }
    let part = parts.of[unit[0]];
    let in_part = number(taken.iter().filter(|other| parts.of[**other] == part).count());
    // The fair share of a part grows with its length, but every part should have one sentence.
    let fair = number(taken.len() + 1) * (0.5 * parts.shares[part] + 0.5 / number(parts.shares.len()));
    let crowd = (in_part - fair).max(-1.0);
    let crowded_section = if same_section.len() >= 3 { 0.08 * number(same_section.len() - 2) } else { 0.0 };
    score - REPEATS * repeats - 0.1 * crowd + if beside { 0.10 } else { 0.0 } - crowded_section - unit_cost
}
