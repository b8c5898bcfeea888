//! How the statements of the hot paths are run when there is a long history: by indexes, never by a walk over what
//! grows, on both databases. Every statement that is run is looked at, so one that is added is, too.
//!
//! The history is a hundred thousand jobs with what they leave behind, so that no table that grows is small enough for a
//! planner to prefer a walk. `SLUICE_PLANS_JOBS=1000000` makes it a million, which takes some minutes.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;

use sluice_engine::{Engine, Randomness};
use sluice_store::testing::texts;
use sluice_store::{Dialect, Store};
use sluice_testkit::TestStore;

use crate::hot::Dear;
use crate::reading::walks;
use crate::support::{Play, Stage, World};

/// The database of the support's own worlds; each test here names its own.
const ON: Dialect = Dialect::Sqlite;

#[path = "plans/history.rs"]
mod history;
#[path = "plans/hot.rs"]
mod hot;
#[path = "plans/reading.rs"]
mod reading;
#[path = "contracts/support.rs"]
#[expect(dead_code, reason = "the contracts use the rest")]
mod support;

/// Jobs of the history, unless the environment sets another number.
const JOBS: u32 = 100_000;

fn jobs() -> u32 {
    std::env::var_os("SLUICE_PLANS_JOBS").map_or(JOBS, |jobs| jobs.to_str().unwrap().parse().unwrap())
}

/// Part of a statement of each hot path: what shows that it was run, and so was looked at.
const HOT: [&str; 33] = [
    "UPDATE jobs SET state = 'running'",
    "UPDATE jobs SET lease_until =",
    "SELECT id FROM jobs WHERE state = 'running' AND owner >= '' AND lease_until",
    "SELECT id FROM jobs WHERE state = 'waiting' AND wait_deadline",
    "SELECT id FROM jobs WHERE state = 'scheduled' AND run_at",
    "SELECT id FROM jobs WHERE expires_at IS NOT NULL",
    "SELECT MIN(due) AS due",
    "SELECT pool, COUNT(*) AS count FROM jobs WHERE state = 'ready'",
    "SELECT pool, COUNT(*) AS count FROM jobs WHERE state = 'running'",
    "SELECT COUNT(DISTINCT owner) AS count FROM jobs WHERE state = 'ready'",
    "AND subject > '' ORDER BY owner DESC",
    "FROM reels r WHERE r.owner =",
    "FROM documents WHERE (owner, id) <",
    "AND subject = '' ORDER BY owner DESC",
    "ORDER BY error_code DESC",
    "SELECT id FROM documents WHERE id >",
    "DELETE FROM jobs WHERE id IN",
    "DELETE FROM calls WHERE id IN",
    "DELETE FROM event_log WHERE owner =",
    "SELECT owner, (SELECT at FROM event_log",
    "DELETE FROM stage_results WHERE key IN",
    "DELETE FROM spend WHERE",
    "DELETE FROM blobs WHERE collecting_since",
    "SELECT hash FROM blobs WHERE unreferenced_since IS NOT NULL",
    "FROM event_log WHERE owner =",
    "INSERT INTO calls",
    "UPDATE calls SET outcome",
    "WHERE outcome = 'unknown' AND (deadline_at, id) >",
    "UPDATE calls SET outcome = 'lost', finished_at",
    "UPDATE calls SET notified = 1",
    "INSERT INTO spend",
    "DELETE FROM reel_results WHERE",
    "SELECT id FROM capture_drafts WHERE created_at",
];

/// Statements that walk over the history, by each of the ways in which one can.
const BAD: [&str; 6] = [
    "SELECT id FROM jobs WHERE error_message = $1",
    "SELECT COUNT(*) AS count FROM jobs WHERE finished_at < $1",
    "UPDATE calls SET cost = 1 WHERE kind = $1",
    "DELETE FROM blob_refs WHERE bytes = $1",
    "SELECT id FROM jobs WHERE owner = $1 AND kind = $2 AND id < $3 ORDER BY id DESC LIMIT 50",
    "SELECT job FROM spend WHERE owner = $1 ORDER BY at LIMIT 50",
];

async fn world_on(dialect: Dialect) -> World {
    let (test, stage) = (TestStore::open_on(dialect).await, Stage::new([]));
    let engine = Engine::builder(test.store().clone()).register::<Play>(stage.clone()).register::<Dear>(());
    World { test, engine: engine.randomness(Randomness::seeded(7)).build(), stage }
}

/// What is wrong with a statement's plans: as a unit of work that writes has it, and as one that only reads.
async fn wrong_with(store: &Store, statement: &str) -> Vec<String> {
    let reads = store.dialect() == Dialect::Postgres
        && (statement.starts_with("SELECT") || statement.starts_with("WITH"))
        && !statement.contains("FOR UPDATE");
    let mut wrong = Vec::new();
    for writes in if reads { vec![false, true] } else { vec![true] } {
        let plan = store.plan(statement, writes).await;
        let plan = plan.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
        let walks = walks(store.dialect(), statement, &plan);
        if !walks.is_empty() {
            let plan = plan.join("\n    ");
            wrong.push(format!("{statement}\n  (in a unit that writes: {writes}) {walks:?}\n    {plan}"));
        }
    }
    wrong
}

/// The tables of the database.
async fn tables(store: &Store) -> Vec<String> {
    let names = match store.dialect() {
        Dialect::Sqlite => "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        Dialect::Postgres => {
            "SELECT CAST(tablename AS TEXT) AS value FROM pg_tables WHERE schemaname = current_schema()"
        }
    };
    store.read(async |tx| texts(tx, names, &[]).await).await.unwrap()
}

async fn hot_statements_do_not_walk_over_the_history(dialect: Dialect) {
    let world = world_on(dialect).await;
    let store = world.test.store();
    history::make(store, jobs()).await;
    let not_hot: BTreeSet<String> = store.statements().into_iter().collect();
    hot::run(&world).await;
    let planned = |statement: &String| {
        let first = statement.split_whitespace().next().unwrap_or_default();
        ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&first)
    };
    let of_store: Vec<String> = store.statements().into_iter().map(|statement| statement.trim().to_owned()).collect();
    let hot: Vec<&String> =
        of_store.iter().filter(|statement| planned(statement) && !not_hot.contains(*statement)).collect();
    for part in HOT {
        assert!(hot.iter().any(|statement| statement.contains(part)), "no statement has {part:?}");
    }
    // SQLite has no statistics unless it is told to make some. PostgreSQL knows a table's size by them alone.
    let mut wrong = Vec::new();
    if dialect == Dialect::Sqlite {
        for statement in &hot {
            wrong.extend(wrong_with(store, statement).await);
        }
    }
    // One by one: all of them together take a busy server longer than it has for an answer.
    for table in tables(store).await {
        store.execute(&format!("ANALYZE {table}")).await.unwrap();
    }
    for statement in &hot {
        wrong.extend(wrong_with(store, statement).await);
    }
    assert!(wrong.is_empty(), "{} plans walk over a history:\n\n{}", wrong.len(), wrong.join("\n\n"));
    for statement in BAD {
        let numbered = if dialect == Dialect::Sqlite {
            statement.replace("$1", "?").replace("$2", "?").replace("$3", "?")
        } else {
            statement.into()
        };
        assert!(!wrong_with(store, &numbered).await.is_empty(), "nothing was found wrong with {numbered}");
    }
    world.test.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_hot_statement_walks_over_the_history_on_sqlite() {
    hot_statements_do_not_walk_over_the_history(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_hot_statement_walks_over_the_history_on_postgres() {
    hot_statements_do_not_walk_over_the_history(Dialect::Postgres).await;
}
