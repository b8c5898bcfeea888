//! How large a picture is, as its header says: what is too large is refused where it arrives, before anything is decoded.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use super::PhotoError;
use super::decode::{MOST_DECODED, MOST_PIXELS};

/// What the header of a picture says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Size {
    width: u32,
    height: u32,
    /// Of the decoded picture.
    bytes_per_pixel: u64,
}

impl Size {
    fn of(width: impl Into<u32>, height: impl Into<u32>) -> Self {
        Self { width: width.into(), height: height.into(), bytes_per_pixel: 3 }
    }

    fn is_too_large(self) -> bool {
        let pixels = u64::from(self.width) * u64::from(self.height);
        pixels > MOST_PIXELS || pixels.saturating_mul(self.bytes_per_pixel) > MOST_DECODED
    }
}

/// Refuses a PNG, JPEG or WebP picture that has more pixels than are read. A header that is damaged is not judged: what decodes the
/// picture says what is wrong with it.
pub fn check_size(picture: &Path) -> Result<(), PhotoError> {
    let no_file = |error: io::Error| PhotoError::NoFile { message: error.to_string() };
    let mut file = BufReader::new(File::open(picture).map_err(no_file)?);
    match size_of(&mut file) {
        Ok(Some(size)) if size.is_too_large() => Err(PhotoError::TooLarge { width: size.width, height: size.height }),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
        Err(error) => Err(PhotoError::Io(error)),
    }
}

fn size_of(file: &mut BufReader<impl Read + Seek>) -> io::Result<Option<Size>> {
    match bytes::<2>(file)? {
        [0xff, 0xd8] => of_jpeg(file),
        [0x89, b'P'] => of_png(file),
        [b'R', b'I'] => of_webp(file),
        _ => Ok(None),
    }
}

/// The first chunk is the header (PNG, third edition, 11.2.1).
fn of_png(file: &mut BufReader<impl Read + Seek>) -> io::Result<Option<Size>> {
    let _ = bytes::<6>(file)?;
    let _length = bytes::<4>(file)?;
    if &bytes::<4>(file)? != b"IHDR" {
        return Ok(None);
    }
    let (width, height) = (u32::from_be_bytes(bytes(file)?), u32::from_be_bytes(bytes(file)?));
    let [depth, colour] = bytes(file)?;
    let samples = match colour {
        0 => 1,
        4 => 2,
        6 => 4,
        // A palette is looked up.
        _ => 3,
    };
    Ok(Some(Size { width, height, bytes_per_pixel: samples * if depth > 8 { 2 } else { 1 } }))
}

/// The frame's header comes after any number of other segments (ITU-T T.81, B.2.2).
fn of_jpeg(file: &mut BufReader<impl Read + Seek>) -> io::Result<Option<Size>> {
    loop {
        let [mark] = bytes(file)?;
        if mark != 0xff {
            return Ok(None);
        }
        let [mut marker] = bytes(file)?;
        while marker == 0xff {
            [marker] = bytes(file)?;
        }
        match marker {
            0x01 | 0xd0..=0xd8 => {}
            // The end, or a scan without a frame.
            0xd9 | 0xda => return Ok(None),
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let _length_and_precision = bytes::<3>(file)?;
                let (height, width) = (u16::from_be_bytes(bytes(file)?), u16::from_be_bytes(bytes(file)?));
                return Ok(Some(Size::of(width, height)));
            }
            _ => {
                let length = u16::from_be_bytes(bytes(file)?);
                let Some(rest) = length.checked_sub(2) else { return Ok(None) };
                file.seek_relative(i64::from(rest))?;
            }
        }
    }
}

/// The first chunk has the size, in one of three ways (RFC 9649, 2.5 to 2.7).
fn of_webp(file: &mut BufReader<impl Read + Seek>) -> io::Result<Option<Size>> {
    let _ = bytes::<10>(file)?;
    let kind = bytes::<4>(file)?;
    let _length = bytes::<4>(file)?;
    let three = |[low, middle, high]: [u8; 3]| u32::from_le_bytes([low, middle, high, 0]);
    match &kind {
        b"VP8X" => {
            let _flags = bytes::<4>(file)?;
            let (width, height) = (three(bytes(file)?) + 1, three(bytes(file)?) + 1);
            Ok(Some(Size::of(width, height)))
        }
        b"VP8L" => {
            let _signature = bytes::<1>(file)?;
            let packed = u32::from_le_bytes(bytes(file)?);
            Ok(Some(Size::of((packed & 0x3fff) + 1, ((packed >> 14) & 0x3fff) + 1)))
        }
        b"VP8 " => {
            let _tag_and_start = bytes::<6>(file)?;
            let (width, height) = (u16::from_le_bytes(bytes(file)?), u16::from_le_bytes(bytes(file)?));
            Ok(Some(Size::of(width & 0x3fff, height & 0x3fff)))
        }
        _ => Ok(None),
    }
}

fn bytes<const N: usize>(file: &mut impl Read) -> io::Result<[u8; N]> {
    let mut found = [0; N];
    file.read_exact(&mut found)?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ExtendedColorType, ImageEncoder as _};

    use super::*;

    fn size(bytes: &[u8]) -> Option<Size> {
        size_of(&mut BufReader::new(Cursor::new(bytes))).ok().flatten()
    }

    #[test]
    fn the_size_is_that_of_real_pictures() {
        let grey = vec![7; 21 * 10];
        let mut png = Vec::new();
        let encoder = image::codecs::png::PngEncoder::new(&mut png);
        encoder.write_image(&grey, 21, 10, ExtendedColorType::L8).unwrap();
        assert_eq!(size(&png), Some(Size { width: 21, height: 10, bytes_per_pixel: 1 }));
        let mut jpeg = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new(&mut jpeg);
        encoder.write_image(&grey, 21, 10, ExtendedColorType::L8).unwrap();
        assert_eq!(size(&jpeg), Some(Size::of(21_u32, 10_u32)));
        // A thumbnail in a segment of its own is not the picture.
        let with_thumbnail = [&jpeg[..2], b"\xff\xe1\x00\x08\xff\xd8\xff\xc0\x00\x00", &jpeg[2..]].concat();
        assert_eq!(size(&with_thumbnail), Some(Size::of(21_u32, 10_u32)));
    }

    #[test]
    fn a_webp_picture_has_its_size_in_three_ways() {
        let webp = |kind: &[u8], rest: &[u8]| [b"RIFF\0\0\0\0WEBP".as_slice(), kind, b"\0\0\0\0", rest].concat();
        assert_eq!(size(&webp(b"VP8X", b"\0\0\0\0\x2f\x75\0\x2f\x75\0")), Some(Size::of(30_000_u32, 30_000_u32)));
        assert_eq!(size(&webp(b"VP8L", b"\x2f\x02\x40\x00\x00")), Some(Size::of(3_u32, 2_u32)));
        assert_eq!(size(&webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a\x03\x00\x02\x00")), Some(Size::of(3_u32, 2_u32)));
    }

    #[test]
    fn what_is_too_large_is_refused_and_what_is_damaged_is_left_to_the_decoder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("picture");
        let check = |bytes: &[u8]| {
            std::fs::write(&file, bytes).unwrap();
            check_size(&file)
        };
        let png = |edge: u32, kind: [u8; 2]| {
            [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &edge.to_be_bytes(), &edge.to_be_bytes(), &kind].concat()
        };
        let error = check(&png(30_000, [8, 2])).unwrap_err();
        assert_eq!((error.code(), error.is_transient()), ("picture_too_large", false));
        assert!(error.to_string().contains("30000 × 30000"), "{error}");
        assert!(check(&png(10_000, [8, 2])).is_ok(), "as the largest cameras make them");
        assert!(check(&png(10_000, [16, 6])).is_err(), "its pixels have eight bytes");
        let jpeg = [b"\xff\xd8\xff\xc2\x00\x11\x08".as_slice(), &[0xff; 4]].concat();
        assert!(check(&jpeg).is_err());
        for damaged in [
            b"".as_slice(),
            b"\xff\xd8",
            b"\xff\xd8\xff\xe0\0\0",
            b"\xff\xd8\xff\xe0\xff\xff",
            b"\x89PNG",
            b"RIFF",
            b"?",
        ] {
            assert!(check(damaged).is_ok(), "{damaged:?}");
        }
    }
}
