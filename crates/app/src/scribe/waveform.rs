//! How loud a session is when, on its one time line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_domain::ids::OwnerId;
use sluice_engine::{JobError, Run};
use sluice_local::waveform;
use sluice_store::scribe::{self, Made, RecordingId};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::audio;
use super::clock::{end_of, offsets};
use super::context::ScribeApp;
use super::error::SessionError;
use super::notify::changed;
use super::sounds::{Recorded, join, load};
use crate::asking::goes_on;

/// Changes with what is made of the same sound.
const VERSION: &str = "draw/1";
/// Most points.
pub const MOST_POINTS: u32 = 4_000;
/// The shortest step whose peak is looked for.
const SHORTEST_MS: u64 = 10;

/// How loud a session is when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Waveform {
    /// The greatest amplitude of each of as many equal parts of the session, from 0 to 255; 0 where there is no sound.
    #[schema(value_type = Vec<u32>, max_items = 4000)]
    pub points: Vec<u8>,
    /// The length of all parts together.
    pub length_ms: u64,
}

/// As it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// In Base64.
    points: String,
    length_ms: u64,
}

/// Draws a session.
pub(super) async fn make(run: &Run, app: &ScribeApp, id: &RecordingId) -> Result<(), JobError> {
    let (_, sounds) = load(run, id).await?;
    let starts = offsets(sounds.iter().map(|one| (one.segment.started_at, one.until_ms)));
    let ends = sounds.iter().zip(&starts).map(|(one, start)| start + one.until_ms);
    let length_ms = ends.max().unwrap_or(0);
    let step_ms = (length_ms / u64::from(MOST_POINTS)).max(SHORTEST_MS);
    let mut line = Line::new(length_ms, step_ms);
    let (mut drawn, mut none) = (false, None);
    // Of a segment of which nothing arrived there is nothing to draw.
    for (Recorded { segment, chunks, .. }, start) in sounds.iter().zip(starts).filter(|(one, _)| !one.chunks.is_empty())
    {
        let sound = audio::of(segment, chunks)?;
        let names: Vec<&str> = sound.parts.iter().map(|(hash, _)| hash.as_str()).collect();
        let of = json!([VERSION, sound.media_type, names, step_ms]);
        let key = BlobHash::of(of.to_string().as_bytes()).to_string();
        let peaks: Result<String, JobError> = run
            .result_or(&key, "draw", async || {
                let file = join(run, app, &sound).await?;
                let step = u32::try_from(step_ms).unwrap_or(u32::MAX);
                let peaks = waveform::peaks(&app.guard, &file, step).await;
                tokio::fs::remove_file(&file).await.ok();
                Ok(STANDARD.encode(peaks.map_err(failed)?))
            })
            .await;
        let peaks = match peaks {
            // It is a gap; the others are drawn.
            Err(error) if !goes_on(run, &error) => {
                none = Some(error);
                continue;
            }
            peaks => peaks?,
        };
        drawn = true;
        let peaks = STANDARD.decode(peaks).map_err(|error| JobError::fail("bad_waveform", error.to_string()))?;
        line.draw(start, end_of(chunks), &peaks);
    }
    if let Some(error) = none.filter(|_| !drawn) {
        return Err(error);
    }
    let kept = json!(Kept { points: STANDARD.encode(&line.points), length_ms });
    run.write(async |tx: &mut Tx| {
        if scribe::set_made(tx, run.owner(), id, Made::Waveform, &kept).await? {
            changed(tx, run.owner(), id)?;
        }
        Ok::<_, StoreError>(())
    })
    .await?;
    Ok(())
}

fn failed(error: waveform::WaveformError) -> JobError {
    let (code, text) = (error.code(), error.to_string());
    let failed = if error.is_transient() { JobError::retry(code, text) } else { JobError::fail(code, text) };
    failed.because(error)
}

/// The time line of a session in equal parts.
struct Line {
    points: Vec<u8>,
    step_ms: u64,
    length_ms: u64,
}

impl Line {
    fn new(length_ms: u64, step_ms: u64) -> Self {
        let count = length_ms.div_ceil(step_ms).min(MOST_POINTS.into());
        Self { points: vec![0; usize::try_from(count).unwrap_or(0)], step_ms, length_ms }
    }

    /// Draws a segment with its peaks, step by step, up to its end.
    fn draw(&mut self, start_ms: u64, until_ms: u64, peaks: &[u8]) {
        for (from, peak) in (0..until_ms).step_by(usize::try_from(self.step_ms).unwrap_or(1)).zip(peaks) {
            let first = self.place(start_ms + from);
            let last = self.place(start_ms + (from + self.step_ms).min(until_ms) - 1);
            for point in self.points.iter_mut().take(last + 1).skip(first) {
                *point = (*point).max(*peak);
            }
        }
    }

    fn place(&self, at_ms: u64) -> usize {
        let place = u128::from(at_ms) * self.points.len() as u128 / u128::from(self.length_ms.max(1));
        usize::try_from(place).unwrap_or(usize::MAX)
    }
}

/// The waveform of a session, in so many points.
pub async fn show(app: &ScribeApp, owner: &OwnerId, id: &RecordingId, points: u32) -> Result<Waveform, SessionError> {
    let found = app
        .platform
        .store
        .read(async |tx: &mut Tx| {
            if scribe::find(tx, owner, id).await?.is_none() {
                return Ok(None);
            }
            Ok::<_, StoreError>(Some(scribe::made(tx, owner, id, Made::Waveform).await?))
        })
        .await?;
    let (value, _) = found.ok_or(SessionError::Unknown)?.ok_or(SessionError::NoWaveform)?;
    let unreadable = |error: String| StoreError::Unreadable { what: format!("a waveform ({error})") };
    let Kept { points: kept, length_ms } =
        serde_json::from_value(value).map_err(|error| unreadable(error.to_string()))?;
    let kept = STANDARD.decode(kept).map_err(|error| unreadable(error.to_string()))?;
    let count = usize::try_from(points.min(MOST_POINTS)).unwrap_or(0);
    Ok(Waveform { points: resampled(&kept, count), length_ms })
}

/// As many points: each is the greatest of those that it covers.
fn resampled(points: &[u8], count: usize) -> Vec<u8> {
    let covered = |at: usize| {
        let from = at * points.len() / count;
        let to = ((at + 1) * points.len()).div_ceil(count).max(from + 1);
        points.iter().take(to).skip(from).max().copied().unwrap_or(0)
    };
    (0..count).map(covered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_drawn_where_they_are_on_the_time_line_and_gaps_are_silent() {
        let mut line = Line::new(100, 10);
        line.draw(0, 25, &[1, 2, 3, 9, 9]);
        line.draw(50, 20, &[7, 0]);
        line.draw(55, 10, &[5]);
        assert_eq!(line.points, [1, 2, 3, 0, 0, 7, 5, 0, 0, 0]);
        assert!(Line::new(0, 10).points.is_empty());
    }

    #[test]
    fn a_longer_step_than_a_point_covers_all_of_its_points() {
        let mut line = Line::new(7_000_000_000, 1_750_000);
        assert_eq!(line.points.len(), 4_000);
        line.draw(6_999_000_000, 1_000_000, &[8]);
        assert_eq!(line.points[3_999], 8);
    }

    #[test]
    fn points_are_joined_or_repeated() {
        let points = [1, 5, 2, 4];
        assert_eq!(resampled(&points, 4), points);
        assert_eq!(resampled(&points, 2), [5, 4]);
        assert_eq!(resampled(&points, 3), [5, 5, 4]);
        assert_eq!(resampled(&points, 8), [1, 1, 5, 5, 2, 2, 4, 4]);
        assert_eq!(resampled(&[], 3), [0, 0, 0]);
        assert!(resampled(&points, 0).is_empty());
    }
}
