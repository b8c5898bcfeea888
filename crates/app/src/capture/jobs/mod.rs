//! The kinds of jobs. Each makes some of the steps, and changes nothing else; its phrase has it as the current job.

mod field;
mod language;
mod make;
mod retry;
mod steps;
mod voice;

use serde::{Deserialize, Serialize};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_engine::{Builder, Engine, EnqueueOptions, Job};
use sluice_store::capture::{PhraseId, PhraseJob, PhraseRow, Status};
use sluice_store::jobs::{self, JobError as StoredError};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::card::{self, CardFields, Made};
use super::context::CaptureApp;
use field::MakeField;
use language::RedoInLanguage;
use make::MakeCard;
use retry::RetryCard;
use voice::MakeVoice;

/// The kinds of jobs that belong to a phrase, which is counted itself when it is captured.
pub(crate) const OF_PHRASES: [&str; 5] =
    [MakeCard::KIND, RetryCard::KIND, RedoInLanguage::KIND, MakeField::KIND, MakeVoice::KIND];

/// What a phrase's job is to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PhraseWork)]
pub enum Work {
    /// The card, for the first time.
    Make,
    /// The card, once more after it failed.
    Retry,
    /// The card, in another language.
    Language,
    /// One field.
    Field,
    /// The sound.
    Voice,
}

impl Work {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Make => "make",
            Self::Retry => "retry",
            Self::Language => "language",
            Self::Field => "field",
            Self::Voice => "voice",
        }
    }

    /// That of this name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        [Self::Make, Self::Retry, Self::Language, Self::Field, Self::Voice].into_iter().find(|it| it.as_str() == name)
    }
}

/// What is to be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The card, for the first time.
    Make,
    /// The card, once more.
    Retry,
    /// The card, in the language that the row has now.
    Language,
    /// One field.
    Field(Made),
    /// The sound.
    Voice,
}

impl Order {
    const fn work(self) -> Work {
        match self {
            Self::Make => Work::Make,
            Self::Retry => Work::Retry,
            Self::Language => Work::Language,
            Self::Field(_) => Work::Field,
            Self::Voice => Work::Voice,
        }
    }
}

/// Registers the kinds.
pub(super) fn register(engine: Builder, app: &CaptureApp) -> Builder {
    engine
        .register::<MakeCard>(app.clone())
        .register::<RetryCard>(app.clone())
        .register::<RedoInLanguage>(app.clone())
        .register::<MakeField>(app.clone())
        .register::<MakeVoice>(app.clone())
}

/// Enqueues what is to be made of a locked phrase, in the place of what was being made, and writes that into its row, which is to
/// be stored next.
pub(super) async fn start(tx: &mut Tx, engine: &Engine, row: &mut PhraseRow, order: Order) -> Result<(), StoreError> {
    if let Some(job) = row.open_job() {
        jobs::cancel(tx, &row.owner, &job.id).await?;
    }
    let id = enqueue(tx, engine, &row.owner, &row.id, order).await?;
    if matches!(order, Order::Make | Order::Retry | Order::Language) {
        row.stored_status = Status::Processing;
        if row.text.is_empty() {
            // It is read or heard anew, and nothing else was made of it.
            let now = tx.now().await?;
            card::put(row, &CardFields::default(), now);
        }
    }
    let what = order.work().as_str().to_owned();
    row.job = Some(PhraseJob { id, what, state: None, stage: None, error: None::<StoredError> });
    row.attempts += 1;
    row.error = None;
    Ok(())
}

async fn enqueue(
    tx: &mut Tx,
    engine: &Engine,
    owner: &OwnerId,
    id: &PhraseId,
    order: Order,
) -> Result<JobId, StoreError> {
    let options = EnqueueOptions { subject: Some(id.to_string()), ..EnqueueOptions::of(owner) };
    let phrase = id.clone();
    match order {
        Order::Make => engine.enqueue(tx, &MakeCard { phrase }, options).await,
        Order::Retry => engine.enqueue(tx, &RetryCard { phrase }, options).await,
        Order::Language => engine.enqueue(tx, &RedoInLanguage { phrase }, options).await,
        Order::Field(field) => engine.enqueue(tx, &MakeField { phrase, field }, options).await,
        Order::Voice => engine.enqueue(tx, &MakeVoice { phrase }, options).await,
    }
}
