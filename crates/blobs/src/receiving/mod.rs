//! Files that arrive over several requests, possibly at several processes: received bytes stay in a staging place, under
//! the name of their upload, until the file is whole.
//!
//! In a folder that is one file, which grows. In a bucket it is one object per piece of 8 MiB, with a shorter one
//! at the end until the next request brings more. (The parts of one multipart upload would not do: its hash, and so its
//! key, is only known at the end; its parts cannot be read before it is completed, nor be found again after a crash.)
//!
//! The caller remembers how many bytes are durable, and holds the upload by a lease; see `sluice_store::uploads`. Bytes
//! beyond what it remembers have no meaning, and are overwritten.

mod file;
mod pieces;

use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::blobs::{Backend, Blobs};
use crate::error::BlobError;
use crate::files::{names, remove, run_blocking};

use file::ReceivingFile;
use pieces::ReceivingPieces;

/// The folder, and the part of an object's key, of unfinished files.
pub(crate) const UPLOADS: &str = "uploads";

/// A file that is being received. Nobody else writes to it while this exists.
#[derive(Debug)]
pub struct Receiving(Place);

#[derive(Debug)]
enum Place {
    File(ReceivingFile),
    Pieces(Box<ReceivingPieces>),
}

impl Blobs {
    /// Continues a file of `length` bytes after its first `offset` bytes. `name` is the id of its upload.
    pub async fn receive(&self, name: &str, offset: u64, length: u64) -> Result<Receiving, BlobError> {
        Ok(Receiving(match &self.backend {
            Backend::Folder(_) => Place::File(ReceivingFile::open(self.uploads.join(name), offset).await?),
            Backend::S3(s3) => {
                let pieces = ReceivingPieces::open(s3.clone(), self.incoming.clone(), name, offset, length).await?;
                Place::Pieces(Box::new(pieces))
            }
        }))
    }

    /// Removes what was received under a name; nothing happens when there is nothing.
    pub async fn remove_received(&self, name: &str) -> Result<(), BlobError> {
        match &self.backend {
            Backend::Folder(_) => {
                let path = self.uploads.join(name);
                run_blocking(move || remove(&path)).await
            }
            Backend::S3(s3) => pieces::remove_all(s3, name).await,
        }
    }

    /// The next names after one under which something was received, in order.
    pub async fn received_names(&self, after: &str, limit: usize) -> Result<Vec<String>, BlobError> {
        match &self.backend {
            Backend::Folder(_) => {
                let (folder, after) = (self.uploads.clone(), after.to_owned());
                run_blocking(move || Ok(names(&folder)?.into_iter().filter(|name| *name > after).take(limit).collect()))
                    .await
            }
            Backend::S3(s3) => pieces::names(s3, after, limit).await,
        }
    }
}

impl Receiving {
    /// Appends bytes. They are not durable before [`Self::sync`] or [`Self::flush`] says so.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        match &mut self.0 {
            Place::File(file) => file.write(&bytes).await,
            Place::Pieces(pieces) => pieces.write(bytes).await,
        }
    }

    /// How many bytes of the file are durable now, in the middle of a request: in a bucket, whole pieces.
    pub async fn sync(&mut self) -> Result<u64, BlobError> {
        match &mut self.0 {
            Place::File(file) => file.sync().await,
            Place::Pieces(pieces) => pieces.sync(),
        }
    }

    /// Makes all that was received durable, at the end of a request; returns how many bytes of the file that is.
    pub async fn flush(&mut self) -> Result<u64, BlobError> {
        match &mut self.0 {
            Place::File(file) => file.sync().await,
            Place::Pieces(pieces) => pieces.flush().await,
        }
    }

    /// The caller has remembered what is durable: what that replaces is removed.
    pub async fn recorded(&mut self) -> Result<(), BlobError> {
        match &mut self.0 {
            Place::File(_) => Ok(()),
            Place::Pieces(pieces) => pieces.remove_superseded().await,
        }
    }

    /// Removes what this request sent, which nobody will remember.
    pub async fn discard(self) -> Result<(), BlobError> {
        match self.0 {
            // Overwritten by what comes next.
            Place::File(file) => {
                file.close().await;
                Ok(())
            }
            Place::Pieces(pieces) => pieces.discard().await,
        }
    }

    /// Makes a local file of all that was received at `target`, in a work folder. It is only to be read, or moved.
    pub async fn assemble(&mut self, target: &Path) -> Result<(), BlobError> {
        let target: PathBuf = target.to_owned();
        match &mut self.0 {
            Place::File(file) => file.assemble(target).await,
            Place::Pieces(pieces) => pieces.assemble(target).await,
        }
    }
}
