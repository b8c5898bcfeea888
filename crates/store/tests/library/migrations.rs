//! The schema: what is applied, once and whole; and histories that are refused and left as they are.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use sluice_store::migrations::{MODULES, Migration, Module};
use sluice_store::{Database, Dialect, Options, Store, StoreError, testing};
use sluice_testkit::TestStore;
use sluice_testkit::postgres::Server;

use crate::{on_both, read, refused, write};

on_both! {
    what_is_new_is_applied_once_and_the_rows_that_there_are_stay
    a_migration_of_another_text_is_refused
    a_history_with_a_gap_is_refused
    what_a_later_version_wrote_is_refused_and_says_whose
    tables_without_a_history_are_refused
    a_migration_that_fails_leaves_nothing_of_itself_or_of_those_with_it
    the_tokens_are_the_types_of_either_database
    processes_that_open_a_new_database_at_once_make_its_tables_once
    a_database_that_is_up_to_date_is_opened_while_another_writes
    the_checksums_are_those_of_the_texts
}

const ONE: Migration = Migration {
    name: "one",
    sql: "CREATE TABLE notes (id {serial}, count {int} NOT NULL, part {float} NOT NULL, words TEXT NOT NULL) {strict};",
};
const TWO: Migration = Migration {
    name: "two",
    sql: "ALTER TABLE notes ADD COLUMN more {int} NOT NULL DEFAULT 7;
        CREATE INDEX notes_more ON notes (more);",
};
const THREE: Migration =
    Migration { name: "three", sql: "CREATE TABLE others (id TEXT NOT NULL PRIMARY KEY) {strict};" };

const fn notes(migrations: &'static [Migration]) -> Module {
    Module { name: "notes", migrations }
}

async fn open(database: &Database, more: &[Module]) -> Result<Store, StoreError> {
    let modules = MODULES.iter().chain(more).copied().collect();
    Store::open_with(database, Options { modules, ..Options::default() }).await
}

/// Opens it and closes it again.
async fn apply(test: &TestStore, more: &[Module]) -> Result<(), StoreError> {
    open(test.database(), more).await?.close().await;
    Ok(())
}

async fn history(store: &Store) -> Vec<String> {
    let query = "SELECT module || ' ' || CAST(version AS TEXT) || ' ' || name || ' ' || checksum AS value
        FROM schema_migrations WHERE module <> $1 ORDER BY module, version";
    read(store, async |tx| testing::texts(tx, query, &[""]).await).await
}

async fn applied(store: &Store) -> Vec<String> {
    let rows = history(store).await;
    rows.iter().filter_map(|row| row.strip_prefix("notes ")).map(|row| row[..row.len() - 65].to_owned()).collect()
}

async fn insert(store: &Store, values: &str) -> Result<u64, StoreError> {
    store.execute(&format!("INSERT INTO notes (count, part, words) VALUES {values}")).await
}

async fn column(store: &Store, query: &'static str) -> Vec<String> {
    read(store, async |tx| testing::texts(tx, query, &[""]).await).await
}

async fn what_is_new_is_applied_once_and_the_rows_that_there_are_stay(test: &TestStore) {
    let store = test.store();
    apply(test, &[notes(&[ONE])]).await.unwrap();
    assert_eq!(applied(store).await, ["1 one"]);
    insert(store, "(1, 0.5, 'kept')").await.unwrap();
    for _ in 0..2 {
        apply(test, &[notes(&[ONE, TWO, THREE])]).await.unwrap();
        assert_eq!(applied(store).await, ["1 one", "2 two", "3 three"]);
    }
    let rows = column(store, "SELECT words || CAST(more AS TEXT) AS value FROM notes WHERE words <> $1").await;
    assert_eq!(rows, ["kept7"]);
    let first = history(store).await;
    apply(test, &[notes(&[ONE, TWO, THREE])]).await.unwrap();
    assert_eq!(history(store).await, first);
}

/// Opening it is refused with a code, and its history stays as it is.
async fn is_refused(test: &TestStore, more: &[Module], code: &str) -> StoreError {
    let before = history(test.store()).await;
    let error = apply(test, more).await.expect_err(code);
    assert_eq!((error.code(), error.is_outage()), (code, false), "{error}");
    assert_eq!(history(test.store()).await, before);
    error
}

async fn a_migration_of_another_text_is_refused(test: &TestStore) {
    const RENAMED: Migration = Migration { name: "another name", ..THREE };
    const SPACED: Migration = Migration { name: "three", sql: "CREATE  TABLE others (id TEXT NOT NULL PRIMARY KEY);" };
    const EDITED: Migration = Migration { name: "one", sql: "CREATE TABLE notes (id {serial}) {strict};" };
    apply(test, &[notes(&[ONE, TWO])]).await.unwrap();
    let error = is_refused(test, &[notes(&[EDITED, TWO, THREE])], "schema_edited").await;
    assert!(matches!(error, StoreError::SchemaEdited { module: "notes", version: 1 }));
    // The same statements in another order, and with one more space.
    is_refused(test, &[notes(&[TWO, ONE])], "schema_edited").await;
    apply(test, &[notes(&[ONE, TWO, THREE])]).await.unwrap();
    is_refused(test, &[notes(&[ONE, TWO, SPACED])], "schema_edited").await;
    apply(test, &[notes(&[ONE, TWO, RENAMED])]).await.unwrap();
}

async fn a_history_with_a_gap_is_refused(test: &TestStore) {
    let store = test.store();
    apply(test, &[notes(&[ONE, TWO, THREE])]).await.unwrap();
    let gap = "DELETE FROM schema_migrations WHERE module = 'notes' AND version = 2";
    store.execute(gap).await.unwrap();
    let error = is_refused(test, &[notes(&[ONE, TWO, THREE])], "schema_gap").await;
    assert!(matches!(error, StoreError::SchemaGap { module: "notes", version: 2 }));
    assert!(error.to_string().contains("backup"), "{error}");
}

async fn what_a_later_version_wrote_is_refused_and_says_whose(test: &TestStore) {
    const OTHER: Module = Module { name: "other", migrations: &[THREE] };
    apply(test, &[notes(&[ONE, TWO])]).await.unwrap();
    let error = is_refused(test, &[notes(&[ONE])], "newer_schema").await;
    let StoreError::NewerSchema { module, found, known } = error else { panic!("{error}") };
    assert_eq!((module.as_str(), found, known), ("notes", 2, 1));
    let error = is_refused(test, &[], "newer_schema").await;
    let StoreError::NewerSchema { module, found, known } = error else { panic!("{error}") };
    assert_eq!((module.as_str(), known), ("notes", 0), "tables of an app that this version does not have");
    assert!([1, 2].contains(&found));
    // Nothing is half applied to what is refused, either.
    is_refused(test, &[OTHER, notes(&[ONE])], "newer_schema").await;
    assert_eq!(
        refused(test.store(), async |tx| testing::run(tx, "DELETE FROM others", &[]).await).await,
        "database_failed"
    );
    apply(test, &[OTHER, notes(&[ONE, TWO])]).await.unwrap();
    write(test.store(), async |tx| testing::run(tx, "DELETE FROM others", &[]).await).await;
}

async fn tables_without_a_history_are_refused(test: &TestStore) {
    let store = test.store();
    store.execute("CREATE TABLE kept AS SELECT * FROM schema_migrations").await.unwrap();
    store.execute("DELETE FROM schema_migrations").await.unwrap();
    let error = is_refused(test, &[], "schema_unknown").await;
    assert!(error.to_string().contains("move it away"), "{error}");
    store.execute("INSERT INTO schema_migrations SELECT * FROM kept").await.unwrap();
    apply(test, &[]).await.unwrap();
}

async fn a_migration_that_fails_leaves_nothing_of_itself_or_of_those_with_it(test: &TestStore) {
    const BROKEN: Migration = Migration {
        name: "broken",
        sql: "CREATE TABLE half (id TEXT NOT NULL PRIMARY KEY) {strict}; INSERT INTO half (no_such_column) VALUES (1);",
    };
    let store = test.store();
    let error = apply(test, &[notes(&[ONE, TWO, BROKEN])]).await.unwrap_err();
    assert_eq!(error.code(), "database_failed");
    assert_eq!(applied(store).await, [] as [String; 0]);
    for table in ["notes", "half"] {
        let select = format!("SELECT 1 AS value FROM {table}");
        assert!(store.execute(&select).await.is_err(), "{table} is there");
    }
    apply(test, &[notes(&[ONE, TWO, THREE])]).await.unwrap();
    assert_eq!(applied(store).await, ["1 one", "2 two", "3 three"], "mended, it is applied from the beginning");
}

async fn the_tokens_are_the_types_of_either_database(test: &TestStore) {
    let store = test.store();
    apply(test, &[notes(&[ONE])]).await.unwrap();
    insert(store, "(9223372036854775807, 1.5, 'a'), (-9223372036854775807, -0.25, 'b')").await.unwrap();
    insert(store, "(0, 1e300, 'c')").await.unwrap();
    let ids = column(store, "SELECT CAST(id AS TEXT) AS value FROM notes WHERE words <> $1 ORDER BY id").await;
    assert_eq!(ids, ["1", "2", "3"]);
    let counts = column(store, "SELECT CAST(count AS TEXT) AS value FROM notes WHERE words <> $1 ORDER BY id").await;
    assert_eq!(counts, ["9223372036854775807", "-9223372036854775807", "0"]);
    let sums = column(
        store,
        "SELECT words AS value FROM notes WHERE words <> $1 AND (part = 1.5 OR part = -0.25 OR part > 1e299) ORDER BY id",
    );
    assert_eq!(sums.await, ["a", "b", "c"]);
    store.execute("DELETE FROM notes").await.unwrap();
    insert(store, "(1, 1, 'd')").await.unwrap();
    let ids = column(store, "SELECT CAST(id AS TEXT) AS value FROM notes WHERE words <> $1").await;
    assert_eq!(ids, ["4"], "a number is given once");
    for wrong in ["('many', 1.0, 'a')", "(1, 'half', 'a')", "(NULL, 1.0, 'a')", "(1, 1.0, NULL)"] {
        assert_eq!(insert(store, wrong).await.unwrap_err().code(), "database_failed", "{wrong}");
    }
    if store.dialect() == Dialect::Sqlite {
        assert_eq!(insert(store, "(1, 1.0, x'00ff')").await.unwrap_err().code(), "database_failed", "it is strict");
    }
    let tokens = MODULES.iter().flat_map(|module| module.migrations).map(|migration| migration.sql).collect::<String>();
    for native in ["BIGINT", "AUTOINCREMENT", "DOUBLE PRECISION", " STRICT", " INTEGER"] {
        assert!(!tokens.contains(native), "a migration says {native} by itself");
    }
}

/// One after the other, without a pause: nobody else gets `SQLite`'s lock.
async fn a_database_that_is_up_to_date_is_opened_while_another_writes(test: &TestStore) {
    let other = write(test.store(), async |tx| {
        testing::texts(tx, "UPDATE clock SET id = id RETURNING CAST(id AS TEXT) AS value", &[]).await?;
        let opened = tokio::time::timeout(Duration::from_mins(1), test.open_again()).await;
        Ok(opened.expect("it does not wait for whoever writes"))
    });
    let other = other.await;
    assert_eq!(history(&other).await, history(test.store()).await);
    other.close().await;
}

async fn processes_that_open_a_new_database_at_once_make_its_tables_once(test: &TestStore) {
    let database = match test.store().dialect() {
        Dialect::Sqlite => Database::Sqlite(test.folder().join("new.db")),
        Dialect::Postgres => Server::shared().database(),
    };
    let opened = (0..5).map(|_| {
        let database = database.clone();
        tokio::spawn(async move { open(&database, &[notes(&[ONE, TWO])]).await })
    });
    let mut stores = Vec::new();
    for store in opened.collect::<Vec<_>>() {
        stores.push(store.await.unwrap().unwrap());
    }
    for (number, store) in stores.iter().enumerate() {
        assert_eq!(applied(store).await, ["1 one", "2 two"]);
        insert(store, &format!("({number}, 0.5, 'by each')")).await.unwrap();
    }
    let rows = column(&stores[0], "SELECT words AS value FROM notes WHERE words <> $1").await;
    assert_eq!(rows, ["by each"; 5]);
    for store in stores {
        store.close().await;
    }
}

async fn the_checksums_are_those_of_the_texts(test: &TestStore) {
    let mut expected = Vec::new();
    for module in MODULES {
        for (index, migration) in module.migrations.iter().enumerate() {
            let checksum = hex::encode(Sha256::digest(migration.sql));
            expected.push((module.name, index + 1, format!("{} {checksum}", migration.name)));
        }
    }
    expected.sort();
    let expected: Vec<String> =
        expected.into_iter().map(|(name, number, rest)| format!("{name} {number} {rest}")).collect();
    assert_eq!(history(test.store()).await, expected);
}
