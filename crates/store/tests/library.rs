//! What the library of people's files and videos asks of the store: documents, bytes, stored results, reels, events, their
//! retention, the schema and the values that it takes. Every test runs on both databases.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

#[path = "library/blobs.rs"]
mod blobs;
#[path = "library/documents.rs"]
mod documents;
#[path = "library/errors.rs"]
mod errors;
#[path = "library/events.rs"]
mod events;
#[path = "library/families.rs"]
mod families;
#[path = "library/listing.rs"]
mod listing;
#[path = "library/migrations.rs"]
mod migrations;
#[path = "library/publishing.rs"]
mod publishing;
#[path = "library/results.rs"]
mod results;
#[path = "library/retention.rs"]
mod retention;
#[path = "library/tombstones.rs"]
mod tombstones;
#[path = "library/values.rs"]
mod values;

use std::cell::RefCell;
use std::pin::Pin;

use serde_json::{Value, json};
use sluice_domain::ids::{DocumentId, JobId, OwnerId};
use sluice_domain::language::Language;
use sluice_store::blobs::Registered;
use sluice_store::documents::DocumentRow;
use sluice_store::reel::{ReelId, SceneId};
use sluice_store::reel::{ReelRow, SceneRow};
use sluice_store::{Store, StoreError, Tx};

/// Makes a test on each database of every function that takes a `&TestStore`.
macro_rules! on_both {
    ($($name:ident)*) => {
        mod sqlite { $(#[tokio::test] async fn $name() {
            let test = sluice_testkit::TestStore::open_on(sluice_store::Dialect::Sqlite).await;
            super::$name(&test).await;
            test.end().await;
        })* }
        mod postgres { $(#[tokio::test] async fn $name() {
            let test = sluice_testkit::TestStore::open_on(sluice_store::Dialect::Postgres).await;
            super::$name(&test).await;
            test.end().await;
        })* }
    };
}
pub(crate) use on_both;

/// Random numbers by xorshift: the same seed, the same run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap()
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Letters that no database can compress.
    pub(crate) fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[self.below(36)])).collect()
    }
}

/// Texts that are more to some parser than what they say.
pub(crate) const ODD: [&str; 8] = [
    "o'; DROP TABLE reels; --",
    r#"\\"{now}$1{lock}\u0000"#,
    "100 % _of_ !it",
    "ÄÖÜ ßẞ ſ İstanbul",
    "مدّ وجزر: المياه",
    "\u{1f980}\u{200f}\u{202e}\u{feff}",
    "line\r\n\tline\u{7}\u{1b}[0m",
    "",
];

pub(crate) fn ada() -> OwnerId {
    "ada".parse().unwrap()
}

pub(crate) fn omar() -> OwnerId {
    "omar".parse().unwrap()
}

pub(crate) fn hash(number: usize) -> String {
    format!("{number:064x}")
}

pub(crate) fn nested(depth: usize) -> Value {
    (0..depth).fold(Value::Null, |inner, _| json!([inner]))
}

/// A unit of work without its type. Each of its own type would be compiled by itself, with all that runs it, and these
/// tests have hundreds.
type Work<'w> = dyn for<'t> Fn(&'t mut Tx, [&'t &'w (); 0]) -> Done<'t> + 'w;
type Done<'t> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + 't>>;

async fn run(store: &Store, work: &Work<'_>, writes: bool) -> Result<(), StoreError> {
    if writes {
        store.write(async |tx| work(tx, []).await).await
    } else {
        store.read(async |tx| work(tx, []).await).await
    }
}

async fn untyped<T>(
    store: &Store,
    work: impl AsyncFnOnce(&mut Tx) -> Result<T, StoreError> + Clone,
    writes: bool,
) -> Result<T, StoreError> {
    let kept = RefCell::new(None);
    let once: &Work<'_> = &|tx, _| {
        let (work, kept) = (work.clone(), &kept);
        Box::pin(async move {
            let value = work(tx).await?;
            kept.replace(Some(value));
            Ok(())
        })
    };
    run(store, once, writes).await?;
    Ok(kept.into_inner().unwrap())
}

pub(crate) async fn write<T>(store: &Store, work: impl AsyncFnOnce(&mut Tx) -> Result<T, StoreError> + Clone) -> T {
    untyped(store, work, true).await.unwrap()
}

pub(crate) async fn read<T>(store: &Store, work: impl AsyncFnOnce(&mut Tx) -> Result<T, StoreError> + Clone) -> T {
    untyped(store, work, false).await.unwrap()
}

/// The code of the error with which a unit of work ends.
pub(crate) async fn refused<T: std::fmt::Debug>(
    store: &Store,
    work: impl AsyncFnOnce(&mut Tx) -> Result<T, StoreError> + Clone,
) -> &'static str {
    untyped(store, work, true).await.unwrap_err().code()
}

/// Brings bytes: from now on they can be pointed at.
pub(crate) async fn bring(tx: &mut Tx, hash: &str, bytes: u64) -> Result<(), StoreError> {
    match sluice_store::blobs::register(tx, hash, bytes).await? {
        Registered::Ready(registration) => {
            assert!(sluice_store::blobs::confirm(tx, hash, registration).await?);
            Ok(())
        }
        Registered::Collecting { .. } => panic!("{hash} is being collected"),
    }
}

/// How many bytes an owner's rows point at.
pub(crate) async fn usage(store: &Store, owner: &OwnerId) -> u64 {
    read(store, async |tx| sluice_store::blobs::usage(tx, owner).await).await
}

/// A document whose file has the hash `number` and 1,000 bytes, and whose text the next one and 10 bytes.
pub(crate) async fn document(tx: &mut Tx, owner: &OwnerId, number: usize) -> Result<DocumentRow, StoreError> {
    bring(tx, &hash(number), 1_000).await?;
    bring(tx, &hash(number + 1), 10).await?;
    let now = tx.now().await?;
    Ok(DocumentRow {
        id: DocumentId::new(now, random(number)),
        owner: owner.clone(),
        blob: hash(number),
        text_blob: hash(number + 1),
        ocr: false,
        name: format!("{number}.pdf"),
        bytes: 1_000,
        found: json!({ "pages": number }),
        created_at: now,
    })
}

pub(crate) async fn insert_document(tx: &mut Tx, row: &DocumentRow) -> Result<(), StoreError> {
    sluice_store::documents::insert_document(tx, row).await
}

/// The same, stored.
pub(crate) async fn stored_document(store: &Store, owner: &OwnerId, number: usize) -> DocumentRow {
    write(store, async |tx| {
        let row = document(tx, owner, number).await?;
        insert_document(tx, &row).await?;
        Ok(row)
    })
    .await
}

/// The random part of an id.
pub(crate) fn random(number: usize) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&(number as u64).to_be_bytes());
    bytes
}

/// A reel that is not stored yet; its job does not exist.
pub(crate) async fn new_reel(tx: &mut Tx, document: &DocumentRow, number: usize) -> Result<ReelRow, StoreError> {
    let now = tx.now().await?;
    Ok(ReelRow {
        id: ReelId::new(now, random(number)),
        owner: document.owner.clone(),
        document_id: document.id.clone(),
        job_id: JobId::new(now, random(number)),
        title: format!("Reel {number}"),
        language: Language::ENGLISH,
        choices: json!({ "mode": "summary" }),
        script_source: None,
        script_note: None,
        edited: false,
        result: None,
        address: "10.0.0.1".to_owned(),
        request: None,
        created_at: now,
        updated_at: now,
    })
}

pub(crate) async fn stored_reel(store: &Store, document: &DocumentRow, number: usize) -> ReelRow {
    write(store, async |tx| {
        let row = new_reel(tx, document, number).await?;
        sluice_store::reel::insert_reel(tx, &row).await?;
        Ok(row)
    })
    .await
}

/// The scene at a place, from 1.
pub(crate) fn scene(of: &ReelRow, position: u32, heading: &str) -> SceneRow {
    SceneRow {
        // Far from the numbers of reels: of one number and one moment they would be one id.
        id: SceneId::new(of.created_at, random(1_000_000 + position as usize)),
        owner: of.owner.clone(),
        reel_id: of.id.clone(),
        position,
        script: json!({ "heading": heading }),
        edited: false,
        original: None,
        job_id: None,
        made: None,
    }
}
