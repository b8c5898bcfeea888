//! Scribe: hours of live speech, recorded without a hole. The protocol is in `docs/recording.md`.

pub mod audio;
pub mod chunk;
mod clock;
mod context;
mod cut;
mod end;
mod error;
pub mod export;
mod exporting;
pub mod file;
pub mod gap;
mod header;
mod hearing;
mod holes;
pub mod keeping;
pub mod languages;
pub mod live;
mod module;
mod notify;
mod people;
mod publish;
mod retime;
mod room;
pub mod segment;
pub mod session;
mod sounds;
pub mod summary;
mod tell_apart;
#[cfg(test)]
mod testing;
pub mod transcribe;
pub mod transcript;
pub mod view;
mod waiting;
pub mod waveform;
pub mod words;

pub use context::ScribeApp;
pub use end::EndAbandoned;
pub use module::{ScribeChoices, ScribeSnapshot};
pub use sluice_store::scribe::RecordingId;

/// The name of the app in addresses and in what is stored.
const NAME: &str = "scribe";
/// Most bytes of a chunk.
pub const CHUNK_BYTES: u64 = 10_000_000;
/// Most segments of a session: a reload every minute of a whole day.
const MOST_SEGMENTS: u32 = 1_440;
/// Most chunks of a segment: a day of chunks of one second.
pub const MOST_CHUNKS: u32 = 86_400;
/// Chunks of one session that the server works on at the same time; more have to wait on their client's side.
pub const MOST_WAITING: u32 = 10;
