//! Makes the fields of a card of its phrase: by what this machine knows, and by a language model where the owner has one.
//!
//! | module | holds |
//! |---|---|
//! | `task` | what a model is asked |
//! | `draft` | what it answers, and a complaint about a part of that |
//! | `check` | what is refused of that; asked for once more, and then dropped |
//! | `merge` | what is left of it beside what is known here |
//! | `second` | a second question, about what the first one made |
//! | `ask` | the questions in their order, each paid once |
//! | `phrase` | how texts are compared |
//! | `price` | what that costs at most, before anything is asked |

mod ask;
mod check;
mod draft;
mod merge;
mod phrase;
mod price;
mod second;
mod task;

use serde_json::{Value, json};
use sluice_domain::study::{Analysis, StudyLanguage};
use sluice_engine::{Called, JobError, Run};
use sluice_local::analyse::{AnalyseError, AnalyseRequest, Analysed};
use sluice_store::capture::{PhraseRow, SourceKind, Status};

use self::ask::{Asking, Carded};
use self::phrase::Phrase;
pub(super) use self::price::{CardPrice, PHRASE, of_card};
use self::task::Task;
use super::card::{self, Made};
use super::context::CaptureApp;
use super::{current, languages};

/// What is known about a phrase.
struct Known {
    language: StudyLanguage,
    /// Whether its words identify the language among those with its letters.
    tells: Option<bool>,
    analysis: Analysis,
}

/// What this machine knows about a phrase.
async fn local(app: &CaptureApp, row: &PhraseRow) -> Result<Known, JobError> {
    let language = row.language.as_deref().and_then(StudyLanguage::from_code);
    let request = AnalyseRequest {
        text: row.text.clone(),
        language,
        translate_to: Some(row.translate_to.clone()).filter(|to| !to.is_empty()),
    };
    let analysed = app.analyser.analyse(&request, Some(&app.translator)).await.map_err(failed)?;
    let Analysed { language, analysis, tells } = analysed;
    Ok(Known { language, tells, analysis })
}

/// What is known about a phrase, with these parts by a model if there is one. `again` makes it another question than before.
async fn known(
    run: &Run,
    app: &CaptureApp,
    row: &PhraseRow,
    parts: &[Made],
    again: Value,
) -> Result<Called<Known>, JobError> {
    let mut known = local(app, row).await?;
    let task = Task::new(&row.text, known.language, &row.translate_to, parts);
    let asking = if task.is_any() { Asking::new(run, app, again).await? } else { None };
    let Some(asking) = asking else { return Ok(Called::Done(known)) };
    match asking.card(&task, &known.analysis).await? {
        Carded::Merged(merged) => known.analysis = *merged,
        Carded::Pending(pending) => return Ok(Called::Pending(pending)),
        Carded::Missing(reason) => merge::missing_because(&mut known.analysis, reason),
    }
    Ok(Called::Done(known))
}

fn failed(error: AnalyseError) -> JobError {
    let (code, text) = (error.code(), error.to_string());
    let made = if error.is_transient() { JobError::retry(code, text) } else { JobError::fail(code, text) };
    made.because(error)
}

/// Whether some words stand in a phrase, one after the other.
pub(super) fn stands_in(language: StudyLanguage, phrase: &str, words: &str) -> bool {
    Phrase::new(phrase, language).find(words).is_some()
}

/// Makes all fields; returns false if this is no longer the current job.
pub(super) async fn all(run: &Run, app: &CaptureApp, row: &PhraseRow) -> Result<Called<bool>, JobError> {
    let Known { language, tells, analysis } = match known(run, app, row, &Made::ALL, Value::Null).await? {
        Called::Done(known) => known,
        Called::Pending(pending) => return Ok(Called::Pending(pending)),
    };
    current::change(run, &row.id, |row, now| {
        let mut fields = card::fields(row)?;
        fields.analysis = analysis.clone();
        row.language = Some(language.code().to_owned());
        // Speech to text has heard which one it is.
        if row.source != SourceKind::Audio {
            row.language_sure = languages::by_words(&row.text, language, row.language_sure, tells);
        }
        card::put(row, &fields, now);
        Ok(())
    })
    .await
    .map(Called::Done)
}

/// Makes one field, and changes no other; a person has to look at what a machine made, also on a card that was approved. A model is
/// asked anew, since the person did not like what there was. Returns false if this is no longer the current job.
pub(super) async fn one(run: &Run, app: &CaptureApp, row: &PhraseRow, made: Made) -> Result<Called<bool>, JobError> {
    let again = json!([row.id, row.attempts]);
    let analysis = match known(run, app, row, &[made], again).await? {
        Called::Done(known) => known.analysis,
        Called::Pending(pending) => return Ok(Called::Pending(pending)),
    };
    current::change(run, &row.id, |row, now| {
        let mut fields = card::fields(row)?;
        made.take(analysis.clone(), &mut fields.analysis);
        row.stored_status = Status::PendingReview;
        card::put(row, &fields, now);
        Ok(())
    })
    .await
    .map(Called::Done)
}
