//! The binary as a person or a script starts it: in a folder, with arguments, by what it prints and leaves.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod accounts;
mod again;
mod bench;
mod capture;
mod config;
mod help;
mod models;
mod output_files;
mod providers;
mod servers;
mod storage;
mod support;
mod transcribe;
mod trying;
mod twin;
