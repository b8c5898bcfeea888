//! What work is made of: a sound, and for talks a face. D-ID keeps uploads for a day or two.

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::Method;
use image::ImageFormat;
use serde::Deserialize;
use sluice_capability::CapabilityError;
use sluice_outbound::{Content, Field};

use super::Account;
use crate::http::{Lost, Operation};
use crate::picture::Picture;

/// The largest sound.
const SOUND: u64 = 6 * 1024 * 1024;
/// The largest file of a face.
const PICTURE: u64 = 10 * 1024 * 1024;
/// The most pixels of a face: faces are found up to 8,000 pixels from the edges.
const PIXELS: u64 = 64_000_000;
/// Uploads charge nothing.
const UPLOAD: Operation = Operation { time: Duration::from_mins(5), body: 1024 * 1024, lost: Lost::Repeat };

/// A face for talks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Face {
    /// A picture on this machine: JPEG or PNG.
    File(PathBuf),
    /// A picture that D-ID fetches: `https://….jpg` or `s3://….png`.
    Link(String),
}

#[derive(Debug, Deserialize)]
struct Uploaded {
    url: String,
}

impl Account {
    /// Uploads a WAV file, and returns its link.
    pub(super) async fn upload_sound(&self, sound: &Path) -> Result<String, CapabilityError> {
        check_sound(sound).await?;
        let field = Field::file("audio", sound, "speech.wav", "audio/wav");
        self.upload("/audios", vec![field]).await
    }

    /// Uploads a face if it is a file, and returns its link.
    pub(super) async fn upload_face(&self, face: &Face) -> Result<String, CapabilityError> {
        let path = match face {
            Face::Link(link) => return Ok(link.clone()),
            Face::File(path) => path,
        };
        let picture = Picture::of(path).await?;
        picture.check(PIXELS, PICTURE)?;
        let (name, kind) = match picture.format {
            ImageFormat::Png => ("face.png", "image/png"),
            ImageFormat::Jpeg => ("face.jpg", "image/jpeg"),
            _ => {
                let message = "the presenter's picture is neither JPEG nor PNG: convert it";
                return Err(CapabilityError::fail("unsupported_media", message));
            }
        };
        self.upload("/images", vec![Field::file("image", path, name, kind)]).await
    }

    async fn upload(&self, path: &str, fields: Vec<Field>) -> Result<String, CapabilityError> {
        let reply = self.endpoint.call::<Uploaded>(UPLOAD, Method::POST, path, Content::Form(fields)).await?;
        Ok(reply.value.url)
    }
}

/// Refuses what D-ID would refuse after it was sent.
async fn check_sound(path: &Path) -> Result<(), CapabilityError> {
    let found = tokio::fs::metadata(path).await.map_err(|error| {
        CapabilityError::fail("file_unreadable", "the file with the sound cannot be read").because(error)
    })?;
    if found.len() == 0 {
        return Err(CapabilityError::fail("empty_file", "the file with the sound is empty"));
    }
    if found.len() > SOUND {
        let message = "the sound has more than 6 MiB: split it, or give it fewer samples a second";
        return Err(CapabilityError::fail("sound_too_large", message));
    }
    Ok(())
}
