//! Bytes by their content: a folder of files named by the BLAKE3 hash of what is in them.
//!
//! A file is written under a temporary name, synced, and renamed, so that a name that exists is whole. The same bytes
//! are kept once. Rows point at hashes; [`Blobs::sweep`] removes what no row points at.

mod folder;
mod hash;
mod links;

pub use folder::{BlobError, Blobs, Stored};
pub use hash::BlobHash;
pub use links::{LinkError, Links};
