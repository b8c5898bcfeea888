//! What stands for a whole session: an extract, which quotes. Without a language model nothing is said that nobody said.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_blobs::BlobHash;
use sluice_domain::ids::OwnerId;
use sluice_engine::{JobError, Run};
use sluice_local::embed::Embedder;
use sluice_local::summary::{self, Cue, Extracted};
use sluice_store::scribe::{self, Made, RecordingId};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::context::ScribeApp;
use super::error::SessionError;
use super::notify::changed;
use super::sounds::deleted;
use super::transcript::{Passage, Speaker, Transcription};
use super::words;

/// Changes with what is made of the same transcript.
const VERSION: &str = "summarise/1";
/// Sentences of the overview of a long session.
const OVERVIEW: usize = 7;
/// Key moments of a long session.
const MOMENTS: usize = 15;
/// Minutes of speech for each key moment beyond the first three.
const MINUTES: u64 = 5;
/// Most decisions, and most actions.
const CUED: usize = 30;
/// Most characters of the title of a moment.
const TITLE: usize = 80;

/// What stands for a whole session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// That it quotes.
    pub kind: SummaryKind,
    /// What the sentences were compared by.
    pub made_by: String,
    /// The revision of the transcript that it was made of. After an edit the transcript has another one.
    pub revision: u64,
    /// ISO 639-1 code of what is spoken.
    pub language: String,
    /// The sentences that say most of it, in their order.
    pub overview: Vec<Quote>,
    /// Sentences that say what was decided.
    pub decisions: Vec<Quote>,
    /// Sentences that say what somebody is to do.
    pub actions: Vec<Quote>,
    /// Where something central is said, in order.
    pub moments: Vec<Moment>,
    /// Words and phrases that it is about, the most important first.
    pub key_terms: Vec<String>,
    /// Who speaks, and how much.
    pub participants: Vec<Participant>,
}

/// What a summary is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SummaryKind {
    /// Sentences of the transcript itself.
    Extract,
}

/// A sentence of the transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// What was said.
    pub text: String,
    /// Where its passage begins.
    pub start_ms: u64,
    /// The number of the passage.
    pub passage: u32,
    /// Who says it.
    pub speaker: Option<u32>,
}

/// Where something central is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moment {
    /// Where its passage begins.
    pub start_ms: u64,
    /// The beginning of what is said.
    pub title: String,
}

/// Somebody who speaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// Their number.
    pub speaker: u32,
    /// What a person called them.
    pub name: Option<String>,
    /// Their share of what is spoken, from 0 to 1.
    pub share: f32,
}

/// Makes the extract of a session that has a transcript.
pub(super) async fn make(run: &Run, app: &ScribeApp, id: &RecordingId) -> Result<(), JobError> {
    let (_, whole) = words::load(app, run.owner(), id).await.map_err(words::failed)?.ok_or_else(deleted)?;
    let what: Vec<_> = whole.passages.iter().map(|one| (&one.text, one.start_ms, one.end_ms, one.speaker)).collect();
    let by_meaning = app.embedder.check_installed().is_ok();
    let of = json!([VERSION, whole.language, whole.length_ms, by_meaning, what]);
    let key = BlobHash::of(of.to_string().as_bytes()).to_string();
    let mut made: Value = run
        .result_or(&key, "summarise", async || {
            let summary = summarise(&whole, &app.embedder).await?;
            serde_json::to_value(summary).map_err(|error| JobError::fail("bad_summary", error.to_string()))
        })
        .await?;
    // The same words may be of another revision, and those who say them have other names by now.
    made["revision"] = json!(whole.revision);
    run.write(async |tx: &mut Tx| {
        if scribe::set_made(tx, run.owner(), id, Made::Summary, &made).await? {
            changed(tx, run.owner(), id)?;
        }
        Ok::<_, StoreError>(())
    })
    .await?;
    Ok(())
}

async fn summarise(whole: &Transcription, embedder: &Embedder) -> Result<Summary, JobError> {
    let passage = |passage: &Passage| summary::Passage {
        text: passage.text.clone(),
        start_ms: u32::try_from(passage.start_ms).ok(),
        end_ms: u32::try_from(passage.end_ms).ok(),
        speaker: passage.speaker,
    };
    let passages: Vec<summary::Passage> = whole.passages.iter().map(passage).collect();
    let minutes = usize::try_from(whole.length_ms / 60_000 / MINUTES).unwrap_or(MOMENTS);
    let count = (3 + minutes).min(MOMENTS);
    let extract = summary::extract(&passages, count, Some(embedder)).await;
    let cued = summary::cued(&passages, &whole.language);
    let extract = extract.map_err(|error| {
        let (code, text) = (error.code(), error.to_string());
        if error.is_transient() { JobError::retry(code, text) } else { JobError::fail(code, text) }
    })?;
    let quote = |text: &str, passage: usize, speaker: Option<u32>| {
        let number = u32::try_from(passage).unwrap_or(u32::MAX);
        let start_ms = whole.passages.get(passage).map_or(0, |passage| passage.start_ms);
        Quote { text: text.to_owned(), start_ms, passage: number, speaker }
    };
    let with = |cue: Cue| -> Vec<Quote> {
        let found = cued.iter().filter(move |cued| cued.cue == cue).take(CUED);
        found.map(|cued| quote(&cued.text, cued.passage, cued.speaker)).collect()
    };
    let sentences: Vec<&Extracted> = extract.sentences.iter().collect();
    Ok(Summary {
        kind: SummaryKind::Extract,
        made_by: extract.made_by.clone(),
        revision: whole.revision,
        language: whole.language.clone(),
        overview: best(sentences.clone()).iter().map(|one| quote(&one.text, one.passage, one.speaker)).collect(),
        decisions: with(Cue::Decision),
        actions: with(Cue::Action),
        moments: moments(&sentences, whole),
        key_terms: extract.terms.iter().map(|term| term.text.clone()).collect(),
        participants: participants(whole),
    })
}

/// The most central sentences, in their order.
fn best(mut sentences: Vec<&Extracted>) -> Vec<&Extracted> {
    sentences.sort_by(|one, other| other.score.total_cmp(&one.score));
    sentences.truncate(OVERVIEW);
    sentences.sort_by_key(|sentence| sentence.index);
    sentences
}

/// At most one for each passage.
fn moments(sentences: &[&Extracted], whole: &Transcription) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::with_capacity(sentences.len());
    for sentence in sentences {
        let start_ms = whole.passages.get(sentence.passage).map_or(0, |passage| passage.start_ms);
        if moments.last().is_none_or(|last| last.start_ms != start_ms) {
            moments.push(Moment { start_ms, title: title(&sentence.text) });
        }
    }
    moments
}

/// The beginning of a sentence, cut between words where it has any.
fn title(sentence: &str) -> String {
    let Some((end, _)) = sentence.char_indices().nth(TITLE) else { return sentence.to_owned() };
    let cut = &sentence[..end];
    let cut = cut.rfind(char::is_whitespace).map_or(cut, |space| &cut[..space]);
    format!("{}…", cut.trim_end_matches([',', ';', ':', '،', '؛', ' ']))
}

/// Each speaker's share of the time in which somebody speaks.
fn participants(whole: &Transcription) -> Vec<Participant> {
    let spoken = |passage: &Passage| match passage.words.as_slice() {
        [] => passage.end_ms.saturating_sub(passage.start_ms),
        words => words.iter().map(|word| word.end_ms.saturating_sub(word.start_ms)).sum(),
    };
    let of = |speaker: &Speaker| -> u64 {
        whole.passages.iter().filter(|passage| passage.speaker == Some(speaker.number)).map(spoken).sum()
    };
    let all = whole.passages.iter().map(spoken).sum::<u64>().max(1);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a share is shown, not counted")]
    let share = |ms: u64| (ms as f64 / all as f64 * 1_000.0).round() as f32 / 1_000.0;
    let participant =
        |speaker: &Speaker| Participant { speaker: speaker.number, name: None, share: share(of(speaker)) };
    whole.speakers.iter().map(participant).collect()
}

/// The summary of a session, with the present names of those who speak.
pub async fn show(app: &ScribeApp, owner: &OwnerId, id: &RecordingId) -> Result<Summary, SessionError> {
    let found = app
        .platform
        .store
        .read(async |tx: &mut Tx| {
            if scribe::find(tx, owner, id).await?.is_none() {
                return Ok(None);
            }
            let made = scribe::made(tx, owner, id, Made::Summary).await?;
            Ok::<_, StoreError>(Some((made, scribe::speakers(tx, owner, id).await?)))
        })
        .await?;
    let (made, speakers) = found.ok_or(SessionError::Unknown)?;
    let (value, _) = made.ok_or(SessionError::NoTranscript)?;
    let unreadable = |error: serde_json::Error| StoreError::Unreadable { what: format!("a summary ({error})") };
    let mut summary: Summary = serde_json::from_value(value).map_err(unreadable)?;
    for participant in &mut summary.participants {
        let speaker = speakers.iter().find(|speaker| speaker.number == participant.speaker);
        participant.name = speaker.and_then(|speaker| speaker.name.clone());
    }
    Ok(summary)
}

/// What a file has above its transcript: the overview, if it is of this revision.
pub(super) async fn overview(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    revision: u64,
) -> Result<Option<String>, SessionError> {
    match show(app, owner, id).await {
        Ok(summary) if summary.revision == revision => {
            let texts: Vec<String> = summary.overview.into_iter().map(|quote| quote.text).collect();
            Ok(Some(texts.join("\n")).filter(|text| !text.is_empty()))
        }
        Ok(_) | Err(SessionError::NoTranscript) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_ends_between_words() {
        assert_eq!(title("The tide is low."), "The tide is low.");
        let long =
            "The lighthouse stands on a rock in the north, where the sea is deep, and its keeper counts the boats.";
        assert_eq!(title(long), "The lighthouse stands on a rock in the north, where the sea is deep, and its…");
        assert_eq!(title(&"海".repeat(100)).chars().count(), TITLE + 1);
    }
}
