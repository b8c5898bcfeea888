//! Summaries of whole sessions: written by a language model, with each item checked against the passages that it cites; or an
//! extract, which quotes. Without a model a summary has only what was said.
//!
//! | module | holds |
//! |---|---|
//! | `written` | the questions to a model in their order, each paid once |
//! | `prompt` | what it is asked |
//! | `draft` | what it answers |
//! | `told` | the transcript as it is sent, in parts, and the checks of the answers |
//! | `renewed` | the same again, because a person asks for it |

mod draft;
mod prompt;
mod renewed;
mod told;
mod written;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_blobs::BlobHash;
use sluice_domain::ids::OwnerId;
use sluice_engine::{Called, JobError, Run};
use sluice_local::embed::Embedder;
use sluice_local::summary::{self, Cue, Extracted};
use sluice_store::scribe::{self, Made, RecordingId};
use sluice_store::{StoreError, Tx, jobs};
use utoipa::ToSchema;

use self::draft::{Draft, Item};
pub use self::renewed::SummariseSession;
pub(super) use self::renewed::job_of;
use self::written::Outcome;
use super::context::ScribeApp;
use super::error::SessionError;
use super::export::Overview;
use super::notify::changed;
use super::sounds::deleted;
use super::transcript::{Passage, Speaker, Transcription};
use super::words;
use crate::asking::goes_on;

/// The version of the results for a transcript, a part of their key.
const VERSION: &str = "summarise/2";
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
    /// Whether a model wrote it, or it quotes.
    pub kind: SummaryKind,
    /// The models that wrote it, with their providers; of an extract, what the sentences were compared by.
    pub made_by: String,
    /// Why it is an extract; none if a model wrote it, or nothing is said.
    pub instead: Option<SummaryInstead>,
    /// The revision of the transcript that it was made of. After an edit the transcript has another one.
    pub revision: u64,
    /// ISO 639-1 code of what is spoken.
    pub language: String,
    /// Sentences on the whole; of an extract, those that say most of it, in their order.
    pub overview: Vec<Quote>,
    /// What was decided; of an extract, sentences that say so.
    pub decisions: Vec<Quote>,
    /// What somebody is to do; of an extract, sentences that say so.
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
    /// Sentences of a language model, each checked against the passages that it names.
    Written,
}

/// Why a summary is an extract. The names are permanent: clients translate them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SummaryInstead {
    /// There is no model that could write it.
    NoModel,
    /// What a model writes in this language cannot be checked.
    Language,
    /// The transcript is too long for a model.
    TooLong,
    /// The owner's allowance of questions to models is used up.
    AllowanceUsed,
    /// It would cost more than may be spent.
    OverBudget,
    /// No model gave an answer that could be used.
    ModelFailed,
    /// Nothing of what a model wrote stands in the transcript.
    NothingStands,
}

/// A sentence of the transcript, or one that a model wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// What was said, or written of it.
    pub text: String,
    /// Where its first passage begins.
    pub start_ms: u64,
    /// The number of its first passage.
    pub passage: u32,
    /// The numbers of all passages that it is from.
    #[serde(default)]
    #[schema(required = true)]
    pub passages: Vec<u32>,
    /// Who says it, if one does.
    pub speaker: Option<u32>,
    /// Who is to do it, as it is said; only of an action that a model wrote.
    pub who: Option<String>,
    /// By when, as it is said; only of an action that a model wrote.
    pub by_when: Option<String>,
}

/// Where something central is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moment {
    /// Where its first passage begins.
    pub start_ms: u64,
    /// The beginning of what is said, or what a model calls it.
    pub title: String,
    /// The numbers of the passages that it is from.
    #[serde(default)]
    #[schema(required = true)]
    pub passages: Vec<u32>,
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

/// Makes the summary of a session that has a transcript: by a model, or else an extract, which says why.
pub(super) async fn make(run: &Run, app: &ScribeApp, id: &RecordingId) -> Result<Called<()>, JobError> {
    let owner = run.owner();
    let (_, whole) = words::load(app, owner, id).await.map_err(words::failed)?.ok_or_else(deleted)?;
    let before = run.read(async |tx: &mut Tx| scribe::made(tx, owner, id, Made::Summary).await).await?;
    let before = before.map(|(value, _)| value).unwrap_or_default();
    let job = run.job_id().to_string();
    let again = again(&before, &job);
    let outcome = match written::write(run, app, &whole, &again).await {
        Ok(outcome) => outcome,
        Err(error) if goes_on(run, &error) => return Err(error),
        Err(error) => {
            run.log(format!("No model can be asked: {error}"));
            Outcome::Instead(Some(SummaryInstead::ModelFailed))
        }
    };
    let mut summary = match outcome {
        Outcome::Written(draft, models) => of_draft(draft, models, &whole),
        Outcome::Pending(pending) => return Ok(Called::Pending(pending)),
        Outcome::Instead(why) => Summary { instead: why, ..extract(run, app, &whole).await? },
    };
    // The same words may be of another revision by now, and the speakers may have been renamed.
    let revision = whole.revision;
    summary.revision = revision;
    let mut made = serde_json::to_value(summary).map_err(unstorable)?;
    made["job"] = json!(job);
    made["asked"] = again;
    run.write(async |tx: &mut Tx| {
        // Every job that stores a summary of this session locks it, too.
        if scribe::lock(tx, owner, id).await?.is_none() {
            return Ok::<_, StoreError>(());
        }
        // It was stopped by a user, or by a transcription, which makes a summary of its own.
        if jobs::get(tx, owner, run.job_id()).await?.cancel_requested_at.is_some() {
            return Ok(());
        }
        // Another job may have stored one meanwhile, of a newer transcript.
        let stored = scribe::made(tx, owner, id, Made::Summary).await?;
        if stored.is_some_and(|(value, _)| is_newer(&value, revision)) {
            return Ok(());
        }
        if scribe::set_made(tx, owner, id, Made::Summary, &made).await? {
            changed(tx, owner, id)?;
        }
        Ok(())
    })
    .await?;
    Ok(Called::Done(()))
}

fn unstorable(error: serde_json::Error) -> JobError {
    JobError::fail("bad_summary", error.to_string()).because(error)
}

/// Whether a stored summary is of a later revision than this.
fn is_newer(stored: &Value, revision: u64) -> bool {
    stored["revision"].as_u64().is_some_and(|of| of > revision)
}

/// The part of the key that makes new questions to a model: the job that first asked them. A summary that is requested again
/// after useless answers of a model gets new ones; useful answers are kept, and not paid for again.
fn again(before: &Value, job: &str) -> Value {
    let was_useless = matches!(before["instead"].as_str(), Some("model_failed" | "nothing_stands"));
    if was_useless && before["job"].as_str() != Some(job) { json!(job) } else { before["asked"].clone() }
}

/// The extract of a transcript.
async fn extract(run: &Run, app: &ScribeApp, whole: &Transcription) -> Result<Summary, JobError> {
    let what: Vec<_> = whole.passages.iter().map(|one| (&one.text, one.start_ms, one.end_ms, one.speaker)).collect();
    let by_meaning = app.embedder.check_installed().is_ok();
    let of = json!([VERSION, whole.language, whole.length_ms, by_meaning, what]);
    let key = BlobHash::of(of.to_string().as_bytes()).to_string();
    run.result_or(&key, "summarise", async || summarise(whole, &app.embedder).await).await
}

/// What a model wrote, with the times of its passages.
fn of_draft(draft: Draft, made_by: String, whole: &Transcription) -> Summary {
    let first = |item: &Item| {
        let number = item.passages.first().copied().unwrap_or_default();
        (number, usize::try_from(number).ok().and_then(|at| whole.passages.get(at)))
    };
    let quote = |item: Item, is_said: bool| {
        let (passage, found) = first(&item);
        let speaker = found.and_then(|passage| passage.speaker).filter(|_| is_said);
        let Item { text, who, by_when, passages } = item;
        let is_there = |text: &String| !text.is_empty();
        Quote {
            text,
            start_ms: found.map_or(0, |passage| passage.start_ms),
            passage,
            passages,
            speaker,
            who: Some(who).filter(is_there),
            by_when: Some(by_when).filter(is_there),
        }
    };
    let quotes = |items: Vec<Item>, is_said: bool| -> Vec<Quote> {
        let mut quotes: Vec<Quote> = items.into_iter().map(|item| quote(item, is_said)).collect();
        if is_said {
            quotes.sort_by_key(|quote| quote.start_ms);
        }
        quotes
    };
    let moment = |item: Item| {
        let start_ms = first(&item).1.map_or(0, |passage| passage.start_ms);
        Moment { start_ms, title: item.text, passages: item.passages }
    };
    let mut moments: Vec<Moment> = draft.moments.into_iter().map(moment).collect();
    moments.sort_by_key(|moment| moment.start_ms);
    moments.dedup_by_key(|moment| moment.start_ms);
    Summary {
        kind: SummaryKind::Written,
        made_by,
        instead: None,
        revision: whole.revision,
        language: whole.language.clone(),
        overview: quotes(draft.overview, false),
        decisions: quotes(draft.decisions, true),
        actions: quotes(draft.actions, true),
        moments,
        key_terms: draft.terms,
        participants: participants(whole),
    }
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
        let (who, by_when) = (None, None);
        Quote { text: text.to_owned(), start_ms, passage: number, passages: vec![number], speaker, who, by_when }
    };
    let with = |cue: Cue| -> Vec<Quote> {
        let found = cued.iter().filter(move |cued| cued.cue == cue).take(CUED);
        found.map(|cued| quote(&cued.text, cued.passage, cued.speaker)).collect()
    };
    let sentences: Vec<&Extracted> = extract.sentences.iter().collect();
    Ok(Summary {
        kind: SummaryKind::Extract,
        made_by: extract.made_by.clone(),
        instead: None,
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
            let passages = u32::try_from(sentence.passage).into_iter().collect();
            moments.push(Moment { start_ms, title: title(&sentence.text), passages });
        }
    }
    moments
}

/// The beginning of a sentence, cut between words if it has several.
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

/// The overview that a file has above its transcript. It may be older than the corrections of this revision.
pub(super) async fn overview(
    app: &ScribeApp,
    owner: &OwnerId,
    id: &RecordingId,
    revision: u64,
) -> Result<Option<Overview>, SessionError> {
    match show(app, owner, id).await {
        Ok(summary) => {
            let texts: Vec<String> = summary.overview.into_iter().map(|quote| quote.text).collect();
            let written_by = Some(summary.made_by).filter(|_| summary.kind == SummaryKind::Written);
            let overview = Overview { text: texts.join("\n"), written_by, is_older: summary.revision != revision };
            Ok(Some(overview).filter(|overview| !overview.text.is_empty()))
        }
        Err(SessionError::NoTranscript) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn useless_answers_are_asked_for_anew_by_another_job_and_good_ones_kept() {
        assert_eq!(again(&Value::Null, "1"), Value::Null);
        let useless = json!({ "instead": "model_failed", "job": "1", "asked": null });
        assert_eq!(again(&useless, "1"), Value::Null, "an attempt of the same job pays for nothing again");
        assert_eq!(again(&useless, "2"), json!("2"));
        assert_eq!(again(&json!({ "instead": null, "job": "2", "asked": "2" }), "3"), json!("2"));
        assert_eq!(again(&json!({ "instead": "over_budget", "job": "2", "asked": null }), "3"), Value::Null);
    }

    #[test]
    fn only_a_summary_of_a_later_revision_is_newer() {
        assert!(is_newer(&json!({ "revision": 3 }), 2));
        assert!(!is_newer(&json!({ "revision": 2 }), 2), "it is made again because somebody wants another one");
        assert!(!is_newer(&json!({}), 0));
    }

    #[test]
    fn a_title_ends_between_words() {
        assert_eq!(title("The tide is low."), "The tide is low.");
        let long =
            "The lighthouse stands on a rock in the north, where the sea is deep, and its keeper counts the boats.";
        assert_eq!(title(long), "The lighthouse stands on a rock in the north, where the sea is deep, and its…");
        assert_eq!(title(&"海".repeat(100)).chars().count(), TITLE + 1);
    }
}
