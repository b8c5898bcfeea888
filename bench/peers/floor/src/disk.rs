//! How long the disk takes to make 4 KiB durable: what every commit waits for. Told on standard error, as it is no figure of
//! a job queue.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use peer_common::Settings;
use peer_common::latencies::Latencies;

const BLOCK: [u8; 4096] = [7; 4096];
/// The file's blocks, once written, are overwritten in place: as a log that starts over does.
const BLOCKS: u64 = 400;
/// A disk that rested answers slower.
const REST: Duration = Duration::from_millis(7);

pub(crate) fn measure(settings: &Settings) -> Result<()> {
    let path = settings.folder()?.join("sync.bin");
    let mut file = File::create(&path)?;
    tell("appended", &sync_blocks(&mut file, BLOCKS, Duration::ZERO)?);
    file.rewind()?;
    tell("overwritten", &sync_blocks(&mut file, BLOCKS, Duration::ZERO)?);
    file.rewind()?;
    tell("overwritten after a rest of 7 ms", &sync_blocks(&mut file, BLOCKS / 2, REST)?);
    file.seek(SeekFrom::End(0))?;
    tell("appended after a rest of 7 ms", &sync_blocks(&mut file, BLOCKS / 2, REST)?);
    std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
}

fn sync_blocks(file: &mut File, blocks: u64, rest: Duration) -> Result<Latencies> {
    let mut durations = Vec::new();
    for _ in 0..blocks {
        sleep(rest);
        file.write_all(&BLOCK)?;
        let start = Instant::now();
        file.sync_data()?;
        durations.push(start.elapsed());
    }
    Latencies::new(durations).context("no block was written")
}

fn tell(what: &str, latencies: &Latencies) {
    let (median, slowest) = (latencies.percentile_ms(50), latencies.percentile_ms(99));
    eprintln!("disk: 4 KiB {what} are durable after p50 {median:.3}, p99 {slowest:.3} ms");
}
