//! The job that applies the rules, once a day. Each move is complete by itself: one that fails stops no other, and a sweep that
//! was interrupted goes on with what is still due.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_engine::{Job, JobError, Next, Run};
use sluice_store::{StoreError, Tx};

use super::rules::Rule;
use super::{Keeper, POOL, report};
use crate::tiers::{Due, MoveError, Tier, Tiers};

/// Things that are looked for together.
const PAGE: u32 = 100;
/// Most things that a report names.
const NAMED: usize = 1_000;

/// Applies the rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {}

/// The only stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Moves what is due.
    Sweep,
}

impl Job for Sweep {
    const KIND: &'static str = "keeping.sweep";
    type Stage = Stage;
    type Context = Keeper;

    fn first_stage() -> Stage {
        Stage::Sweep
    }

    fn pool() -> &'static str {
        POOL
    }

    async fn run(&self, Stage::Sweep: Stage, run: &Run, keeper: &Keeper) -> Result<Next<Stage>, JobError> {
        let swept = sweep(keeper, Doing::Moves, || run.cancelled().is_cancelled()).await?;
        for (item, error) in swept.items.iter().filter_map(|item| Some((item, item.error.as_ref()?))) {
            run.log(format!("{} {} stays where it is: {error}", item.app, item.subject));
        }
        let disk = report(keeper, None).await?.disk;
        if let Some(disk) = disk.filter(|disk| disk.alert) {
            let (used, free) = (disk.used_percent, disk.free_bytes);
            tracing::warn!(used_percent = used, free_bytes = free, "the disk of the media is nearly full");
            run.log(format!(
                "{used} % of the disk of the media is used: shorten the periods, delete something, or make room"
            ));
        }
        Ok(Next::Done(json!({ "moved": swept.moved, "failed": swept.failed, "disk": disk })))
    }
}

/// Whether a sweep moves what is due, or only says what that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// It moves.
    Moves,
    /// It says what it would move, and what it would not, because it is damaged.
    DryRun,
}

/// What was moved, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// All together.
    pub moved: Count,
    /// How many could not be moved.
    pub failed: u64,
    /// One by one, the first thousand.
    pub items: Vec<Item>,
}

/// How much was moved, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many things.
    pub count: u64,
    /// Bytes that they referenced before.
    pub bytes_before: u64,
    /// Bytes that they reference now; the same as before in a dry run, which cannot know.
    pub bytes_after: u64,
}

/// One thing that was moved, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The app.
    pub app: &'static str,
    /// Its owner.
    pub owner: String,
    /// Its id.
    pub subject: String,
    /// The rule.
    pub rule: String,
    /// Its tier afterwards.
    pub tier: Tier,
    /// Bytes that it referenced before.
    pub bytes_before: u64,
    /// Bytes that it references now; none if that is not known.
    pub bytes_after: Option<u64>,
    /// Why it was not moved.
    pub error: Option<String>,
}

/// Moves everything that is due, or says what that is, until `stop` returns true.
pub async fn sweep(keeper: &Keeper, doing: Doing, stop: impl Fn() -> bool) -> Result<Swept, StoreError> {
    let store = &keeper.platform.store;
    let mut swept = Swept::default();
    if doing == Doing::Moves {
        remember(keeper, &stop).await?;
    }
    for rule in keeper.rules.all() {
        for (app, tiers) in keeper.apps() {
            let mut after = String::new();
            loop {
                let page = store
                    .read(async |tx: &mut Tx| {
                        let now = tx.now().await?;
                        tiers.due(tx, rule.from, rule.terms, now, &after, PAGE).await
                    })
                    .await?;
                for due in &page {
                    if stop() {
                        return Ok(swept);
                    }
                    let item = one(tiers, doing, due, &rule).await;
                    swept.add(item.map(|item| Item { app, ..item }));
                }
                match page.last() {
                    Some(last) if page.len() == PAGE as usize => after.clone_from(&last.subject),
                    _ => break,
                }
            }
        }
    }
    Ok(swept)
}

/// Has each app write down what keeps its things from being moved.
async fn remember(keeper: &Keeper, stop: impl Fn() -> bool) -> Result<(), StoreError> {
    for (_, tiers) in keeper.apps() {
        let mut after = Some(String::new());
        while let Some(from) = after.filter(|_| !stop()) {
            after = keeper.platform.store.write(async |tx: &mut Tx| tiers.remember(tx, &from, PAGE).await).await?;
        }
    }
    Ok(())
}

async fn one(tiers: &dyn Tiers, doing: Doing, due: &Due, rule: &Rule) -> Option<Item> {
    let mut item = Item {
        app: "",
        owner: due.owner.to_string(),
        subject: due.subject.clone(),
        rule: rule.name(due.days),
        tier: rule.to,
        bytes_before: due.bytes,
        bytes_after: None,
        error: None,
    };
    let done = match doing {
        Doing::DryRun => tiers.inspect(&due.owner, &due.subject, rule.from).await.map(|()| None),
        Doing::Moves => tiers.shift(&due.owner, &due.subject, rule.to, rule.terms, &item.rule).await.map(Some),
    };
    match done {
        Ok(None) => {}
        Ok(Some(moved)) => {
            item.bytes_before = moved.bytes_before;
            item.bytes_after = Some(moved.bytes_after);
        }
        Err(MoveError::NotDue | MoveError::Unknown) => return None,
        Err(error) => {
            tracing::error!(owner = %due.owner, subject = due.subject, %error, "something cannot be moved to its next tier");
            item.error = Some(error.to_string());
        }
    }
    Some(item)
}

impl Swept {
    fn add(&mut self, item: Option<Item>) {
        let Some(item) = item else { return };
        if item.error.is_some() {
            self.failed += 1;
        } else {
            self.moved.count += 1;
            self.moved.bytes_before += item.bytes_before;
            self.moved.bytes_after += item.bytes_after.unwrap_or(item.bytes_before);
        }
        if self.items.len() < NAMED {
            self.items.push(item);
        }
    }
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many archives were read.
    pub archives: u64,
    /// Those that are not what they should be: the app, the owner, the id, and what is wrong.
    pub wrong: Vec<(&'static str, String, String, String)>,
}

/// Reads every archive, and compares it with the rows.
pub async fn verify(keeper: &Keeper) -> Result<Verified, MoveError> {
    let mut verified = Verified::default();
    for (app, tiers) in keeper.apps() {
        let mut after = String::new();
        loop {
            let page = tiers.check(&after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.subject);
            verified.archives += page.len() as u64;
            let wrong = page.into_iter().filter_map(|one| Some((app, one.owner.to_string(), one.subject, one.wrong?)));
            verified.wrong.extend(wrong);
        }
    }
    Ok(verified)
}
