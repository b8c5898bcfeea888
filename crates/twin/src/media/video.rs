//! Presenters: videos with silence that last as long as their script, and a short one with a transparent background.

use bytes::Bytes;

use super::film;
use crate::numbers::{ceil, thousandths};

const WEBM: (f64, &[u8]) = (5.0, include_bytes!("../../assets/presenter-5.webm"));

/// The longest video that is made, in seconds: its index has each of its pictures.
const LONGEST: f64 = 3_600.0;

/// How long a presenter is who speaks for `seconds`, in a format of D-ID: just as long up to an hour, but for `WebM`, of which
/// there is one.
pub(crate) fn length(seconds: f64, format: &str) -> f64 {
    if format == "webm" { WEBM.0 } else { thousandths(seconds).clamp(0.001, LONGEST) }
}

/// A video of a presenter who speaks for `seconds`: its type and its bytes.
pub(crate) fn presenter(seconds: f64, format: &str) -> (&'static str, Bytes) {
    if format == "webm" {
        return ("video/webm", Bytes::from_static(WEBM.1));
    }
    let millis = ceil((length(seconds, format) * 1_000.0).round());
    ("video/mp4", film::lasting(u32::try_from(millis).unwrap_or(u32::MAX)))
}
