//! Asking a language model for a card: a draft, its repair, and a second question about what was made.

use serde_json::{Value, json};
use sluice_blobs::BlobHash;
use sluice_capability::{Complete, CompleteRequest, Completing, Completion, Finish, MadeBy, Router};
use sluice_domain::study::{Analysis, Reason, Source};
use sluice_engine::{JobError, Pending, Run, UNKNOWN};

use super::draft::{Complaint, Draft};
use super::task::Task;
use super::{check, merge, second};
use crate::asking::{Asked, Model};
use crate::capture::context::CaptureApp;
use crate::capture::wish_of;
use crate::routing;

/// Changes with what the same phrase is asked, and with what is made of the answer.
const VERSION: &str = "capture.analyse/1";

/// What became of a card.
pub(super) enum Carded {
    /// A model made fields of it.
    Merged(Box<Analysis>),
    /// A model is at work on it.
    Pending(Pending),
    /// None did, and why.
    Missing(Reason),
}

/// A model that is asked about a phrase.
pub(super) struct Asking<'a> {
    run: &'a Run,
    model: Model<'a>,
    /// Whatever makes this another question than the same one before; null for a question that has one answer for everybody.
    again: Value,
}

impl<'a> Asking<'a> {
    /// None if this owner has no model.
    pub(super) async fn new(run: &'a Run, app: &'a CaptureApp, again: Value) -> Result<Option<Self>, JobError> {
        let model = Model::of(run, &app.platform, &app.completing).await?;
        Ok(model.map(|model| Self { run, model, again }))
    }

    /// Has the fields of a task made, checked, put beside what is known here, and checked a second time.
    pub(super) async fn card(&self, task: &Task, local: &Analysis) -> Result<Carded, JobError> {
        let (draft, source) = match self.draft(task).await? {
            Drafted::Draft(draft, source) => (draft, source),
            Drafted::Pending(pending) => return Ok(Carded::Pending(pending)),
            Drafted::Failed => return Ok(Carded::Missing(Reason::ModelFailed)),
            Drafted::UsedUp => return Ok(Carded::Missing(Reason::AllowanceUsed)),
            Drafted::Lost => return Ok(Carded::Missing(Reason::AnswerLost)),
        };
        let mut merged = merge::merge(task, local.clone(), &draft, &source);
        let Some(request) = second::request(task, &merged) else { return Ok(Carded::Merged(Box::new(merged))) };
        let provider = if let Source::Model { provider, .. } = &source { provider.as_str() } else { "" };
        match self.ask(task, &self.model.router.others_first(provider), "check", &request).await? {
            Asked::Answer(completion, by) => second::apply(&mut merged, &completion, &of_model(by)),
            Asked::Pending(pending) => return Ok(Carded::Pending(pending)),
            Asked::Failed(_) | Asked::UsedUp => second::unchecked(&mut merged),
        }
        Ok(Carded::Merged(Box::new(merged)))
    }

    /// A draft without what is refused of it after one repair.
    async fn draft(&self, task: &Task) -> Result<Drafted, JobError> {
        let (completion, source) = match self.ask(task, &self.model.router, "card", &task.request()).await? {
            Asked::Answer(completion, made_by) => (completion, of_model(made_by)),
            Asked::Pending(pending) => return Ok(Drafted::Pending(pending)),
            Asked::Failed(code) if code == UNKNOWN || code == routing::CHARGED => return Ok(Drafted::Lost),
            Asked::Failed(_) => return Ok(Drafted::Failed),
            Asked::UsedUp => return Ok(Drafted::UsedUp),
        };
        let first = match judged(task, &completion) {
            Judged::Draft(draft, complaints) if complaints.is_empty() => return Ok(Drafted::Draft(draft, source)),
            Judged::Filtered => return Ok(Drafted::Failed),
            Judged::Draft(draft, complaints) => Ok((draft, complaints)),
            Judged::Unusable(why) => Err(why),
        };
        let request = match &first {
            Ok((draft, complaints)) => task.repair(draft, complaints),
            Err(why) => task.request_again(why),
        };
        self.run.log("The model is asked again, because parts of its answer were refused");
        match self.ask(task, &self.model.router, "repair", &request).await? {
            Asked::Answer(completion, repaired_by) => {
                if let Judged::Draft(draft, complaints) = judged(task, &completion) {
                    return Ok(Drafted::Draft(without(draft, &complaints), of_model(repaired_by)));
                }
            }
            Asked::Pending(pending) => return Ok(Drafted::Pending(pending)),
            Asked::Failed(_) | Asked::UsedUp => {}
        }
        // What was right at first is worth keeping.
        Ok(match first {
            Ok((draft, complaints)) => Drafted::Draft(without(draft, &complaints), source),
            Err(_) => Drafted::Failed,
        })
    }

    async fn ask(
        &self,
        task: &Task,
        router: &Router<Completing, dyn Complete>,
        step: &str,
        request: &CompleteRequest,
    ) -> Result<Asked, JobError> {
        let of = json!([VERSION, step, self.again, request]);
        let key = BlobHash::of(of.to_string().as_bytes()).to_string();
        match self.model.ask(router, &key, request, &wish_of(task.phrase.language)).await {
            // A person can go on with the card meanwhile. What the call cost is found out without it.
            Err(error) if error.is_untold() => {
                self.run.log(format!("The card goes on without an answer: {error}"));
                Ok(Asked::Failed(error.code))
            }
            asked => asked,
        }
    }
}

fn of_model(made_by: MadeBy) -> Source {
    let MadeBy { provider, model, version } = made_by;
    Source::Model { provider, name: model, version }
}

enum Drafted {
    Draft(Draft, Source),
    Pending(Pending),
    Failed,
    UsedUp,
    /// There was an answer, maybe, and nobody can tell; or it is charged.
    Lost,
}

/// What is made of an answer.
enum Judged {
    Draft(Draft, Vec<Complaint>),
    Unusable(String),
    /// The model would not answer, and would not if it were asked again.
    Filtered,
}

fn judged(task: &Task, completion: &Completion) -> Judged {
    match completion.finish {
        Finish::Filtered => Judged::Filtered,
        Finish::Length => Judged::Unusable("it was cut off before its end".to_owned()),
        Finish::Stop => match Draft::of(&completion.text) {
            Ok(draft) => {
                let complaints = check::check(task, &draft);
                Judged::Draft(draft, complaints)
            }
            Err(why) => Judged::Unusable(format!("it is not the JSON that was asked for ({why})")),
        },
    }
}

fn without(mut draft: Draft, complaints: &[Complaint]) -> Draft {
    for complaint in complaints {
        draft.drop_at(&complaint.place);
    }
    draft
}
