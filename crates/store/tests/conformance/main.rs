//! The conformance suite of the apps' tables: every public function of an app's file in `store`, on both databases. An
//! app adds a file here, named as its file in `src`, and one line below.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod accounts;
mod capture;
mod documents;
mod keeping;
mod limits;
mod links;
mod models;
mod provider_keys;
mod reel;
mod scribe;
mod scribe_words;
mod throttles;
mod uploads;
mod webhooks;

use std::path::Path;

use sluice_domain::ids::OwnerId;
use sluice_store::migrations::MODULES;

/// What is covered: a line for each file of `src` that holds the tables of an app, or of what all apps share.
const COVERED: &[&str] = &[
    "accounts",
    "capture",
    "documents",
    "keeping",
    "limits",
    "links",
    "models",
    "provider_keys",
    "reel",
    "scribe",
    "throttles",
    "uploads",
    "webhooks",
];

/// Makes a test on each database of every function that takes a `TestStore`.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                let test = sluice_testkit::TestStore::open_on(sluice_store::Dialect::Sqlite).await;
                super::$test(test.store()).await;
                test.end().await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                let test = sluice_testkit::TestStore::open_on(sluice_store::Dialect::Postgres).await;
                super::$test(test.store()).await;
                test.end().await;
            })+
        }
    };
}
pub(crate) use on_both_databases;

pub(crate) fn ada() -> OwnerId {
    "ada".parse().unwrap()
}

pub(crate) fn omar() -> OwnerId {
    "omar".parse().unwrap()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The names of a file's functions that work on a database.
fn functions(code: &str) -> impl Iterator<Item = &str> {
    code.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next())
}

/// Those that a module has in its file, and those that it hands on from the files in its folder.
fn functions_of(module: &str) -> Vec<String> {
    let code = read(&format!("src/{module}.rs"));
    let lists = code.split("\npub use ").skip(1).filter_map(|rest| rest.split(';').next()?.split_once("::{"));
    let handed_on = lists.flat_map(|(file, names)| {
        let inner = read(&format!("src/{module}/{file}.rs"));
        let names: Vec<&str> = names.trim_end().trim_end_matches('}').split(',').map(str::trim).collect();
        functions(&inner).filter(|name| names.contains(name)).map(str::to_owned).collect::<Vec<_>>()
    });
    functions(&code).map(str::to_owned).chain(handed_on).collect()
}

#[test]
fn every_app_with_tables_is_covered_and_so_is_each_of_its_functions() {
    for module in MODULES.iter().filter(|module| module.name != "core") {
        assert!(COVERED.contains(&module.name), "tests/conformance has no file for the tables of {}", module.name);
    }
    for name in COVERED {
        let words = if *name == "scribe" { read("tests/conformance/scribe_words.rs") } else { String::new() };
        let tests = read(&format!("tests/conformance/{name}.rs")) + &words;
        for function in functions_of(name) {
            let called = tests.contains(&format!("{name}::{function}("));
            assert!(called, "tests/conformance/{name}.rs does not call {name}::{function}");
        }
    }
}

#[test]
fn every_table_of_an_app_says_whose_its_rows_are() {
    for module in MODULES.iter().filter(|module| module.name != "core") {
        let text: String = module.migrations.iter().map(|migration| migration.sql).collect();
        let tables: Vec<&str> = text.split("CREATE TABLE ").skip(1).collect();
        let name = |table: &&str| table.split_whitespace().next().unwrap().to_owned();
        let owned = |table: &&str| table.contains("owner TEXT NOT NULL CHECK (owner <> '')");
        let with_owner: Vec<String> = tables.iter().filter(|table| owned(table)).map(name).collect();
        for table in tables.iter().filter(|table| !owned(table)) {
            let parent = with_owner.iter().any(|parent| table.contains(&format!("NOT NULL REFERENCES {parent} (id)")));
            assert!(parent, "{} has no owner, and no parent that has one", name(table));
        }
    }
}

/// Tables of the core without an owner: nothing in them is of one person, or their key says whose it is. A new table of what
/// people have does not belong here.
const OF_NOBODY: [&str; 21] = [
    "clock",
    "schedules",
    "workers",
    "durations",
    "limits",
    "rates",
    "buckets",
    "pauses",
    "providers",
    "stage_results",
    "budgets",
    "budgets_of_owners",
    "blobs",
    "maintenance_cursors",
    "throttles",
    "link_keys",
    "limit_uses",
    "limit_windows",
    "plan_money",
    "model_sets",
    "provider_notices",
];

#[test]
fn every_table_of_the_core_says_whose_its_rows_are_or_is_of_nobody() {
    let core = MODULES.iter().find(|module| module.name == "core").unwrap();
    let text: String = core.migrations.iter().map(|migration| migration.sql).collect();
    let without: Vec<&str> = text
        .split("CREATE TABLE ")
        .skip(1)
        .filter_map(|table| table.split("{strict}").next())
        .filter(|table| !table.contains("owner TEXT NOT NULL"))
        .filter_map(|table| table.split_whitespace().next())
        .collect();
    let unknown: Vec<&&str> = without.iter().filter(|name| !OF_NOBODY.contains(*name)).collect();
    assert!(unknown.is_empty(), "whose are the rows of {unknown:?}?");
}
