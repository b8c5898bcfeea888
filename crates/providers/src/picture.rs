//! What a picture is, from its head: nothing is decoded, so that a small file of a huge picture costs nothing.

use std::path::{Path, PathBuf};

use image::{ImageFormat, ImageReader};
use sluice_capability::CapabilityError;

/// A picture's format, size and bytes in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) format: ImageFormat,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: u64,
}

impl Picture {
    /// Of a file. Reading waits for the disk, off the runtime.
    pub(crate) async fn of(path: &Path) -> Result<Self, CapabilityError> {
        let path: PathBuf = path.to_owned();
        let unreadable =
            || CapabilityError::fail("picture_unreadable", "the picture cannot be read: it is damaged, or no picture");
        let read = move || -> Result<Self, CapabilityError> {
            let bytes = std::fs::metadata(&path).map_err(|error| unreadable().because(error))?.len();
            let reader = ImageReader::open(&path).and_then(ImageReader::with_guessed_format);
            let reader = reader.map_err(|error| unreadable().because(error))?;
            let format = reader.format().ok_or_else(unreadable)?;
            let (width, height) = reader.into_dimensions().map_err(|error| unreadable().because(error))?;
            Ok(Self { format, width, height, bytes })
        };
        match tokio::task::spawn_blocking(read).await {
            Ok(found) => found,
            Err(error) => {
                Err(CapabilityError::retry("picture_unreadable", "reading the picture was interrupted").because(error))
            }
        }
    }

    /// Refuses one that is larger than a provider takes.
    pub(crate) fn check(&self, most_pixels: u64, most_bytes: u64) -> Result<(), CapabilityError> {
        if u64::from(self.width) * u64::from(self.height) > most_pixels {
            let message = format!(
                "the picture has {} × {} pixels, more than {} million: make it smaller",
                self.width,
                self.height,
                most_pixels / 1_000_000
            );
            return Err(CapabilityError::fail("picture_too_large", message));
        }
        if self.bytes > most_bytes {
            let message =
                format!("the picture's file has more than {most_bytes} bytes: make it smaller, or compress it more");
            return Err(CapabilityError::fail("picture_too_large", message));
        }
        Ok(())
    }
}
