//! Has a language model write a summary, part by part over the whole transcript: one question for each part and one that makes
//! one summary of them, each with at most one repair. What is refused then is dropped.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sluice_blobs::BlobHash;
use sluice_capability::{CompleteRequest, Completion, Finish, Wish};
use sluice_domain::language::Language;
use sluice_engine::{JobError, Pending, Run};

use super::SummaryInstead;
use super::draft::{Draft, Refused};
use super::prompt::Question;
use super::told::{Told, ToldPassage};
use crate::asking::{Asked, Model};
use crate::scribe::context::ScribeApp;
use crate::scribe::tell_apart::model_of;
use crate::scribe::transcript::Transcription;

/// Changes with what the same passages are asked, and with what is made of the answer.
const VERSION: &str = "scribe.summary/1";
/// The errors of money that may not be spent, or not now.
const REFUSED_BY_BUDGET: [&str; 2] = ["over_budget", "unpriced_calls_used"];

/// What becomes of a summary.
pub(super) enum Outcome {
    /// A model wrote it: which.
    Written(Draft, String),
    /// A model is at work on it.
    Pending(Pending),
    /// There is none, and why; none if nothing is said.
    Instead(Option<SummaryInstead>),
}

/// Has a model write the summary of a transcript. `again` makes it other questions than before.
pub(super) async fn write(
    run: &Run,
    app: &ScribeApp,
    whole: &Transcription,
    again: &Value,
) -> Result<Outcome, JobError> {
    let instead = |why: SummaryInstead| Ok(Outcome::Instead(Some(why)));
    let Some(model) = Model::of(run, &app.platform, &app.completing).await? else {
        return instead(SummaryInstead::NoModel);
    };
    let said = whole.passages.iter().filter(|passage| !passage.text.trim().is_empty());
    let passages: Vec<ToldPassage> = said
        .map(|passage| ToldPassage { number: passage.number, speaker: passage.speaker, text: passage.text.clone() })
        .collect();
    if passages.is_empty() {
        return Ok(Outcome::Instead(None));
    }
    let Some(language) = Language::from_code(&whole.language) else { return instead(SummaryInstead::Language) };
    let told = tokio::task::spawn_blocking(move || Told::new(passages, language))
        .await
        .map_err(|error| JobError::fail("panicked", error.to_string()))?;
    let Some(parts) = told.parts() else { return instead(SummaryInstead::TooLong) };
    Writing { run, model, told: &told, again }.whole(&parts).await
}

struct Writing<'a> {
    run: &'a Run,
    model: Model<'a>,
    told: &'a Told,
    again: &'a Value,
}

/// What becomes of one question and its repair.
enum Part {
    Draft(Draft, String),
    Pending(Pending),
    Instead(SummaryInstead),
}

/// What becomes of one request.
enum Reply {
    Answer(Completion, String),
    Pending(Pending),
    Instead(SummaryInstead),
}

/// What is made of an answer.
enum Judged {
    Draft(Draft, Vec<Refused>),
    Unusable(String),
    /// The model would not answer, and would not if it were asked again.
    Filtered,
}

impl Writing<'_> {
    async fn whole(&self, parts: &[&[ToldPassage]]) -> Result<Outcome, JobError> {
        let mut drafts: Vec<Draft> = Vec::with_capacity(parts.len());
        let mut models: Vec<String> = Vec::new();
        for part in parts {
            let given: BTreeSet<u32> = part.iter().map(|passage| passage.number).collect();
            match self.part(&Question::of_part(part), &given).await? {
                Part::Draft(draft, model) => {
                    drafts.push(draft);
                    models.push(model);
                }
                Part::Pending(pending) => return Ok(Outcome::Pending(pending)),
                // A summary without one of its parts would not be of the whole.
                Part::Instead(why) => return Ok(Outcome::Instead(Some(why))),
            }
        }
        let mut summary = if drafts.len() == 1 {
            Draft::joined(drafts)
        } else {
            let given: BTreeSet<u32> = drafts.iter().flat_map(Draft::passages).collect();
            match self.part(&Question::of_parts(&drafts), &given).await? {
                Part::Draft(draft, model) if !draft.overview.is_empty() => {
                    models.push(model);
                    draft.with_all_of(drafts)
                }
                Part::Pending(pending) => return Ok(Outcome::Pending(pending)),
                // All parts are there, if only one after the other.
                Part::Draft(..) | Part::Instead(_) => Draft::joined(drafts),
            }
        };
        if summary.overview.is_empty() {
            return Ok(Outcome::Instead(Some(SummaryInstead::NothingStands)));
        }
        self.told.keep_terms(&mut summary);
        models.sort_unstable();
        models.dedup();
        Ok(Outcome::Written(summary, models.join(", ")))
    }

    /// The answer to a question, without what is refused of it after one repair.
    async fn part(&self, question: &Question, given: &BTreeSet<u32>) -> Result<Part, JobError> {
        let language = self.told.language;
        let (completion, model) = match self.ask(&question.request(language)).await? {
            Reply::Answer(completion, model) => (completion, model),
            Reply::Pending(pending) => return Ok(Part::Pending(pending)),
            Reply::Instead(why) => return Ok(Part::Instead(why)),
        };
        let (first, request) = match self.judged(&completion, given) {
            Judged::Draft(draft, refused) if refused.is_empty() => return Ok(Part::Draft(draft, model)),
            Judged::Filtered => return Ok(Part::Instead(SummaryInstead::ModelFailed)),
            Judged::Draft(draft, refused) => {
                let request = question.repair(language, &draft, &refused);
                (Some(draft.without(&refused)), request)
            }
            Judged::Unusable(why) => (None, question.request_again(language, &why)),
        };
        self.run.log("The model is asked again, because its answer was refused, or a part of it");
        match self.ask(&request).await? {
            Reply::Answer(completion, repaired_by) => {
                if let Judged::Draft(draft, refused) = self.judged(&completion, given) {
                    let repaired = draft.without(&refused);
                    // A repair that leaves out what was right is none.
                    if first.as_ref().is_none_or(|first| repaired.len() >= first.len()) {
                        return Ok(Part::Draft(repaired, repaired_by));
                    }
                }
            }
            Reply::Pending(pending) => return Ok(Part::Pending(pending)),
            Reply::Instead(_) => {}
        }
        Ok(match first {
            Some(draft) => Part::Draft(draft, model),
            None => Part::Instead(SummaryInstead::ModelFailed),
        })
    }

    fn judged(&self, completion: &Completion, given: &BTreeSet<u32>) -> Judged {
        match completion.finish {
            Finish::Filtered => Judged::Filtered,
            Finish::Length => Judged::Unusable("it was cut off before its end".to_owned()),
            Finish::Stop => match Draft::of(&completion.text) {
                Ok(draft) => {
                    let refused = self.told.check(&draft, given);
                    Judged::Draft(draft, refused)
                }
                Err(why) => Judged::Unusable(format!("it is not the JSON that was asked for ({why})")),
            },
        }
    }

    async fn ask(&self, request: &CompleteRequest) -> Result<Reply, JobError> {
        let of = json!([VERSION, self.again, request]);
        let key = BlobHash::of(of.to_string().as_bytes()).to_string();
        let wish = Wish { language: Some(self.told.language.into()), ..Wish::default() };
        let is_money = |code: &str| REFUSED_BY_BUDGET.contains(&code);
        match self.model.ask(&self.model.router, &key, request, &wish).await {
            Ok(Asked::Answer(completion, made_by)) => Ok(Reply::Answer(completion, model_of(&made_by))),
            Ok(Asked::Pending(pending)) => Ok(Reply::Pending(pending)),
            Ok(Asked::UsedUp) => Ok(Reply::Instead(SummaryInstead::AllowanceUsed)),
            Ok(Asked::Failed(code)) if is_money(&code) => Ok(Reply::Instead(SummaryInstead::OverBudget)),
            Ok(Asked::Failed(_)) => Ok(Reply::Instead(SummaryInstead::ModelFailed)),
            // Money may come tomorrow, and the recording is to be read today.
            Err(error) if !error.is_waiting() && is_money(&error.code) => {
                self.run.log(format!("No model is asked: {error}"));
                Ok(Reply::Instead(SummaryInstead::OverBudget))
            }
            Err(error) => Err(error),
        }
    }
}
