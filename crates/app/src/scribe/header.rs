//! The first bytes of containers.

/// Whether a file may begin with these bytes.
type Begins = fn(&[u8]) -> bool;

/// The kinds of sound that a segment may be.
const KINDS: [(&str, Begins); 8] = [
    // EBML.
    ("audio/webm", |head| head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3])),
    ("video/webm", |head| head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3])),
    ("audio/ogg", |head| head.starts_with(b"OggS")),
    ("audio/mp4", |head| head.get(4..8) == Some(b"ftyp")),
    ("video/mp4", |head| head.get(4..8) == Some(b"ftyp")),
    ("audio/wav", |head| head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE")),
    ("audio/flac", |head| head.starts_with(b"fLaC")),
    ("audio/mpeg", |head| head.starts_with(b"ID3") || matches!(head, [0xff, second, ..] if second & 0xe0 == 0xe0)),
];

/// How many of the first bytes decide.
pub(super) const HEAD: usize = 12;

/// The media type without its parameters, if a segment may be of it.
pub(super) fn kind(media_type: &str) -> Option<&'static str> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    KINDS.iter().map(|(kind, _)| *kind).find(|kind| kind.eq_ignore_ascii_case(essence))
}

/// The kinds that a segment may be, for an error.
pub(super) fn kinds() -> String {
    KINDS.map(|(kind, _)| kind).join(", ")
}

/// Whether a segment of this media type may begin with these bytes.
pub(super) fn begins(media_type: &str, head: &[u8]) -> bool {
    let kind = kind(media_type);
    KINDS.iter().any(|(known, begins)| Some(*known) == kind && begins(head))
}

/// The media type of a file that begins with these bytes, as if it had no picture.
pub(super) fn sniff(head: &[u8]) -> Option<&'static str> {
    KINDS.iter().find(|(_, begins)| begins(head)).map(|(kind, _)| *kind)
}

/// The media type of a file of this one that may have a picture, too.
pub(super) fn with_picture(media_type: &'static str, is_video: bool) -> &'static str {
    match media_type {
        "audio/webm" if is_video => "video/webm",
        "audio/mp4" if is_video => "video/mp4",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_known_by_its_first_bytes() {
        assert_eq!(kind("Audio/WebM;codecs=opus"), Some("audio/webm"));
        assert_eq!(kind("text/html"), None);
        assert!(begins("audio/webm;codecs=opus", &[0x1a, 0x45, 0xdf, 0xa3, 0x9f]));
        assert!(begins("audio/mp4", b"\0\0\0\x1cftypM4A "));
        assert!(begins("audio/mpeg", &[0xff, 0xfb, 0x90]));
        assert!(!begins("audio/webm", b"OggS"));
        assert!(!begins("audio/wav", b"RIFF\0\0\0\0AVI "));
        assert!(!begins("audio/mpeg", b""));
        assert_eq!(sniff(b"\0\0\0\x1cftypM4A ").map(|kind| with_picture(kind, true)), Some("video/mp4"));
        assert_eq!((sniff(b"OggS\0"), sniff(b"%PDF-1.7")), (Some("audio/ogg"), None));
    }
}
