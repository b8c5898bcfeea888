//! How well speakers are told apart: which recordings have the same one, and who speaks when in conversations that are made of
//! recordings.

use std::collections::BTreeMap;
use std::time::Instant;

use sluice_local::speakers::{Speakers, Voiced, cosine};

use super::sounds::{self, Sound};
use super::{Bench, Measured, memory, number};
use crate::cli::bench::figures::{Figure, Target};

/// Steps in which turns are compared, in milliseconds.
const STEP: usize = 10;
/// Most seconds of a turn.
const TURN: u32 = 10;

pub(super) async fn run(bench: &Bench) -> anyhow::Result<Measured> {
    let speakers = Speakers::new(bench.guard(), bench.models.clone(), bench.executable.clone());
    if let Err(error) = speakers.check_installed() {
        return Ok(Measured::Skipped(error.to_string()));
    }
    let sounds = sounds::in_folder(&bench.sounds);
    let by_voice = by_voice(&sounds);
    if by_voice.len() < 3 {
        return Ok(Measured::Skipped(sounds::missing(&bench.sounds)));
    }
    let begun = Instant::now();
    speakers.warm().await?;
    let load = begun.elapsed().as_secs_f64();
    let (mut voices, mut left_out) = (Vec::new(), 0);
    let mut first = None;
    for sound in &sounds {
        let voiced = speakers.tell_apart(&sound.path, Some(1), &|_| ()).await?;
        first.get_or_insert(begun.elapsed().as_secs_f64());
        match voiced.speakers.into_iter().next() {
            Some(voice) => voices.push((sound.speaker, voice)),
            None => left_out += 1,
        }
    }
    let trials = trials(&voices);
    let same = trials.iter().filter(|(is_same, _)| *is_same).count();
    let note = format!(
        "{} voices, {} recordings ({left_out} too short), {same} pairs of the same and {} of different voices",
        by_voice.len(),
        voices.len(),
        trials.len() - same
    );
    let mut figures = vec![
        Figure::alone("speakers_equal_error", 100.0 * equal_error(&trials), "%").target(Target::AtMost(1.0)).note(note),
    ];
    figures.extend(conversations(bench, &speakers, &by_voice).await?);
    figures.extend([
        Figure::alone("speakers_memory", memory::peak_mb(speakers.process_id().await), "MB"),
        Figure::alone("speakers_load", load, "s"),
        Figure::alone("speakers_first", first.unwrap_or_default(), "s").note("from the start of the process"),
    ]);
    Ok(Measured::Figures(figures))
}

/// The recordings of each voice, the longest first.
fn by_voice(sounds: &[Sound]) -> Vec<Vec<&Sound>> {
    let mut voices: BTreeMap<&str, Vec<&Sound>> = BTreeMap::new();
    for sound in sounds {
        voices.entry(sound.speaker).or_default().push(sound);
    }
    let length = |sound: &&Sound| std::cmp::Reverse(std::fs::metadata(&sound.path).map_or(0, |file| file.len()));
    let mut voices: Vec<Vec<&Sound>> = voices.into_values().collect();
    for own in &mut voices {
        own.sort_by_key(length);
    }
    voices
}

/// Each pair of recordings: whether one person speaks in both, and how alike they sound.
fn trials(voices: &[(&str, Vec<f32>)]) -> Vec<(bool, f32)> {
    let others = |at: usize| voices[at + 1..].iter();
    let pairs = voices.iter().enumerate().flat_map(|(at, one)| others(at).map(move |other| (one, other)));
    pairs.map(|(one, other)| (one.0 == other.0, cosine(&one.1, &other.1))).collect()
}

/// The rate of errors at the threshold at which as many of the same voices are taken for different as different for the same.
fn equal_error(trials: &[(bool, f32)]) -> f64 {
    let (same, different): (Vec<_>, Vec<_>) = trials.iter().partition(|(is_same, _)| *is_same);
    let share = |wrong: usize, all: usize| number(wrong) / number(all.max(1));
    let rates = trials.iter().map(|&(_, threshold)| {
        let missed = share(same.iter().filter(|(_, cosine)| *cosine < threshold).count(), same.len());
        let taken = share(different.iter().filter(|(_, cosine)| *cosine >= threshold).count(), different.len());
        ((missed - taken).abs(), f64::midpoint(missed, taken))
    });
    rates.min_by(|one, other| one.0.total_cmp(&other.0)).map_or(0.0, |(_, rate)| rate)
}

/// Conversations of three voices each: every voice in turn with the next two.
async fn conversations(bench: &Bench, speakers: &Speakers, voices: &[Vec<&Sound>]) -> anyhow::Result<Vec<Figure>> {
    let (mut right, mut all, mut counted, mut seconds, mut took) = (0, 0, 0, 0.0, 0.0);
    for at in 0..voices.len() {
        let three = [0, 1, 2].map(|next| (at + next) % voices.len());
        let turns: Vec<(usize, &Sound)> = [0, 1, 0, 2, 1, 0, 2, 1]
            .iter()
            .enumerate()
            .map(|(turn, &who)| (three[who], voices[three[who]][turn / 3 % voices[three[who]].len().min(2)]))
            .collect();
        let sounds: Vec<&Sound> = turns.iter().map(|(_, sound)| *sound).collect();
        let (sound, ends) = sounds::join(&sounds, bench.folder.path(), &format!("conversation-{at}"), TURN).await?;
        let begun = Instant::now();
        let voiced = speakers.tell_apart(&sound, None, &|_| ()).await?;
        took += begun.elapsed().as_secs_f64();
        seconds += ends.last().copied().unwrap_or_default();
        counted += usize::from(voiced.speakers.len() == 3);
        let reference: Vec<(usize, f64)> = turns.iter().map(|(who, _)| *who).zip(ends).collect();
        let (own_right, own_all) = purity(&voiced, &reference);
        (right, all) = (right + own_right, all + own_all);
    }
    let pure = 100.0 * number(right) / number(all.max(1));
    Ok(vec![
        Figure::alone("speakers_turns_pure", pure, "%").target(Target::AtLeast(95.0)).note(format!(
            "{} conversations of three voices in 8 turns of 1 to 10 s; three speakers were found in {counted}",
            voices.len()
        )),
        Figure::alone("speakers_speed", seconds / took, "× real"),
    ])
}

/// Steps of all turns in which the one speaks who speaks most often under that name, and steps in all. `reference` has who
/// speaks, and until when, in seconds.
fn purity(voiced: &Voiced, reference: &[(usize, f64)]) -> (usize, usize) {
    let mut steps = BTreeMap::<u32, BTreeMap<usize, usize>>::new();
    for turn in &voiced.turns {
        for ms in (turn.start_ms..turn.end_ms).step_by(STEP) {
            let is_then = |(_, until): &&(usize, f64)| f64::from(ms) / 1_000.0 < *until;
            if let Some((who, _)) = reference.iter().find(is_then).or(reference.last()) {
                *steps.entry(turn.speaker).or_default().entry(*who).or_default() += 1;
            }
        }
    }
    let right = steps.values().filter_map(|own| own.values().max()).sum();
    (right, steps.values().flat_map(BTreeMap::values).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_local::speakers::Turn;

    #[test]
    fn errors_are_equal_where_both_kinds_are_as_frequent() {
        assert!(equal_error(&[(true, 0.9), (true, 0.8), (false, 0.1), (false, 0.2)]) < 0.01);
        let mixed = [(true, 0.9), (true, 0.3), (false, 0.4), (false, 0.1)];
        assert!((equal_error(&mixed) - 0.5).abs() < 0.01, "{}", equal_error(&mixed));
    }

    #[test]
    fn a_turn_that_goes_on_into_the_next_is_impure() {
        let turn = |start_ms, end_ms, speaker| Turn { start_ms, end_ms, speaker };
        let voiced = Voiced { turns: vec![turn(0, 1_500, 0), turn(1_500, 2_000, 1)], speakers: vec![vec![], vec![]] };
        assert_eq!(purity(&voiced, &[(7, 1.0), (8, 2.0)]), (150, 200));
    }
}
