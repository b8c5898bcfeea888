//! Files and pictures are worked on beside the runtime: on one that has a single thread, timers go on.
//!
//! How long a tick may be late is compared with what it would be if the same work were done on that thread, which is
//! measured in the same run. On a busy machine a tick may be late by itself, so there are three tries.

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use futures::future::join_all;
use sluice_app::maintenance::collect::collect;
use sluice_app::maintenance::verify::verify_bytes;
use sluice_app::maintenance::work;
use sluice_blobs::BlobHash;
use sluice_local::render;
use sluice_store::Dialect;

use crate::support::TestApp;

/// Names in one folder: ext4 allows 65,000 links to a file.
const NAMES: usize = 60_000;
const TRIES: usize = 3;
const TICK: Duration = Duration::from_millis(1);

/// The longest time between two ticks while something goes on.
async fn longest_gap<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let (longest, last, goes_on) = (Cell::new(Duration::ZERO), Cell::new(Instant::now()), Cell::new(true));
    let tick = || {
        longest.set(longest.get().max(last.get().elapsed()));
        last.set(Instant::now());
    };
    let working = async {
        let done = work.await;
        tick();
        goes_on.set(false);
        done
    };
    let ticking = async {
        while goes_on.get() {
            tokio::time::sleep(TICK).await;
            tick();
        }
    };
    let (done, ()) = tokio::join!(working, ticking);
    (longest.get(), done)
}

/// How long some work takes on this thread.
fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// Fails if `work` holds the thread for half as long as what it does takes on it.
async fn is_beside(what: &str, mut on_it: impl FnMut() -> Duration, mut work: impl AsyncFnMut() -> Duration) {
    let mut seen = Vec::new();
    for _ in 0..TRIES {
        let (held, gap) = (on_it(), work().await);
        eprintln!("{what}: {gap:?}, and {held:?} on the thread of the runtime");
        if gap < held / 2 {
            return;
        }
        seen.push((gap, held));
    }
    panic!("{what}: the runtime was held: {seen:?}");
}

fn hash(n: usize) -> String {
    format!("ab{n:062x}")
}

/// A folder with many names.
fn crowd(folder: &Path, name: impl Fn(usize) -> String) {
    std::fs::create_dir_all(folder).unwrap();
    let first = folder.join(name(0));
    std::fs::write(&first, b"x").unwrap();
    for n in 1..NAMES {
        std::fs::hard_link(&first, folder.join(name(n))).unwrap();
    }
}

#[tokio::test]
async fn blobs_are_walked_over_and_collected_beside_the_runtime() {
    // The statements of SQLite run on the thread that asks; here it is about files.
    let app = TestApp::open(Dialect::Postgres).await;
    let (context, shard) = (app.app.maintenance(), app.data().join("media").join("ab"));
    crowd(&shard, hash);
    let page = || {
        let names = std::fs::read_dir(&shard).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut hashes: Vec<BlobHash> = names.map(|name| name.parse().unwrap()).collect();
        hashes.sort();
        assert!(hashes.len() > NAMES / 2);
    };
    let page = || timed(page);
    is_beside("a walk over blobs", page, async || {
        let pages = Cell::new(0);
        let stop = || pages.replace(pages.get() + 1) == 2;
        let (gap, adopted) = longest_gap(verify_bytes(&context, stop)).await;
        assert_eq!(adopted.unwrap().adopted, 600, "three pages");
        gap
    })
    .await;
    is_beside("their collection", page, async || {
        app.advance(Duration::from_hours(1)).await;
        let begun = Cell::new(0);
        let stop = || begun.replace(begun.get() + 1) == 4;
        let (gap, collected) = longest_gap(collect(&context, Duration::from_mins(15), stop)).await;
        assert!(collected.unwrap().blobs > 0);
        gap
    })
    .await;
    app.end().await;
}

#[tokio::test]
async fn work_folders_are_removed_beside_the_runtime() {
    let app = TestApp::open(Dialect::Postgres).await;
    let (work_folder, other) = (app.data().join("work"), tempfile::tempdir().unwrap());
    let full = |folder: &Path| crowd(folder, |n| n.to_string());
    let on_it = || {
        let folder = other.path().join("full");
        full(&folder);
        timed(|| std::fs::remove_dir_all(&folder).unwrap())
    };
    is_beside("the removal of a work folder", on_it, async || {
        full(&work_folder.join("nobody"));
        let (gap, cleared) = longest_gap(work::clear(&app.app.platform)).await;
        assert_eq!(cleared.unwrap(), 1);
        gap
    })
    .await;
    app.end().await;
}

#[tokio::test]
async fn presenters_are_drawn_beside_the_runtime() {
    const AT_ONCE: usize = 30;
    let app = TestApp::open(Dialect::Postgres).await;
    let id = render::presenters()[0].id;
    let draw = || {
        for _ in 0..AT_ONCE {
            render::presenter_still(id, 0, 192).unwrap();
        }
    };
    let on_it = || timed(draw);
    is_beside("pictures of presenters", on_it, async || {
        let path = format!("/presenters/{id}.png");
        let asked = (0..AT_ONCE).map(|_| app.get(&path).answer());
        let (gap, answers) = longest_gap(join_all(asked)).await;
        assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
        gap
    })
    .await;
    app.end().await;
}
