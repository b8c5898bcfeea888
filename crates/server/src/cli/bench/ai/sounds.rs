//! The recordings: `tests/bench-sounds.tsv` says who speaks and what is said.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, bail};
use tokio::process::Command;

const TABLE: &str = include_str!("../../../../../../tests/bench-sounds.tsv");

/// Samples a second, of two bytes, after a header.
const SAMPLE_RATE: f64 = 16_000.0;

/// More seconds than any recording has.
pub(in crate::cli::bench) const WHOLE: u32 = 3_600;

/// The words of a recording that is for voices alone: numbers, which may be written in digits.
pub(in crate::cli::bench) const UNSAID: &str = "-";

/// A recording that is here.
#[derive(Debug, Clone)]
pub(in crate::cli::bench) struct Sound {
    pub(in crate::cli::bench) path: PathBuf,
    /// ISO 639-1.
    pub(in crate::cli::bench) language: &'static str,
    pub(in crate::cli::bench) speaker: &'static str,
    pub(in crate::cli::bench) words: &'static str,
}

/// Where scripts/bench-ai-python.sh puts them.
pub(in crate::cli::bench) fn default_folder() -> Option<PathBuf> {
    Some(std::env::home_dir()?.join(".cache/sluice/corpus"))
}

/// Those of the table that are in a folder.
pub(in crate::cli::bench) fn in_folder(folder: &Path) -> Vec<Sound> {
    let sound = |line: &'static str| {
        let [name, _, _, _, language, speaker, words] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
        Some(Sound { path: folder.join(format!("{name}.wav")), language, speaker, words })
    };
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(sound).filter(|sound| sound.path.is_file()).collect()
}

/// Why there are none.
pub(in crate::cli::bench) fn missing(folder: &Path) -> String {
    format!("no recordings in {}: scripts/bench-ai-python.sh brings them", folder.display())
}

/// Makes one sound of several at 16 kHz, of at most `most` seconds of each, and says where each ends, in seconds.
pub(in crate::cli::bench) async fn join(
    sounds: &[&Sound],
    folder: &Path,
    name: &str,
    most: u32,
) -> anyhow::Result<(PathBuf, Vec<f64>)> {
    let (mut list, mut ends, mut until) = (String::new(), Vec::new(), 0.0);
    for (at, sound) in sounds.iter().enumerate() {
        let plain = folder.join(format!("{name}-{at}.wav"));
        let most = most.to_string();
        let format = ["-ar", "16000", "-ac", "1", "-t", &most].map(OsStr::new);
        ffmpeg(&[&[OsStr::new("-i"), sound.path.as_os_str()], &format[..]].concat(), &plain).await?;
        until += seconds(&plain)?;
        ends.push(until);
        writeln!(list, "file '{}'", plain.display())?;
    }
    let (list_file, joined) = (folder.join(format!("{name}.txt")), folder.join(format!("{name}.wav")));
    std::fs::write(&list_file, list)?;
    let arguments = [&["-f", "concat", "-safe", "0", "-i"].map(OsStr::new)[..], &[list_file.as_os_str()]].concat();
    ffmpeg(&arguments, &joined).await?;
    Ok((joined, ends))
}

/// Runs ffmpeg on these arguments, and writes a file.
pub(super) async fn ffmpeg(arguments: &[&OsStr], out: &Path) -> anyhow::Result<()> {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y"]).args(arguments).arg(out).stdin(Stdio::null());
    let done = command.output().await.context("ffmpeg cannot be started: install it")?;
    if !done.status.success() {
        bail!("ffmpeg: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a minute of sound")]
fn seconds(plain: &Path) -> anyhow::Result<f64> {
    Ok(std::fs::metadata(plain)?.len() as f64 / 2.0 / SAMPLE_RATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_seven_columns() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(line.split('\t').count(), 7, "{line}");
        }
    }
}
