//! Documents as they are ingested: who reads them, which apps are asked, what is kept of them and under which name; and
//! the bytes below, with their failures as jobs see them. On both databases.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::any::Any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use serde_json::{Value, json};
use sluice_app::facts::{Facts, Judgement, Refusal};
use sluice_app::library::{self, IngestError, Library, Upload, judged, read_text};
use sluice_app::media::{Media, MediaError};
use sluice_app::module::Module;
use sluice_app::platform::Platform;
use sluice_blobs::{BlobError, BlobHash, Blobs, Place};
use sluice_capability::{
    Answer, Begun, CapabilityError, Context, Does, Doing, Profile, Read, ReadRequest, Reading, Route, Router, When,
};
use sluice_domain::document::{Block, Document, Page};
use sluice_domain::ids::OwnerId;
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;
use sluice_engine::{Builder, Engine, JobError, Randomness};
use sluice_local::guard::Guard;
use sluice_local::reading::{ReadError, Reader, ReadingLimits};
use sluice_store::documents::DocumentRow;
use sluice_store::{Dialect, StoreError, testing};
use sluice_testkit::TestStore;

const BOTH: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

/// Takes a file's bytes for the text of its one page; what begins with `no` it cannot read.
struct Plain {
    profile: Profile,
    asked: AtomicUsize,
    later: bool,
}

impl Plain {
    fn new(provider: &str) -> Arc<Self> {
        let profile = Profile { provider: provider.to_owned(), is_local: true, languages: Vec::new() };
        Arc::new(Self { profile, asked: AtomicUsize::new(0), later: provider == "slow" })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Does<Reading> for Plain {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &ReadRequest) -> Option<MicroUsd> {
        Some(MicroUsd(0))
    }

    fn begin<'a>(&'a self, request: &'a ReadRequest, _: Context<'a>) -> Doing<'a, Begun<Document>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if self.later {
                return Ok(Begun::Accepted { provider_id: "1".into(), poll_after: Duration::from_secs(1) });
            }
            let text = std::fs::read_to_string(&request.file).unwrap();
            if text.starts_with("no") {
                return Err(CapabilityError::fail("cannot_read", format!("{} cannot", self.profile.provider)));
            }
            let block = Block { text, line_height: 12.0, lines: 1, ..Block::default() };
            let page = Page { number: 1, width: 595.0, height: 842.0, blocks: vec![block], ..Page::default() };
            let read_by = self.profile.provider.clone();
            Ok(Begun::Done(Answer::local(Document { pages: vec![page], read_by, ..Document::default() }, "plain", "1")))
        })
    }
}

/// An app that works with what has its word in it.
struct Wants {
    name: &'static str,
    word: Option<&'static str>,
}

impl Module for Wants {
    fn name(&self) -> &'static str {
        self.name
    }

    fn register(&self, engine: Builder) -> Builder {
        engine
    }

    fn judge(&self, document: &Document) -> Option<Result<Judgement, Refusal>> {
        let (word, text) = (self.word?, document.text());
        if !text.contains(word) {
            let detail = format!("there is no {word} in it");
            return Some(Err(Refusal { code: "word_missing", title: "A word is missing", detail }));
        }
        let facts = Facts {
            pages: 1,
            language: Language::ENGLISH,
            language_reliable: true,
            words: u32::try_from(text.split_whitespace().count()).unwrap(),
            characters: 1,
            title: Some(self.name.to_owned()),
            left_out: Vec::new(),
        };
        Some(Ok(Judgement { facts, offer: json!({ "word": word }) }))
    }
}

struct World {
    test: TestStore,
    library: Library,
    apps: Arc<[Arc<dyn Module>]>,
    reader: Arc<Plain>,
    engine: Engine,
    uploads: AtomicUsize,
}

impl World {
    async fn open(dialect: Dialect, apps: &[(&'static str, Option<&'static str>)]) -> Self {
        let test = TestStore::open_on(dialect).await;
        let blobs = Blobs::open(&test.folder().join("data"), &Place::Folder).unwrap();
        let platform = Platform {
            store: test.store().clone(),
            media: Media::new(test.store().clone(), blobs),
            randomness: Randomness::from_entropy(),
            limits: Arc::default(),
        };
        let reader = Plain::new("plain");
        let library = Library {
            platform,
            reader: Reader::new(Guard::new("/nonexistent".into()), ReadingLimits::DEFAULT),
            reading: Router::only(Arc::clone(&reader) as Arc<dyn Read>),
            upload_bytes: 1_000,
        };
        let apps = apps.iter().map(|(name, word)| Arc::new(Wants { name, word: *word }) as Arc<dyn Module>).collect();
        let engine = Engine::builder(test.store().clone()).build();
        Self { test, library, apps, reader, engine, uploads: AtomicUsize::new(0) }
    }

    async fn ingest_as(&self, owner: &str, name: &str, text: &str, ocr: bool) -> Result<DocumentRow, IngestError> {
        let number = self.uploads.fetch_add(1, Ordering::SeqCst);
        let folder = self.library.platform.media.work_folder(&format!("upload-{number}")).await.unwrap();
        let file = folder.join("upload");
        tokio::fs::write(&file, text).await.unwrap();
        let owner: OwnerId = owner.parse().unwrap();
        let upload = Upload { file, name: name.to_owned(), ocr };
        library::ingest(&owner, &self.library, &self.apps, &self.engine, upload).await
    }

    async fn ingest(&self, text: &str) -> Result<DocumentRow, IngestError> {
        self.ingest_as("ada", "a.pdf", text, false).await
    }

    async fn rows(&self) -> usize {
        let query = "SELECT id AS value FROM documents";
        let read = async |tx: &mut sluice_store::Tx| testing::texts(tx, query, &[]).await;
        self.test.store().read::<_, StoreError, _>(read).await.unwrap().len()
    }

    fn media(&self) -> &Media {
        &self.library.platform.media
    }

    fn file(&self, hash: &str) -> std::path::PathBuf {
        self.test.folder().join("data/media").join(&hash[..2]).join(hash)
    }
}

#[tokio::test]
async fn every_app_is_asked_and_one_that_can_work_with_a_document_is_enough() {
    for dialect in BOTH {
        let apps = [("silent", None), ("bees", Some("bee")), ("seas", Some("sea")), ("bears", Some("bear"))];
        let world = World::open(dialect, &apps).await;
        let all = json!({ "bees": { "word": "bee" }, "seas": { "word": "sea" }, "bears": { "word": "bear" } });
        for (text, first, offers) in [
            ("a bee", "bees", json!({ "bees": { "word": "bee" } })),
            ("a bear and a sea", "seas", json!({ "seas": { "word": "sea" }, "bears": { "word": "bear" } })),
            ("a bee, a bear, a sea", "bees", all),
        ] {
            let row = world.ingest(text).await.unwrap();
            let found = judged(&row).unwrap();
            assert_eq!(json!(found.offers), offers, "{text}");
            assert_eq!(found.facts.title.as_deref(), Some(first), "the facts are those of the first in the list");
            assert_eq!((found.read_by.as_str(), row.bytes), ("plain", i64::try_from(text.len()).unwrap()));
            assert_eq!(read_text(&world.library.platform, &row).await.unwrap().text(), text);
        }
        world.test.end().await;
    }
}

#[tokio::test]
async fn what_no_app_can_work_with_is_refused_by_the_first_and_leaves_nothing() {
    for dialect in BOTH {
        let world = World::open(dialect, &[("silent", None), ("bees", Some("bee")), ("seas", Some("sea"))]).await;
        let Err(IngestError::Refused(refusal)) = world.ingest("a stone").await else { panic!() };
        assert_eq!((refusal.code, refusal.detail.as_str()), ("word_missing", "there is no bee in it"));
        let error = world.ingest("nothing here is read").await.unwrap_err();
        let IngestError::NotRead(error) = error else { panic!("{error:?}") };
        assert_eq!((error.code.as_str(), error.message.as_str()), ("cannot_read", "plain cannot"));
        assert_eq!(world.rows().await, 0);
        assert!(world.media().blobs().list(None, 10).await.unwrap().is_empty());
        world.test.end().await;

        let nobody = World::open(dialect, &[("silent", None)]).await;
        let Err(IngestError::Refused(refusal)) = nobody.ingest("a bee").await else { panic!() };
        assert_eq!(refusal.code, "document_unused");
        assert_eq!(nobody.rows().await, 0);
        nobody.test.end().await;
    }
}

#[tokio::test]
async fn bytes_are_read_once_for_each_owner_and_way_of_reading_and_names_are_documents() {
    for dialect in BOTH {
        let world = World::open(dialect, &[("bees", Some("bee"))]).await;
        let first = world.ingest_as("ada", "a.pdf", "a bee", false).await.unwrap();
        for (owner, name, ocr, same, reads, rows) in [
            ("ada", "a.pdf", false, true, 1, 1),
            ("ada", "b.pdf", false, false, 1, 2),
            ("ada", "b.pdf", false, false, 1, 2),
            ("ada", "folder/a.pdf", false, true, 1, 2),
            ("ada", "a.pdf", true, false, 2, 3),
            ("omar", "a.pdf", false, false, 3, 4),
            ("omar", "a.pdf", false, false, 3, 4),
        ] {
            let row = world.ingest_as(owner, name, "a bee", ocr).await.unwrap();
            let case = format!("{owner} {name} {ocr}");
            assert_eq!((row.id == first.id, world.reader.asked(), world.rows().await), (same, reads, rows), "{case}");
            assert_eq!((row.owner.as_str(), row.ocr, &row.blob), (owner, ocr, &first.blob), "{case}");
        }
        // Bytes that were lost are read and kept anew.
        std::fs::remove_file(world.file(&first.text_blob)).unwrap();
        assert!(matches!(
            read_text(&world.library.platform, &first).await,
            Err(IngestError::Media(MediaError::Blobs(BlobError::Missing { .. })))
        ));
        let again = world.ingest("a bee").await.unwrap();
        assert_eq!((&again.text_blob, world.reader.asked()), (&first.text_blob, 4));
        assert_eq!(read_text(&world.library.platform, &first).await.unwrap().text(), "a bee");
        world.test.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_document_many_times_at_once_is_one_document() {
    for dialect in BOTH {
        let world = World::open(dialect, &[("bees", Some("bee"))]).await;
        let uploads = (0..6).map(|_| world.ingest_as("ada", "a.pdf", "a busy bee", false));
        let rows = futures::future::join_all(uploads).await;
        let ids: Vec<_> = rows.into_iter().map(|row| row.unwrap().id).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(world.rows().await, 1);
        assert_eq!(world.media().blobs().list(None, 10).await.unwrap().len(), 2, "the file and its text");
        world.test.end().await;
    }
}

#[tokio::test]
async fn who_can_read_it_reads_it_in_the_order_of_the_routes() {
    let mut world = World::open(Dialect::Sqlite, &[("bees", Some("bee"))]).await;
    let (slow, one, two) = (Plain::new("slow"), Plain::new("one"), Plain::new("two"));
    let route =
        |reader: &Arc<Plain>| Route { implementation: Arc::clone(reader) as Arc<dyn Read>, when: When::default() };
    world.library.reading = Router::new([route(&slow), route(&one), route(&two)]);
    let row = world.ingest("a bee").await.unwrap();
    assert_eq!(judged(&row).unwrap().read_by, "one");
    assert_eq!((slow.asked(), one.asked(), two.asked()), (1, 1, 0), "one that answers later is no use here");
    let Err(IngestError::NotRead(error)) = world.ingest("no bee").await else { panic!() };
    assert_eq!(error.message, "two cannot", "the last one's reason");
    assert_eq!((slow.asked(), one.asked(), two.asked()), (2, 2, 1));

    world.library.reading = Router::only(slow as Arc<dyn Read>);
    let Err(IngestError::NotRead(error)) = world.ingest("one more bee").await else { panic!() };
    assert_eq!(error.code, "reader_too_slow");
    world.library.reading = Router::new([]);
    let Err(IngestError::NotRead(error)) = world.ingest("one more bee").await else { panic!() };
    assert_eq!(error.code, "no_reader");
    // The built-in one says itself what is wrong.
    world.library.reading = Router::only(Arc::new(world.library.reader.clone()) as Arc<dyn Read>);
    let error = world.ingest("no PDF").await.unwrap_err();
    assert!(matches!(error, IngestError::Unreadable(ReadError::NotAPdf)), "{error:?}");
    world.test.end().await;
}

#[tokio::test]
async fn what_was_kept_of_a_document_and_cannot_be_understood_is_called_so() {
    let world = World::open(Dialect::Sqlite, &[("bees", Some("bee"))]).await;
    let row = world.ingest("a bee").await.unwrap();
    let strange = DocumentRow { found: json!({ "facts": 7 }), ..row.clone() };
    assert!(matches!(judged(&strange), Err(StoreError::Unreadable { .. })));
    let no_hash = DocumentRow { text_blob: "x".to_owned(), ..row.clone() };
    let error = read_text(&world.library.platform, &no_hash).await.unwrap_err();
    assert!(matches!(error, IngestError::Store(StoreError::Unreadable { .. })), "{error:?}");
    let other = DocumentRow { text_blob: row.blob.clone(), ..row };
    let error = read_text(&world.library.platform, &other).await.unwrap_err();
    assert!(matches!(error, IngestError::Kept(_)), "{error:?}");
    world.test.end().await;
}

#[tokio::test]
async fn a_stream_is_kept_up_to_its_limit_and_only_when_it_ends_well() {
    type Piece = Result<Bytes, std::io::Error>;
    for dialect in BOTH {
        let world = World::open(dialect, &[]).await;
        let media = world.media();
        let pieces = |count: usize| (0..count).map(|_| Ok(Bytes::from_static(b"0123456789"))).collect::<Vec<Piece>>();
        let stored = media.keep_stream(stream::iter(pieces(10)), 100).await.unwrap();
        assert_eq!((stored.bytes, media.size(&stored.hash).await.unwrap()), (100, Some(100)));
        assert_eq!(media.read(&stored.hash, 100).await.unwrap(), b"0123456789".repeat(10));
        let long = media.keep_stream(stream::iter(pieces(11)), 100).await;
        assert!(matches!(long, Err(MediaError::Blobs(BlobError::TooLarge { limit: 100 }))), "{long:?}");
        let mut broken = pieces(3);
        broken.push(Err(std::io::Error::other("the line is dead")));
        let broken = media.keep_stream(stream::iter(broken), 100).await;
        assert!(matches!(broken, Err(MediaError::Blobs(BlobError::Interrupted(_)))), "{broken:?}");
        assert_eq!(media.blobs().list(None, 10).await.unwrap().len(), 1, "nothing of either is kept");

        let absent = BlobHash::of(b"absent");
        assert_eq!(media.size(&absent).await.unwrap(), None);
        assert_eq!(media.size_of_referenced(&stored.hash).await.unwrap(), None, "nothing points at it");
        assert!(media.has_all([&stored.hash]).await.unwrap());
        assert!(!media.has_all([&stored.hash, &absent]).await.unwrap());
        let copy = world.test.folder().join("copy");
        media.copy_to(&stored.hash, copy.clone()).await.unwrap();
        assert_eq!(std::fs::read(copy).unwrap().len(), 100);
        let nowhere = media.copy_to(&stored.hash, world.test.folder().join("no/where")).await;
        assert!(matches!(nowhere, Err(MediaError::Blobs(BlobError::Io { .. }))), "{nowhere:?}");
        let lost = media.copy_to(&absent, world.test.folder().join("copy")).await;
        assert!(matches!(lost, Err(MediaError::Blobs(BlobError::Missing { .. }))), "{lost:?}");
        world.test.end().await;
    }
}

#[test]
fn what_is_wrong_with_bytes_ends_an_attempt_or_the_job_by_its_name() {
    let hash = || BlobHash::of(b"x");
    let io = || std::io::Error::other("a bad sector");
    let cases: [(MediaError, &str, bool); 8] = [
        (MediaError::Collecting, "media_collecting", true),
        (BlobError::DiskFull { folder: "/data".into() }.into(), "disk_full", true),
        (BlobError::Missing { hash: hash() }.into(), "media_missing", false),
        (BlobError::Damaged { hash: hash() }.into(), "media_damaged", false),
        (BlobError::Remote { what: "put", source: Box::new(io()) }.into(), "media_store", true),
        (BlobError::Io { path: "/data".into(), source: io() }.into(), "media_folder", true),
        (BlobError::TooLarge { limit: 1 }.into(), "media_folder", false),
        (StoreError::ReadOnly.into(), "read_only", true),
    ];
    for (error, code, retry) in cases {
        let shown = error.to_string();
        let job = JobError::from(error);
        assert_eq!((job.code.as_str(), job.retry), (code, retry), "{shown}");
        let hides = code == "disk_full" || shown.contains("/data");
        assert!((job.message == shown) != hides && !job.message.contains("/data"), "{}", job.message);
    }
}

#[tokio::test]
async fn an_app_is_found_by_its_type_and_answers_for_what_it_does_not_do() {
    let world = World::open(Dialect::Sqlite, &[("bees", Some("bee")), ("silent", None)]).await;
    let names: Vec<&str> = world.apps.iter().map(|app| app.name()).collect();
    assert_eq!(names, ["bees", "silent"]);
    let first: &dyn Any = &*world.apps[0];
    assert_eq!(first.downcast_ref::<Wants>().unwrap().word, Some("bee"));
    let owner = OwnerId::local();
    let (silent, facts) = (&world.apps[1], judged(&world.ingest("a bee").await.unwrap()).unwrap().facts);
    assert_eq!((silent.choices(), silent.offer(&owner, &facts, &json!([1])).await), (Value::Null, json!([1])));
    let seen = Mutex::new(Vec::new());
    let now = world.test.store().now().await.unwrap();
    world
        .test
        .store()
        .write(async |tx| {
            let used = silent.documents_in_use(tx, &["a".to_owned()]).await?.len();
            let expired = silent.expired(tx, "none", now, 0, 10).await?;
            let removed = silent.forget(tx, "none", &expired).await?;
            seen.lock().unwrap().push((used, silent.expiring().len() + expired.len(), removed));
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    assert_eq!(seen.into_inner().unwrap(), [(0, 0, 0)]);
    world.test.end().await;
}
