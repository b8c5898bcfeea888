//! Reads what the event logs tell, and judges it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_store::events::{self, Event};
use sluice_store::{Store, StoreError};

/// Everything that was told.
pub(crate) struct Told {
    streams: BTreeMap<OwnerId, Vec<Event>>,
}

const FINAL: [JobState; 4] = [JobState::Succeeded, JobState::Dead, JobState::Cancelled, JobState::Expired];

pub(crate) async fn read(store: &Store) -> Result<Told, StoreError> {
    store
        .read(async |tx| {
            let mut streams = BTreeMap::new();
            for owner in events::owners(tx).await? {
                let told = events::after(tx, &owner, 0, u32::MAX).await?;
                streams.insert(owner, told);
            }
            Ok(Told { streams })
        })
        .await
}

impl Told {
    fn all(&self) -> impl Iterator<Item = &Event> {
        self.streams.values().flatten()
    }

    /// The same for the same history.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for event in self.all() {
            (event.owner.as_str(), event.seq, &event.subject, event.data.to_string(), event.at.as_millis())
                .hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Jobs that have ended.
    pub(crate) fn ended(&self) -> u64 {
        self.all().filter(|event| is_final(event)).count() as u64
    }

    /// Jobs of a kind that were ever made.
    pub(crate) fn jobs_of_kind(&self, kind: &str) -> u64 {
        let of_kind = self.all().filter(|event| event.kind == "job.changed" && event.data["kind"] == kind);
        of_kind.map(|event| &event.subject).collect::<std::collections::BTreeSet<_>>().len() as u64
    }

    /// Claims, and stages that followed at once.
    pub(crate) fn attempts(&self) -> u64 {
        self.all().filter(|event| event.data["state"] == "running" && event.data["steps"].is_null()).count() as u64
    }
}

fn is_final(event: &Event) -> bool {
    FINAL.iter().any(|state| event.data["state"] == state.as_str())
}

/// What must never be.
pub(crate) fn judge(told: &Told, acknowledged: &[(OwnerId, JobId)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (stream, events) in &told.streams {
        for (place, event) in (1..).zip(events) {
            if event.seq != place {
                wrong.push(format!("the log of {stream} has {} in place {place}", event.seq));
                break;
            }
        }
    }
    let mut jobs = BTreeMap::<&str, Vec<&Event>>::new();
    for event in told.all().filter(|event| event.kind == "job.changed") {
        jobs.entry(&event.subject).or_default().push(event);
    }
    for (job, events) in &jobs {
        match events.iter().filter(|event| is_final(event)).count() {
            1 if events.last().is_some_and(|last| is_final(last)) => {}
            1 => wrong.push(format!("job {job} went on after its end: {}", course(events))),
            0 => wrong.push(format!("job {job} never ended: {}", course(events))),
            more => wrong.push(format!("job {job} ended {more} times: {}", course(events))),
        }
        wrong.extend(attempts_rise(job, events));
    }
    for (_, job) in acknowledged {
        if !jobs.contains_key(job.as_str()) {
            wrong.push(format!("job {job} was acknowledged and is lost"));
        }
    }
    wrong
}

/// What became of a job, for the reader of a violation.
fn course(events: &[&Event]) -> String {
    let state = |event: &&Event| {
        let data = &event.data;
        format!(
            "{} {} {} {} #{}",
            event.at.as_millis() % 10_000_000,
            data["kind"],
            data["stage"],
            data["state"],
            data["attempt"]
        )
    };
    events.iter().map(state).collect::<Vec<_>>().join(", ")
}

/// Within a stage every claim has a later attempt, unless the one before was given back. What follows a wait is a stage
/// of its own.
fn attempts_rise(job: &str, events: &[&Event]) -> Option<String> {
    let mut before: Option<(&serde_json::Value, u64)> = None;
    for event in events.iter().filter(|event| event.data["steps"].is_null()) {
        if event.data["state"] != "running" {
            before = before.filter(|_| event.data["attempt"] != 0);
            continue;
        }
        let (stage, attempt) = (&event.data["stage"], event.data["attempt"].as_u64().unwrap_or(0));
        if attempt == 0 {
            return Some(format!("job {job} ran without an attempt"));
        }
        if let Some((last_stage, last)) = before
            && last_stage == stage
            && attempt + 1 < last
        {
            return Some(format!("job {job} went back from attempt {last} to {attempt}: {}", course(events)));
        }
        before = Some((stage, attempt));
    }
    None
}
