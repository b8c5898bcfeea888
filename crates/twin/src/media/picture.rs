//! Pictures: a gradient by the prompt.

use std::io::Cursor;

use bytes::Bytes;
use image::{ImageFormat, Rgb, RgbImage};

/// The largest side.
const LARGEST: u32 = 3_840;

/// A picture of a size in a format; the same `hash` has the same colours.
pub(crate) fn draw(width: u32, height: u32, hash: u64, format: ImageFormat) -> Bytes {
    let [red, green, blue, ..] = hash.to_le_bytes();
    let (width, height) = (width.clamp(1, LARGEST), height.clamp(1, LARGEST));
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let shade = u8::try_from((x * 128 / width + y * 127 / height).min(255)).unwrap_or(0);
        Rgb([red ^ shade, green ^ shade, blue])
    });
    let mut file = Cursor::new(Vec::new());
    // Writing to memory in a format that is built in does not fail.
    if let Err(error) = picture.write_to(&mut file, format) {
        tracing::error!(%error, "a picture could not be written");
    }
    file.into_inner().into()
}
