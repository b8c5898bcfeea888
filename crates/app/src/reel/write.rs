//! Has a language model write a script: one request, at most one repair, and the extract if that does not help.

use sluice_capability::{CompleteRequest, Completion, Doing};
use sluice_domain::document::Document;
use sluice_engine::{Called, JobError, Run};
use sluice_store::reel;

use super::context::{ReelApp, script_wish};
use super::failure::{self, OrFail as _};
use super::keys;
use super::locate;
use super::note::{Instead, InsteadCode, RefusedSentence, ScriptNote};
use super::script::Script;
use super::script::written::{GivenUp, Judged, Repair, Task};
use super::subject::Subject;
use crate::asking::goes_on;
use crate::library;
use crate::routing::{self, Made};

/// The script and the note about it; the extract if no model writes one that keeps the rules.
pub(super) async fn write(
    run: &Run,
    app: &ReelApp,
    subject: &Subject,
    extract: Script,
) -> Result<Called<(Script, ScriptNote)>, JobError> {
    let document = library::read_text(&app.platform, &subject.document).await.map_err(failure::ingest)?;
    let writing = Writing { run, app, subject };
    let (task, document, extract) =
        failure::blocking(move || (Task::new(&document, &extract), document, extract)).await?;
    let request = task.request();
    let estimated = app.writer(&request, subject.reel.language).and_then(|(_, price)| price);
    let mut note = ScriptNote { estimated_micro_usd: estimated.map(|price| price.0), ..ScriptNote::default() };
    let answer = match writing.ask(&request, &mut note).await? {
        Asked::Answer(answer) => answer,
        Asked::Pending(pending) => return Ok(Called::Pending(pending)),
        Asked::Failed => return Ok(Called::Done((extract, note))),
    };
    let (task, judged) = failure::blocking(move || {
        let judged = task.judge(&answer);
        (task, judged)
    })
    .await?;
    let repair = match judged {
        Judged::Good(script) => return located(script, document, note).await,
        Judged::Hopeless(unusable) => {
            note.instead = Some(Instead::of(&unusable));
            return Ok(Called::Done((extract, note)));
        }
        Judged::Repair(repair) => repair,
    };
    note.refused = repair.refused.iter().map(RefusedSentence::from).collect();
    run.log(described(&repair));
    let answer = match writing.ask(&repair.request, &mut note).await? {
        Asked::Answer(answer) => answer,
        Asked::Pending(pending) => return Ok(Called::Pending(pending)),
        Asked::Failed => return Ok(Called::Done((extract, note))),
    };
    match failure::blocking(move || task.judge_again(&repair, &answer)).await? {
        Ok(script) => located(script, document, note).await,
        Err(GivenUp { refused, unusable }) => {
            note.instead = Some(unusable.as_ref().map_or_else(|| Instead::sentences(refused.len()), Instead::of));
            note.refused = refused.iter().map(RefusedSentence::from).collect();
            Ok(Called::Done((extract, note)))
        }
    }
}

fn described(repair: &Repair) -> String {
    match &repair.unusable {
        Some(unusable) => format!("The model is asked again, because {unusable}"),
        None => format!("The model is asked again for {} sentences that were refused", repair.refused.len()),
    }
}

/// With the lines of the sentences that stand on their pages as they are told.
async fn located(
    mut script: Script,
    document: Document,
    note: ScriptNote,
) -> Result<Called<(Script, ScriptNote)>, JobError> {
    let script = failure::blocking(move || {
        locate::locate(&mut script, &document);
        script
    })
    .await?;
    Ok(Called::Done((script, note)))
}

/// What becomes of a request.
enum Asked {
    Answer(Completion),
    Pending(sluice_engine::Pending),
    /// No model can answer: the note says why.
    Failed,
}

struct Writing<'a> {
    run: &'a Run,
    app: &'a ReelApp,
    subject: &'a Subject,
}

impl Writing<'_> {
    async fn ask(&self, request: &CompleteRequest, note: &mut ScriptNote) -> Result<Asked, JobError> {
        let reel = &self.subject.reel;
        let key = keys::key("written/1", request).or_fail("bad_key")?;
        let wish = script_wish(request, reel.language);
        let router = self.app.completing.of(&reel.owner).await?;
        let keys = routing::keys_of(self.run, &key, &router).await?;
        match routing::ask(self.run, &key, &router, request, &wish, keep).await {
            Ok(Called::Done(Made { value, made_by })) => {
                self.use_answer(&keys).await?;
                note.made_by = Some(made_by.into());
                note.answers += 1;
                Ok(Asked::Answer(value))
            }
            Ok(Called::Pending(pending)) => Ok(Asked::Pending(pending)),
            // What heals is waited for, as long as the job has attempts.
            Err(error) if goes_on(self.run, &error) => Err(error),
            Err(error) => {
                self.run.log(format!("No model wrote the script: {error}"));
                note.instead = Some(Instead { code: InsteadCode::Failed, detail: error.message });
                Ok(Asked::Failed)
            }
        }
    }

    /// The answer belongs to the reel, and goes with the last one that uses it. It is stored under one of these keys.
    async fn use_answer(&self, keys: &[String]) -> Result<(), JobError> {
        let reel = &self.subject.reel;
        for key in keys {
            self.run.write(async |tx| reel::use_result(tx, &reel.owner, &reel.id, key).await).await?;
        }
        Ok(())
    }
}

fn keep(completion: Completion) -> Doing<'static, Completion> {
    Box::pin(async move { Ok(completion) })
}
