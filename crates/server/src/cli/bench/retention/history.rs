//! A long history, made in the database: finished jobs, calls and events, blobs with and without somebody who points at
//! them, and reels with all that belongs to them.

use std::path::Path;

use serde_json::json;
use sluice_store::Store;

use super::RetentionBench;

/// Scenes of a reel, and blobs that each points at: those of a reel of a minute.
const SCENES: u32 = 10;
const BLOBS_OF_SCENE: u32 = 5;
/// Blobs of garbage and of what stays have other numbers.
const GARBAGE: u64 = 100_000_000_000;
const STAYS: u64 = 200_000_000_000;

/// The id of a reel; the job and the document of the same number have the same.
pub(super) fn reel(number: u32) -> String {
    format!("01900000-0000-7000-8000-{}", 100_000_000_000 + u64::from(number))
}

fn id(number: &str) -> String {
    format!("'01900000-0000-7000-8000-' || CAST(100000000000 + {number} AS TEXT)")
}

fn hash(first: u64, number: &str) -> String {
    format!("'{}' || CAST({first} + {number} AS TEXT)", "0".repeat(52))
}

fn series(count: u32) -> String {
    format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})")
}

/// Fills the tables, and writes the bytes of what nothing points at.
pub(super) async fn fill(store: &Store, data: &Path, options: &RetentionBench) -> anyhow::Result<()> {
    for statement in jobs(options.jobs).into_iter().chain(bytes(options)).chain(reels(options)) {
        store.execute(&statement).await?;
    }
    let (media, count) = (data.join("media/00"), u64::from(options.blobs));
    let write = move || {
        for number in 1..=count {
            std::fs::write(media.join(format!("{:064}", GARBAGE + number)), b"0123456789")?;
        }
        Ok::<_, std::io::Error>(())
    };
    tokio::task::spawn_blocking(write).await??;
    Ok(())
}

/// Jobs that ended long ago, with a step each; a call and an event for every tenth.
fn jobs(count: u32) -> Vec<String> {
    let (all, tenth, id) = (series(count), series(count / 10), id("i"));
    vec![
        format!(
            "INSERT INTO jobs (id, kind, pool, state, stage, first_stage, payload, owner, subject, priority, sort_key,
                 run_at, attempt, max_attempts, result, created_at, updated_at, finished_at)
             {all} SELECT {id}, 'bench.done', 'default', 'succeeded', 'first', 'first', '{{}}', 'local',
                 CASE i % 2 WHEN 0 THEN '' ELSE CAST(i AS TEXT) END, 0, 0, 0, 1, 3, 'null', 0, 0, 0 FROM n"
        ),
        "INSERT INTO job_steps (job, owner, name, position, fraction, state, started_at, finished_at)
         SELECT id, owner, 'first', 0, 1.0, 'done', 0, 0 FROM jobs"
            .to_owned(),
        format!(
            "INSERT INTO calls (id, key, kind, owner, job, attempt, lease, askable, started_at, deadline_at, finished_at,
                 outcome)
             {tenth} SELECT {id}, CAST(i AS TEXT), 'bench', 'local', {id}, 1, 'lease', 0, 0, 0, 0, 'succeeded' FROM n"
        ),
        format!("INSERT INTO streams (owner, last) VALUES ('local', {})", count / 10),
        format!(
            "INSERT INTO event_log (owner, seq, entries, at)
             {tenth} SELECT 'local', i, '[{{\"kind\":\"k\",\"subject\":\"s\",\"data\":{{}}}}]', 0 FROM n"
        ),
    ]
}

fn bytes(options: &RetentionBench) -> Vec<String> {
    let stays = options.blobs.max(options.reels * SCENES * BLOBS_OF_SCENE);
    let blobs = |count, first, since| {
        format!(
            "INSERT INTO blobs (hash, bytes, created_at, present, unreferenced_since)
             {} SELECT {}, 10, 0, 1, {since} FROM n",
            series(count),
            hash(first, "i")
        )
    };
    vec![blobs(options.blobs, GARBAGE, "0"), blobs(stays, STAYS, "NULL")]
}

/// Reels with scenes, each of which points at blobs, as do the stage results that a reel stands on.
fn reels(options: &RetentionBench) -> Vec<String> {
    let (reels, scenes, parts) = (
        series(options.reels),
        series(options.reels * SCENES),
        series(options.blobs.max(options.reels * SCENES * BLOBS_OF_SCENE)),
    );
    let reel = id("i");
    // Numbers that follow each other belong together: ten scenes to a reel, five blobs to a scene.
    let (scene, of_scene) = (id("500000000 + i"), id(&format!("(i - 1) / {SCENES} + 1")));
    let part_of_scene = id(&format!("500000000 + (i - 1) / {BLOBS_OF_SCENE} + 1"));
    let part_of_reel = id(&format!("(i - 1) / {} + 1", SCENES * BLOBS_OF_SCENE));
    let part = hash(STAYS, "i");
    let poster = format!("{:064}", STAYS + 1);
    let line = json!({ "start_ms": 0, "end_ms": 1000, "text": "A line of the transcript. ".repeat(8), "page": 1 });
    let result = json!({ "poster": poster, "duration_ms": 61_000, "lines": vec![line; 40] });
    let choices = json!({ "mode": "summary", "shape": "16:9", "voice": "v", "presenter": null, "captions": "burned" });
    let script = json!({ "heading": "Tides", "text": "A sentence of the script. ".repeat(20) });
    vec![
        format!(
            "INSERT INTO documents (id, owner, blob, text_blob, ocr, name, bytes, found, created_at)
             {reels} SELECT {reel}, 'local', {part}, {part}, 0, 'A paper of some length ' || CAST(i AS TEXT) || '.pdf', 1,
                 '{{}}', i FROM n"
        ),
        format!(
            "INSERT INTO reels (id, owner, document_id, job_id, title, search, language, choices, result, address,
                 created_at, updated_at)
             {reels} SELECT {reel}, 'local', {reel}, {reel}, 'Tides, part ' || CAST(i AS TEXT),
                 'tides, part ' || CAST(i AS TEXT), 'en', '{choices}', '{result}', '127.0.0.1', i, i FROM n"
        ),
        format!(
            "INSERT INTO scenes (id, owner, reel_id, position, script, job_id, made)
             {scenes} SELECT {scene}, 'local', {of_scene}, i, '{script}', {of_scene}, '{{}}' FROM n"
        ),
        format!(
            "INSERT INTO blob_refs (owner, app, subject, blob, bytes, created_at)
             {parts} SELECT 'local', 'reel', {part_of_scene}, {part}, 10, 0 FROM n"
        ),
        format!(
            "INSERT INTO stage_results (key, kind, value, created_at, last_used_at)
             {parts} SELECT 'result ' || CAST(i AS TEXT), 'bench', '\"' || {part} || '\"', 4102444800000, 4102444800000
             FROM n WHERE i <= {}",
            options.reels * SCENES * BLOBS_OF_SCENE
        ),
        format!(
            "INSERT INTO blob_refs (owner, app, subject, blob, bytes, created_at)
             {parts} SELECT ':system', 'results', 'result ' || CAST(i AS TEXT), {part}, 10, 0 FROM n"
        ),
        format!(
            "INSERT INTO reel_results (reel_id, key)
             {parts} SELECT {part_of_reel}, 'result ' || CAST(i AS TEXT) FROM n WHERE i <= {}",
            options.reels * SCENES * BLOBS_OF_SCENE
        ),
        format!(
            "INSERT INTO blob_refs (owner, app, subject, blob, bytes, created_at)
             {reels} SELECT 'local', 'documents', {reel}, {part}, 10, 0 FROM n"
        ),
    ]
}
