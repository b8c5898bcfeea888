//! Packages: a ZIP with a collection in one of three forms.

use std::collections::HashSet;
use std::fs::File;
use std::io::{Cursor, Read};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};
use zip::ZipArchive;
use zip::result::ZipError;

use super::{COLLECTION_BYTES, Fronts, NOTES, Refusal, front};

/// The newest version of a package, and of the schema of a collection, that is known.
const NEWEST_PACKAGE: u64 = 3;
const NEWEST_SCHEMA: i64 = 18;

/// Most bytes of `meta`, which has two.
const META_BYTES: u64 = 64;

/// Collections, the best first: each older one may be a dummy beside a newer one. The first is compressed.
const COLLECTIONS: [&str; 3] = ["collection.anki21b", "collection.anki21", "collection.anki2"];

/// The fronts of a package.
pub(super) fn fronts(file: File) -> Result<Fronts, Refusal> {
    let mut zip = ZipArchive::new(file).map_err(|error| damaged(&error))?;
    check_version(&mut zip)?;
    for name in COLLECTIONS {
        let entry = match zip.by_name(name) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => continue,
            Err(error) => return Err(damaged(&error)),
        };
        let bytes = if name.ends_with('b') {
            let decoder = zstd::stream::Decoder::new(entry).map_err(|error| damaged(&error))?;
            whole(decoder)?
        } else {
            whole(entry)?
        };
        return of_collection(bytes);
    }
    Err(Refusal::NotADeck { found: "a ZIP without a collection of Anki".to_owned() })
}

/// Refuses packages that say that they are newer.
fn check_version(zip: &mut ZipArchive<File>) -> Result<(), Refusal> {
    let mut meta = Vec::new();
    match zip.by_name("meta") {
        Ok(entry) => entry.take(META_BYTES).read_to_end(&mut meta).map_err(|error| damaged(&error))?,
        Err(ZipError::FileNotFound) => return Ok(()),
        Err(error) => return Err(damaged(&error)),
    };
    match version(&meta) {
        Some(version) if version > NEWEST_PACKAGE => Err(Refusal::NewerForm { form: format!("version {version}") }),
        Some(_) => Ok(()),
        None => Err(Refusal::NewerForm { form: "without a version".to_owned() }),
    }
}

/// The first field of the message, a number.
fn version(meta: &[u8]) -> Option<u64> {
    let rest = match meta {
        [] => return Some(0),
        [0x08, rest @ ..] => rest,
        _ => return None,
    };
    let mut version = 0_u64;
    for (byte, shift) in rest.iter().zip((0..63).step_by(7)) {
        version |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(version);
        }
    }
    None
}

fn whole(reader: impl Read) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    reader.take(COLLECTION_BYTES + 1).read_to_end(&mut bytes).map_err(|error| damaged(&error))?;
    if bytes.len() as u64 > COLLECTION_BYTES {
        return Err(Refusal::TooLarge { limit: format!("{} MiB of notes", COLLECTION_BYTES / (1024 * 1024)) });
    }
    Ok(bytes)
}

/// The fronts of a collection.
pub(super) fn of_collection(bytes: Vec<u8>) -> Result<Fronts, Refusal> {
    query(bytes).map_err(|error| match error {
        Found::Refusal(refusal) => refusal,
        Found::Sqlite(error) => match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Refusal::NotADeck { found: "a collection that is no database".to_owned() },
            _ => damaged(&error),
        },
    })?
}

/// What goes wrong in a collection.
enum Found {
    Refusal(Refusal),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Found {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The bytes in a database's head that say whether it has a write-ahead log, which one in memory cannot have.
const JOURNAL: std::ops::Range<usize> = 18..20;

fn query(mut bytes: Vec<u8>) -> Result<Result<Fronts, Refusal>, Found> {
    // Anki ends its log when it exports, but the database is still said to have one.
    if let Some(journal) = bytes.get_mut(JOURNAL) {
        journal.fill(1);
    }
    let mut connection = Connection::open_in_memory()?;
    let size = bytes.len();
    connection.deserialize_read_exact("main", Cursor::new(bytes), size, true)?;
    // The schema is as untrusted as the rest: no views or triggers with functions of their own.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    let tables: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('col', 'notes')",
        [],
        |row| row.get(0),
    )?;
    if tables != 2 {
        let found = "a database that is no collection of Anki".to_owned();
        return Err(Found::Refusal(Refusal::NotADeck { found }));
    }
    let schema: i64 = connection.query_row("SELECT ver FROM col", [], |row| row.get(0))?;
    if schema > NEWEST_SCHEMA {
        return Err(Found::Refusal(Refusal::NewerForm { form: format!("schema {schema}") }));
    }
    let mut statement = connection.prepare("SELECT flds FROM notes ORDER BY id")?;
    let mut rows = statement.query([])?;
    let (mut fronts, mut seen) = (Fronts::default(), HashSet::new());
    while let Some(row) = rows.next()? {
        fronts.notes += 1;
        if fronts.notes > NOTES {
            return Ok(Err(too_many()));
        }
        let fields: String = row.get(0)?;
        let first = fields.split('\u{1f}').next().unwrap_or_default();
        front::add(&mut fronts.texts, &mut seen, front::of_html(first));
    }
    Ok(Ok(fronts))
}

pub(super) fn too_many() -> Refusal {
    Refusal::TooLarge { limit: format!("{NOTES} notes") }
}

fn damaged(error: &dyn std::error::Error) -> Refusal {
    Refusal::Damaged { detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_first_field_of_its_message() {
        assert_eq!(version(&[0x08, 0x03]), Some(3));
        assert_eq!(version(&[0x08, 0xac, 0x02]), Some(300));
        assert_eq!(version(&[]), Some(0));
        assert_eq!(version(&[0x12, 0x01]), None);
        assert_eq!(version(&[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
