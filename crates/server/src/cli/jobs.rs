//! `sluice jobs`: inspecting and controlling jobs.

use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use serde_json::{Value, json};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;
use sluice_engine::{Engine, Progress, Reason, Why};
use sluice_store::Database;
use sluice_store::StoreError;
use sluice_store::jobs::{Filter, JobRow, Redrive};

use super::failure::USAGE;
use super::{Failure, say};
use crate::config::Config;
use crate::wiring;

#[derive(Debug, Subcommand)]
#[expect(clippy::doc_markdown, reason = "what --help shows, without markup")]
pub(crate) enum JobsCommand {
    /// Lists jobs, newest first.
    List {
        /// Only jobs in this state.
        #[arg(long, value_parser = state, value_name = "STATE")]
        state: Option<JobState>,
        /// Only jobs of this kind, such as reel.scene.
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
        /// Most jobs to list.
        #[arg(long, default_value_t = 50, value_name = "NUMBER")]
        limit: u32,
        /// Prints one JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Shows a job with its steps and child jobs, and the end of its log.
    Show {
        /// Id of the job.
        id: JobId,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Retries a job that is dead, cancelled or expired, from the stage where it stopped.
    Retry {
        /// Id of the job.
        id: JobId,
    },
    /// Explains why a job waits: every reason, its position, and its estimated start.
    Why {
        /// Id of the job.
        id: JobId,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Runs dead jobs again: all of the dead-letter queue that match the filters.
    Redrive {
        /// Only jobs of this kind.
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
        /// Only jobs of this owner.
        #[arg(long, value_name = "OWNER")]
        owner: Option<OwnerId>,
        /// Only jobs that ended with this error code, such as worker_died.
        #[arg(long, value_name = "CODE")]
        error: Option<String>,
        /// Only jobs that ended within this time, such as 90s, 60m or 2h.
        #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
        since: Option<Duration>,
        /// From their first stage [default: from the one where they stopped].
        #[arg(long)]
        from_start: bool,
        /// Most jobs to run again.
        #[arg(long, default_value_t = 10_000, value_name = "NUMBER")]
        limit: u32,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Cancels a job and its child jobs. Finished work is kept.
    Cancel {
        /// Id of the job.
        id: JobId,
    },
}

fn state(text: &str) -> Result<JobState, String> {
    JobState::parse(text).ok_or_else(|| format!("choose one of {}", JobState::ALL.map(JobState::as_str).join(", ")))
}

pub(crate) async fn run(config: &Config, command: JobsCommand) -> anyhow::Result<()> {
    let engine = open(config).await?;
    let store = engine.store();
    match command {
        JobsCommand::List { state, kind, limit, json } => {
            let rows = engine.operator().list(&Filter { state, kind, limit, ..Filter::default() }).await?;
            if json {
                return say(&serde_json::to_string(&rows.iter().map(brief).collect::<Vec<_>>())?);
            }
            say(&format!(
                "{:<36}  {:<20}  {:<9}  {:<9}  {:>7}  {:>9}  error",
                "id", "kind", "state", "stage", "attempt", "age"
            ))?;
            let now = store.now().await?;
            for row in &rows {
                let error = row.error.as_ref().map_or("", |error| error.code.as_str());
                say(&format!(
                    "{:<36}  {:<20}  {:<9}  {:<9}  {:>3} / {}  {:>9}  {error}",
                    row.id,
                    row.kind,
                    row.state.as_str(),
                    row.stage,
                    row.attempt,
                    row.max_attempts,
                    age(now, row.created_at)
                ))?;
            }
            Ok(())
        }
        JobsCommand::Show { id, json } => {
            let found = engine.operator().progress(&id).await?.with_context(|| format!("there is no job {id}"))?;
            let log = engine.operator().log(&id, 50).await?;
            if json {
                let mut whole = whole(&found);
                whole["log"] = log.iter().map(|line| json!({"at": line.at.as_millis(), "line": line.line})).collect();
                return say(&serde_json::to_string(&whole)?);
            }
            let now = store.now().await?;
            let row = &found.job;
            say(&format!(
                "{} {}: {} in \"{}\", attempt {} of {}",
                row.kind,
                row.id,
                row.state.as_str(),
                row.stage,
                row.attempt,
                row.max_attempts
            ))?;
            say(&format!("subject {}, created {} ago", row.subject, age(now, row.created_at)))?;
            if let Some(error) = &row.error {
                say(&format!("error {}: {}", error.code, error.message))?;
            }
            if let Some((from, to)) = found.done_by {
                say(&format!("should be done in {} to {}", age(from, now), age(to, now)))?;
            }
            say_tree(&found, 1)?;
            for line in &log {
                say(&format!("  {} ago  {}", age(now, line.at), line.line))?;
            }
            Ok(())
        }
        JobsCommand::Retry { id } => {
            let jobs = engine.operator().retry(&id).await.map_err(|error| unknown(error, &id))?;
            say(&run_again(jobs))
        }
        JobsCommand::Why { id, json } => {
            let why = engine.operator().why(&id).await.map_err(|error| unknown(error, &id))?;
            if json { say(&serde_json::to_string(&why)?) } else { say_why(&why, store.now().await?) }
        }
        JobsCommand::Redrive { kind, owner, error, since, from_start, limit, json } => {
            let since = match since {
                Some(time) => Some(store.now().await? - time),
                None => None,
            };
            let filter = Redrive { kind, error, since, from_start, limit };
            let again = engine.operator().redrive(owner.as_ref(), &filter).await?;
            if json { say(&json!({ "redriven": again }).to_string()) } else { say(&run_again(again)) }
        }
        JobsCommand::Cancel { id } => {
            let jobs = engine.operator().cancel(&id).await.map_err(|error| unknown(error, &id))?;
            say(&if jobs == 1 { "1 job is cancelled".to_owned() } else { format!("{jobs} jobs are cancelled") })
        }
    }
}

fn run_again(jobs: usize) -> String {
    if jobs == 1 { "1 job runs again".to_owned() } else { format!("{jobs} jobs run again") }
}

/// A job with its steps and child jobs, as JSON.
fn whole(progress: &Progress) -> Value {
    let mut whole = brief(&progress.job);
    whole["fraction"] = json!(progress.fraction);
    whole["steps"] = progress.steps.iter().map(|step| json!({"name": step.name, "fraction": step.fraction})).collect();
    whole["done_by"] = json!(progress.done_by.map(|(from, to)| [from.as_millis(), to.as_millis()]));
    whole["children"] = progress.children.iter().map(self::whole).collect();
    whole
}

/// The steps and child jobs of a job, each level indented further.
fn say_tree(progress: &Progress, level: usize) -> anyhow::Result<()> {
    let margin = "  ".repeat(level);
    for step in &progress.steps {
        say(&format!("{margin}{:<10} {:>3.0} %", step.name, step.fraction * 100.0))?;
    }
    for child in &progress.children {
        let job = &child.job;
        let percent = child.fraction * 100.0;
        say(&format!("{margin}{} {}: {} in \"{}\", {percent:.0} %", job.kind, job.id, job.state.as_str(), job.stage))?;
        say_tree(child, level + 1)?;
    }
    Ok(())
}

/// The engine on the configured database. A missing SQLite file is not created here: it is a mistake in --data.
pub(super) async fn open(config: &Config) -> anyhow::Result<Engine> {
    if let Database::Sqlite(file) = config.database()?
        && !file.is_file()
    {
        let detail = format!("there is no database in {}: name its data folder with --data", config.data()?.display());
        bail!(Failure { exit: USAGE, ..Failure::new("no_database", "There is no database", detail) });
    }
    Ok(wiring::open(config).await?.engine)
}

fn say_why(why: &Why, now: Timestamp) -> anyhow::Result<()> {
    say(&format!("it is {}", why.state.as_str()))?;
    for reason in &why.reasons {
        say(&format!("  {}", sentence(reason, now)))?;
    }
    if let Some(position) = why.position {
        say(&format!("  position among the ready jobs of its owner: {position}"))?;
    }
    if let Some((from, to)) = why.eta {
        say(&format!("  it should start in {} to {}", age(from, now), age(to, now)))?;
    }
    Ok(())
}

/// A reason why a job waits, in words.
pub(super) fn sentence(reason: &Reason, now: Timestamp) -> String {
    let until = |at: &Option<Timestamp>| at.map_or_else(String::new, |at| format!(", for {} more", age(at, now)));
    match reason {
        Reason::Running { worker } => format!("a worker runs it: {worker}"),
        Reason::Ended { state, error } => {
            format!("it ended: {}{}", state.as_str(), error.as_ref().map_or_else(String::new, |it| format!(" ({it})")))
        }
        Reason::Time { until: at, error } => {
            let put_off = error.as_ref().map_or_else(String::new, |it| format!(": {it}"));
            format!("it is due in {}{put_off}", age(*at, now))
        }
        Reason::Dependency { jobs } => {
            let jobs: Vec<_> = jobs.iter().map(JobId::as_str).collect();
            format!("it depends on jobs that have not succeeded: {}", jobs.join(", "))
        }
        Reason::Children { unfinished } => format!("{unfinished} of its child jobs are unfinished"),
        Reason::Signal { name, deadline, .. } => format!("it waits for the signal \"{name}\"{}", until(deadline)),
        Reason::Call { provider, kind, unknown: true, deadline, .. } => {
            let who = provider.as_ref().map_or_else(|| "an engine".to_owned(), |name| format!("provider {name}"));
            let end = deadline.map_or_else(String::new, |at| format!(" in {}", age(at, now)));
            format!(
                "the answer of {who} to its {kind} was lost, and nobody can tell whether it did the work, and charged for it: look into \
                 its bill. It is asked for nothing again before the call is given up{end}; then the job fails with call_lost, and \
                 `sluice jobs retry` makes the call again"
            )
        }
        Reason::Call { provider, kind, job, deadline, .. } => {
            let who = provider.as_ref().map_or_else(|| "an engine".to_owned(), |name| format!("provider {name}"));
            let of = job.as_ref().map_or_else(String::new, |job| format!(", asked by job {job}"));
            format!("{who} is at work on its {kind}{of}{}", until(deadline))
        }
        Reason::Paused { scope, name, why } => format!("{scope} {name} is paused: {why}"),
        Reason::Limit { scope, name, most, running } => {
            format!("{running} jobs of {scope} {name} run, which is the limit ({most})")
        }
        Reason::Rate { scope, name, unit, needs, until: at } => {
            let (unit, wait) = (unit.as_str(), age(*at, now));
            format!("it needs {needs} {unit} of {scope} {name}, whose rate allows them in {wait}")
        }
        Reason::Provider { name, why, until: at } => format!("provider {name} is not called ({why}){}", until(at)),
        Reason::Budget { scope, name, cost, left } => {
            format!("it may cost {cost}, and the budget of {scope} {name} has {left} left")
        }
        Reason::NoWorker { pool, kind } => {
            format!("no running worker has that capability: {kind} in pool {pool}")
        }
        Reason::Share { ahead, others, slots } => {
            format!("{ahead} jobs of its owner come first; {others} other owners share {slots} slots")
        }
    }
}

fn unknown(error: StoreError, id: &JobId) -> anyhow::Error {
    match error {
        StoreError::NoSuchJob { .. } => anyhow::anyhow!("there is no job {id}"),
        error => error.into(),
    }
}

fn brief(row: &JobRow) -> Value {
    json!({
        "id": row.id.as_str(),
        "kind": row.kind,
        "state": row.state.as_str(),
        "stage": row.stage,
        "attempt": row.attempt,
        "attempts": row.max_attempts,
        "subject": row.subject,
        "parent": row.parent.as_ref().map(JobId::as_str),
        "error": row.error.as_ref().map(|error| json!({"code": error.code, "message": error.message})),
        "created_at": row.created_at.as_millis(),
        "started_at": row.started_at.map(Timestamp::as_millis),
        "finished_at": row.finished_at.map(Timestamp::as_millis),
    })
}

/// A duration in the largest unit that fits.
fn age(now: Timestamp, then: Timestamp) -> String {
    let seconds = now.since(then).as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_was_lost_is_no_work_and_says_until_when_and_what_to_do() {
        let now = Timestamp::from_millis(0);
        let call = |unknown| Reason::Call {
            provider: Some("letters".to_owned()),
            kind: "complete".to_owned(),
            job: None,
            unknown,
            deadline: Some(now + Duration::from_hours(6)),
            next_poll: None,
        };
        assert_eq!(sentence(&call(false), now), "provider letters is at work on its complete, for 6 h more");
        let said = sentence(&call(true), now);
        for part in ["provider letters", "was lost", "look into its bill", "in 6 h", "sluice jobs retry"] {
            assert!(said.contains(part) && !said.contains("at work"), "{part}: {said}");
        }
    }
}
