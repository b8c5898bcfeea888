//! Remote providers against a server that answers what it is given, over real sockets.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod chat;
mod did;
mod did_twin;
mod elevenlabs;
mod elevenlabs_twin;
mod embeddings;
mod faults;
mod images;
mod listed;
mod openrouter;
mod runner;
mod runner_twin;
mod speech;
mod support;
mod transcription;
mod twin_faults;
mod vision;
