//! A film of any length from one of a second: the index of the file has the second's frames again and again.

use bytes::Bytes;

/// A second of a presenter with silence, without frames that depend on later ones.
const SECOND: &[u8] = include_bytes!("../../assets/presenter-1.mp4");
/// Units of the lengths in the head of the film.
const MILLIS: u32 = 1_000;

/// The second, repeated and cut off after so many milliseconds.
pub(super) fn lasting(millis: u32) -> Bytes {
    made(millis.max(1)).unwrap_or_else(|| Bytes::from_static(SECOND))
}

/// The frames come first, so that their places do not depend on the index.
fn made(millis: u32) -> Option<Bytes> {
    let kept = |wanted: [u8; 4]| boxes(SECOND).find(|(name, ..)| *name == wanted);
    let (_, head, _) = kept(*b"ftyp")?;
    let (_, frames, old) = kept(*b"mdat")?;
    let (_, index, _) = kept(*b"moov")?;
    let mut film = boxed(*b"ftyp", head);
    let film_frames = film.len() + 8;
    film.extend(boxed(*b"mdat", frames));
    // The index's places are in the file of a second.
    let moved = |at: u32| u32::try_from(usize::try_from(at).ok()?.checked_sub(old)? + film_frames).ok();
    film.extend(boxed(*b"moov", &repeated(index, &Track { millis, ..Track::default() }, &moved)?));
    Some(film.into())
}

/// What is known of a track below its index.
#[derive(Debug, Clone, Default)]
struct Track {
    millis: u32,
    /// Its length in its own units.
    length: u32,
    /// The length of a frame in these.
    each: u32,
    /// How many frames it has, and how many it is to have.
    frames: u32,
    wanted: u32,
    /// Places and sizes of the frames of the second.
    places: Vec<(u32, u32)>,
}

impl Track {
    /// By the boxes of a track.
    fn of(track: &[u8], millis: u32) -> Option<Self> {
        let media = inside(track, *b"mdia")?;
        let scale = number(inside(media, *b"mdhd")?, 12)?;
        let table = inside(inside(media, *b"minf")?, *b"stbl")?;
        let each = number(inside(table, *b"stts")?, 12)?;
        let length = u32::try_from(u64::from(millis) * u64::from(scale) / u64::from(MILLIS)).ok()?.max(1);
        let places = places(table)?;
        let frames = u32::try_from(places.len()).ok().filter(|frames| *frames > 0)?;
        Some(Self { millis, length, each, frames, wanted: length.div_ceil(each), places })
    }
}

/// Places and sizes of all frames.
fn places(table: &[u8]) -> Option<Vec<(u32, u32)>> {
    let (sizes, chunks) = (inside(table, *b"stsz")?, inside(table, *b"stco")?);
    let runs = inside(table, *b"stsc")?;
    let run = |n: usize| Some((number(runs, 8 + n * 12)?, number(runs, 12 + n * 12)?));
    let (fixed, mut places, mut n) = (number(sizes, 4)?, Vec::new(), 0);
    for chunk in 0..number(chunks, 4)? {
        // A run of chunks with the same number of frames begins at one that is counted from 1.
        while run(n + 1).is_some_and(|(first, _)| first <= chunk + 1) {
            n += 1;
        }
        let mut at = number(chunks, 8 + usize::try_from(chunk).ok()? * 4)?;
        for _ in 0..run(n)?.1 {
            let size = if fixed > 0 { fixed } else { number(sizes, 12 + places.len() * 4)? };
            places.push((at, size));
            at += size;
        }
    }
    Some(places)
}

/// The boxes of the index, with the lengths and the frames of the film.
fn repeated(content: &[u8], track: &Track, moved: &dyn Fn(u32) -> Option<u32>) -> Option<Vec<u8>> {
    let mut made = Vec::new();
    for (name, content, _) in boxes(content) {
        let table = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
        let frame = |n: u32| track.places.get(usize::try_from(n % track.frames).ok()?).copied();
        let content = match &name {
            b"trak" => repeated(content, &Track::of(content, track.millis)?, moved)?,
            b"mdia" | b"minf" | b"stbl" => repeated(content, track, moved)?,
            b"mvhd" => with(content, 16, track.millis)?,
            b"tkhd" => with(content, 20, track.millis)?,
            b"mdhd" => with(content, 16, track.length)?,
            b"stts" => {
                let last = track.length - (track.wanted - 1) * track.each;
                table(&[0, 2, track.wanted - 1, track.each, 1, last])
            }
            b"stss" => {
                let begins = (0..track.wanted).filter(|n| n % track.frames == 0).map(|n| n + 1);
                let mut numbers = vec![0, track.wanted.div_ceil(track.frames)];
                numbers.extend(begins);
                table(&numbers)
            }
            b"stsc" => table(&[0, 1, 1, 1, 1]),
            b"stsz" => {
                let mut numbers = vec![0, 0, track.wanted];
                numbers.extend((0..track.wanted).map_while(|n| Some(frame(n)?.1)));
                table(&numbers)
            }
            b"stco" => {
                let mut numbers = vec![0, track.wanted];
                numbers.extend((0..track.wanted).map_while(|n| moved(frame(n)?.0)));
                table(&numbers)
            }
            // What begins where, of a second, is not so of the film.
            b"edts" | b"sgpd" | b"sbgp" => continue,
            _ => content.to_vec(),
        };
        made.extend(boxed(name, &content));
    }
    Some(made)
}

fn boxed(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap_or(u32::MAX);
    [&size.to_be_bytes(), &name[..], content].concat()
}

/// The boxes of a file or within a box: name, content, and where that begins.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8], usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let end = at + usize::try_from(number(bytes, at)?).ok()?;
        let name = *bytes.get(at + 4..)?.first_chunk()?;
        let (content, begin) = (bytes.get(at + 8..end)?, at + 8);
        at = end;
        Some((name, content, begin))
    })
}

fn inside(bytes: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    boxes(bytes).find(|(name, ..)| *name == wanted).map(|(_, content, _)| content)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// The content with a number at a place.
fn with(content: &[u8], at: usize, number: u32) -> Option<Vec<u8>> {
    let mut content = content.to_vec();
    content.get_mut(at..at + 4)?.copy_from_slice(&number.to_be_bytes());
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::length;

    #[test]
    fn a_film_lasts_as_long_as_is_asked() {
        for millis in [1, 200, 999, 1_000, 1_001, 14_999, 15_000, 15_001, 62_345, 600_000] {
            let film = made(millis).unwrap();
            assert_eq!(length::seconds(&film), Some(f64::from(millis) / 1_000.0));
            let names: Vec<[u8; 4]> = boxes(&film).map(|(name, ..)| name).collect();
            assert_eq!(names, [*b"ftyp", *b"mdat", *b"moov"]);
            let tracks = boxes(inside(&film, *b"moov").unwrap()).filter(|(name, ..)| name == b"trak");
            for (_, track, _) in tracks {
                let places =
                    places(inside(inside(inside(track, *b"mdia").unwrap(), *b"minf").unwrap(), *b"stbl").unwrap());
                for (at, size) in places.unwrap() {
                    let (at, size) = (usize::try_from(at).unwrap(), usize::try_from(size).unwrap());
                    assert!(SECOND.windows(size).any(|frame| Some(frame) == film.get(at..at + size)), "{at}");
                }
            }
        }
    }
}
