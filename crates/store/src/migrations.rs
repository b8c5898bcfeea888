//! The schema: each module (the core, and each app) has its own migrations, which are applied in order.
//!
//! An applied migration must never be edited: its checksum is stored, and a database whose history has a gap, an edited
//! migration, or one that this binary does not know, is refused and left unchanged.

use sha2::{Digest as _, Sha256};

use crate::StoreError;

/// The tables of one app, or of the core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Module {
    /// Its name: that of its folder below `migrations/`.
    pub name: &'static str,
    /// Its migrations; their versions count from 1.
    pub migrations: &'static [Migration],
}

/// One step of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// A short name of what it does.
    pub name: &'static str,
    /// Its statements, with the type tokens of `dialect.rs`.
    pub sql: &'static str,
}

/// Every module, ordered so that foreign keys refer to earlier ones.
pub const MODULES: &[Module] = &[
    CORE,
    crate::accounts::MODULE,
    crate::uploads::MODULE,
    crate::webhooks::MODULE,
    crate::reel::MODULE,
    crate::scribe::MODULE,
    crate::capture::MODULE,
];

/// The tables that all apps share.
const CORE: Module = Module {
    name: "core",
    migrations: &[
        Migration { name: "baseline", sql: include_str!("../migrations/core/0001_baseline.sql") },
        Migration { name: "link_keys", sql: include_str!("../migrations/core/0002_link_keys.sql") },
        Migration { name: "event_log", sql: include_str!("../migrations/core/0003_event_log.sql") },
        Migration { name: "blocked_jobs", sql: include_str!("../migrations/core/0004_blocked_jobs.sql") },
        Migration { name: "limits", sql: include_str!("../migrations/core/0005_limits.sql") },
        Migration { name: "model_sets", sql: include_str!("../migrations/core/0006_model_sets.sql") },
        Migration { name: "lists", sql: include_str!("../migrations/core/0007_lists.sql") },
        Migration { name: "keeping", sql: include_str!("../migrations/core/0008_keeping.sql") },
        Migration { name: "providers", sql: include_str!("../migrations/core/0009_providers.sql") },
        Migration { name: "unpriced_calls", sql: include_str!("../migrations/core/0010_unpriced_calls.sql") },
        Migration { name: "patience", sql: include_str!("../migrations/core/0011_patience.sql") },
        Migration { name: "periods", sql: include_str!("../migrations/core/0012_periods.sql") },
        Migration { name: "calls_by_id", sql: include_str!("../migrations/core/0013_calls_by_id.sql") },
        Migration { name: "stopped_jobs", sql: include_str!("../migrations/core/0014_stopped_jobs.sql") },
        Migration { name: "open_internal_jobs", sql: include_str!("../migrations/core/0015_open_internal_jobs.sql") },
    ],
};

/// The table of applied migrations. Created by every process that opens the database.
pub(crate) const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    module TEXT NOT NULL,
    version {int} NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (module, version)
) {strict};";

/// A row of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) module: String,
    pub(crate) version: i64,
    pub(crate) checksum: String,
}

/// A migration that is to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) module: &'static str,
    pub(crate) version: i64,
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
    pub(crate) checksum: String,
}

/// The migrations that are to be applied, in order. Refuses a history that this binary did not write.
pub(crate) fn pending(modules: &[Module], applied: &[Applied]) -> Result<Vec<Pending>, StoreError> {
    let newest = |name: &str| applied.iter().filter(|row| row.module == name).map(|row| row.version).max();
    for row in applied {
        let module = modules.iter().find(|module| module.name == row.module);
        let known = module.map_or(0, |module| version(module.migrations.len()));
        if row.version > known {
            return Err(StoreError::NewerSchema { module: row.module.clone(), found: row.version, known });
        }
    }
    let mut pending = Vec::new();
    for module in modules {
        let newest = newest(module.name).unwrap_or(0);
        for (index, migration) in module.migrations.iter().enumerate() {
            let version = version(index + 1);
            let checksum = checksum(migration.sql);
            let found = applied.iter().find(|row| row.module == module.name && row.version == version);
            match found {
                Some(row) if row.checksum == checksum => {}
                Some(_) => return Err(StoreError::SchemaEdited { module: module.name, version }),
                None if version < newest => return Err(StoreError::SchemaGap { module: module.name, version }),
                None => pending.push(Pending {
                    module: module.name,
                    version,
                    name: migration.name,
                    sql: migration.sql,
                    checksum,
                }),
            }
        }
    }
    Ok(pending)
}

fn version(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn checksum(sql: &str) -> String {
    hex::encode(Sha256::digest(sql.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Migration = Migration { name: "one", sql: "SELECT 1;" };
    const TWO: Migration = Migration { name: "two", sql: "SELECT 2;" };
    const APP: Module = Module { name: "app", migrations: &[ONE, TWO] };

    fn applied(version: i64, sql: &str) -> Applied {
        Applied { module: "app".into(), version, checksum: checksum(sql) }
    }

    #[test]
    fn what_was_not_applied_is_pending_in_order() {
        let versions =
            |rows: &[Applied]| pending(&[APP], rows).unwrap().iter().map(|pending| pending.version).collect::<Vec<_>>();
        assert_eq!(versions(&[]), [1, 2]);
        assert_eq!(versions(&[applied(1, ONE.sql)]), [2]);
        assert_eq!(versions(&[applied(1, ONE.sql), applied(2, TWO.sql)]), [0_i64; 0]);
    }

    #[test]
    fn a_history_that_is_not_ours_is_refused() {
        let code = |rows: &[Applied]| pending(&[APP], rows).unwrap_err().code();
        assert_eq!(code(&[applied(2, TWO.sql)]), "schema_gap");
        assert_eq!(code(&[applied(1, "SELECT 3;")]), "schema_edited");
        assert_eq!(code(&[applied(3, ONE.sql)]), "newer_schema");
        let of_another = Applied { module: "unknown".into(), ..applied(1, ONE.sql) };
        assert_eq!(code(&[of_another]), "newer_schema");
    }
}
