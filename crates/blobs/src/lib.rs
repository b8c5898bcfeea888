//! Bytes by their content: each blob is named by the BLAKE3 hash of what is in it, and lies in a folder or in S3.
//!
//! Bytes are first staged, which gives their hash, and then published under it: a name that exists is whole. In between,
//! a row in the database says that they are coming, so that garbage collection and new bytes never meet
//! (`sluice_store::blobs`). The interface has no paths; a child process that needs a file gets one from
//! [`Blobs::materialise`].

mod blobs;
mod cache;
mod error;
mod files;
mod folder;
mod hash;
mod links;
mod memory;
mod receiving;
mod s3;
mod stage;
mod work;

pub use blobs::{Blobs, ByteStream, Listed, LocalFile, Place, Stored};
pub use error::BlobError;
pub use files::private_folder;
pub use hash::BlobHash;
pub use links::{Link, LinkError, LinkKey, has_expired};
pub use receiving::Receiving;
pub use s3::{Presented, S3Settings};
pub use stage::Staged;
pub use work::HeldFolder;
