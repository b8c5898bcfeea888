//! Image files to pictures: the size is looked at before anything is decoded, and the way up that the camera noted is kept.

use std::io::{Cursor, ErrorKind};
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, RgbImage};

use super::error::Failure;
use super::picture::Picture;

/// Largest file, in bytes.
const MOST_BYTES: u64 = 128 * 1024 * 1024;
/// Most pixels: the largest of today's cameras have as many.
pub(super) const MOST_PIXELS: u64 = 110_000_000;
/// Most bytes of the decoded picture. A pixel has three of a photograph, and up to eight of a PNG.
pub(super) const MOST_DECODED: u64 = 440_000_000;
/// Longest edge that is kept: twice that in which text is looked for, so that small print is read from more than its places
/// are found in.
const KEPT_EDGE: usize = 4096;

/// A picture as it is looked at.
#[derive(Debug)]
pub(super) struct Loaded {
    /// Not longer than [`KEPT_EDGE`].
    pub(super) picture: Picture,
    /// Width and height of the whole one.
    pub(super) size: [u32; 2],
}

/// Reads a PNG, JPEG or WebP file.
pub(super) fn load(path: &Path) -> Result<Loaded, Failure> {
    let no_file = |error: std::io::Error| Failure::NoFile { message: error.to_string() };
    let length = std::fs::metadata(path).map_err(no_file)?.len();
    if length == 0 {
        return Err(Failure::Empty);
    }
    if length > MOST_BYTES {
        return Err(Failure::LargeFile { bytes: length, limit: MOST_BYTES });
    }
    decode(&std::fs::read(path).map_err(no_file)?)
}

fn decode(bytes: &[u8]) -> Result<Loaded, Failure> {
    let reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| damaged(Some(error.kind())))?;
    if reader.format().is_none() {
        return Err(Failure::NotAPicture { is_heic: is_heic(bytes) });
    }
    let mut reader = reader;
    // What is compared below is stricter, and says the size.
    reader.no_limits();
    let mut decoder = reader.into_decoder().map_err(|error| refused(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_DECODED {
        return Err(Failure::TooLarge { width, height });
    }
    if bytes.starts_with(JPEG) && !is_whole_jpeg(bytes) {
        return Err(Failure::Damaged { message: "it is cut short".to_owned() });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let decoded = DynamicImage::from_decoder(decoder).map_err(|error| refused(&error))?;
    // Turned when it is small: that makes a copy.
    let kept = on_white(decoded).within(KEPT_EDGE);
    let picture = upright(kept, orientation)?;
    let is_sideways = matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    Ok(Loaded { picture, size: if is_sideways { [height, width] } else { [width, height] } })
}

/// What is transparent is white.
fn on_white(image: DynamicImage) -> Picture {
    if !image.color().has_alpha() {
        return to_picture(image.into_rgb8());
    }
    let rgba = image.into_rgba8();
    let (width, height) = (rgba.width() as usize, rgba.height() as usize);
    let mut rgb = Vec::with_capacity(width * height * 3);
    for pixel in rgba.pixels() {
        let [red, green, blue, opacity] = pixel.0;
        let over = |shade: u8| {
            let opacity = u16::from(opacity);
            let mixed = (u16::from(shade) * opacity + 255 * (255 - opacity)) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        rgb.extend([red, green, blue].map(over));
    }
    Picture { width, height, rgb }
}

fn to_picture(image: RgbImage) -> Picture {
    Picture { width: image.width() as usize, height: image.height() as usize, rgb: image.into_raw() }
}

/// As the camera was held.
fn upright(picture: Picture, orientation: Orientation) -> Result<Picture, Failure> {
    if orientation == Orientation::NoTransforms {
        return Ok(picture);
    }
    let edges = u32::try_from(picture.width).ok().zip(u32::try_from(picture.height).ok());
    let image = edges.and_then(|(width, height)| RgbImage::from_raw(width, height, picture.rgb));
    let image = image.ok_or_else(|| Failure::from("the picture cannot be turned".to_owned()))?;
    let mut image = DynamicImage::ImageRgb8(image);
    image.apply_orientation(orientation);
    Ok(to_picture(image.into_rgb8()))
}

/// What is wrong with the bytes, in words for people: those of decoders are for whoever writes one.
fn damaged(kind: Option<ErrorKind>) -> Failure {
    let is_cut = kind == Some(ErrorKind::UnexpectedEof);
    Failure::Damaged { message: if is_cut { "it is cut short" } else { "its data is broken" }.to_owned() }
}

fn refused(error: &ImageError) -> Failure {
    match error {
        ImageError::Unsupported(_) => Failure::NotAPicture { is_heic: false },
        ImageError::IoError(error) => damaged(Some(error.kind())),
        _ => damaged(None),
    }
}

/// The pictures of some telephones are of this kind.
fn is_heic(bytes: &[u8]) -> bool {
    let brand = bytes.get(8..12).unwrap_or_default();
    bytes.get(4..8) == Some(b"ftyp")
        && [b"heic", b"heix", b"mif1", b"msf1", b"hevc"].iter().any(|known| *known == brand)
}

const JPEG: &[u8] = b"\xff\xd8";

/// Whether a JPEG file has its end. Its decoder fills what is missing with grey, as a viewer would. What follows the end, such
/// as a film, is another thing.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xff, marker]) = bytes.get(at..at + 2) {
        match marker {
            0xd9 => return true,
            // Filling, and markers without content.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([high, low]));
                if marker == 0xda {
                    at += scan_length(bytes.get(at..).unwrap_or_default());
                }
            }
        }
    }
    false
}

/// Bytes up to the next marker: in the data of a scan, 0xff is followed by 0, or by a marker that restarts it.
fn scan_length(data: &[u8]) -> usize {
    let is_marker = |two: &[u8]| two[0] == 0xff && !matches!(two[1], 0 | 0xd0..=0xd7 | 0xff);
    data.windows(2).position(is_marker).unwrap_or(data.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_jpeg_is_found_behind_its_thumbnail_and_before_a_film() {
        let thumbnail = b"\xff\xe1\x00\x06\xff\xd8\xff\xd9".as_slice();
        let scan = b"\xff\xda\x00\x03\x00ab\xff\x00c\xff\xd0d".as_slice();
        let whole = [JPEG, thumbnail, scan, b"\xff\xd9", b"film"].concat();
        assert!(is_whole_jpeg(&whole));
        for length in 0..whole.len() - 5 {
            assert!(!is_whole_jpeg(&whole[..length]), "{length}");
        }
    }

    #[test]
    fn what_is_no_picture_is_named() {
        let kind = |bytes: &[u8]| decode(bytes).unwrap_err();
        assert_eq!(kind(b"\0\0\0\x18ftypheic\0\0\0\0"), Failure::NotAPicture { is_heic: true });
        assert_eq!(kind(b"%PDF-1.7 and more"), Failure::NotAPicture { is_heic: false });
        // In words, and not in those of a decoder: "failed to fill whole buffer".
        for bytes in [&b"\x89PNG\r\n\x1a\n\0\0"[..], b"\xff\xd8\xff\xe0", b"RIFF\x08\0\0\0WEBPVP8 "] {
            let Failure::Damaged { message } = kind(bytes) else { panic!("{bytes:?}") };
            assert!(["it is cut short", "its data is broken"].contains(&message.as_str()), "{message}");
        }
    }
}
