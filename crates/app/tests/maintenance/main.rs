//! Maintenance as it runs: rows, bytes and the engine together, on both databases.
#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

mod bytes;
mod rows;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sluice_app::maintenance::{Context, collect};
use sluice_app::media::Media;
use sluice_app::platform::Platform;
use sluice_blobs::{Blobs, Place, Stored};
use sluice_domain::ids::OwnerId;
use sluice_engine::Randomness;
use sluice_store::blobs::{self, Subject};
use sluice_store::{Dialect, StoreError};
use sluice_testkit::TestStore;

/// Runs tests on both databases.
macro_rules! on_both {
    ($($name:ident)*) => {
        mod sqlite { $(#[tokio::test] async fn $name() {
            super::$name(crate::World::open(sluice_store::Dialect::Sqlite).await).await;
        })* }
        mod postgres { $(#[tokio::test] async fn $name() {
            super::$name(crate::World::open(sluice_store::Dialect::Postgres).await).await;
        })* }
    };
}
pub(crate) use on_both;

struct World {
    test: TestStore,
    context: Context,
}

impl World {
    async fn open(dialect: Dialect) -> Self {
        let test = TestStore::open_on(dialect).await;
        let blobs = Blobs::open(&test.folder().join("data"), &Place::Folder).unwrap();
        let platform = Platform {
            store: test.store().clone(),
            media: Media::new(test.store().clone(), blobs),
            randomness: Randomness::from_entropy(),
            limits: Arc::default(),
        };
        Self { test, context: Context { platform, modules: Arc::new([]) } }
    }

    fn media(&self) -> &Media {
        &self.context.platform.media
    }

    /// The file of a blob in the folder.
    fn file(&self, stored: &Stored) -> PathBuf {
        let name = stored.hash.as_str();
        self.test.folder().join("data/media").join(&name[..2]).join(name)
    }

    async fn keep(&self, bytes: &[u8]) -> Stored {
        self.media().keep_bytes(bytes.to_vec()).await.unwrap()
    }

    async fn point(&self, owner: &str, id: &str, stored: &Stored) {
        let owner: OwnerId = owner.parse().unwrap();
        let subject = Subject { owner: &owner, app: "test", id };
        let hash = stored.hash.as_str();
        self.test.store().write(async |tx| blobs::reference(tx, &subject, &[hash]).await).await.unwrap();
    }

    async fn release(&self, owner: &str, id: &str) {
        let owner: OwnerId = owner.parse().unwrap();
        let subject = Subject { owner: &owner, app: "test", id };
        self.test.store().write(async |tx| blobs::release(tx, &subject).await).await.unwrap();
    }

    async fn collect(&self) -> u64 {
        collect::collect(&self.context, blobs::GRACE, || false).await.unwrap().blobs
    }

    async fn after_the_grace(&self) {
        self.test.advance(blobs::GRACE + Duration::from_secs(1)).await;
    }

    async fn count(&self, table: &str) -> u64 {
        // An update that changes nothing says how many there are.
        let column = match table {
            "event_log" => "owner",
            "calls" | "jobs" | "stage_results" => "kind",
            "spend" => "stage",
            "budgets" | "buckets" => "scope",
            "shares" => "pool",
            "workers" => "name",
            other => panic!("{other}"),
        };
        let text = format!("UPDATE {table} SET {column} = {column}");
        self.test.store().execute(&text).await.unwrap()
    }

    async fn run(&self, statement: &str) -> Result<u64, StoreError> {
        self.test.store().execute(statement).await
    }
}
