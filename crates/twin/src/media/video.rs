//! Presenters: short videos with silence. The shortest that lasts as long as its script.

use bytes::Bytes;

/// The videos, by their seconds.
const VIDEOS: [(f64, &[u8]); 5] = [
    (2.0, include_bytes!("../../assets/presenter-2.mp4")),
    (5.0, include_bytes!("../../assets/presenter-5.mp4")),
    (10.0, include_bytes!("../../assets/presenter-10.mp4")),
    (20.0, include_bytes!("../../assets/presenter-20.mp4")),
    (40.0, include_bytes!("../../assets/presenter-40.mp4")),
];
const WEBM: (f64, &[u8]) = (5.0, include_bytes!("../../assets/presenter-5.webm"));

/// A video of about `seconds` (at most 40), in a format of D-ID: its seconds, its type and its bytes.
pub(crate) fn presenter(seconds: f64, format: &str) -> (f64, &'static str, Bytes) {
    let ((length, bytes), kind) = if format == "webm" {
        (WEBM, "video/webm")
    } else {
        let [.., longest] = VIDEOS;
        (VIDEOS.into_iter().find(|(length, _)| *length >= seconds).unwrap_or(longest), "video/mp4")
    };
    (length, kind, Bytes::from_static(bytes))
}
