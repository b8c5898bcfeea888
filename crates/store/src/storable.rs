//! The bounds of values that both databases store unchanged. Jobs, callers and providers may pass anything. A value that a
//! database rejects would make its row unwritable, and one that cannot be parsed again would make it unreadable, so every
//! value is brought into bounds where it enters.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::Value;
use sluice_domain::money::MicroUsd;

use crate::StoreError;

/// Longest name in bytes: of a step, a signal, a key, a subject. `PostgreSQL` refuses index entries over 2,704 bytes, and
/// an index may have several names.
pub const NAME_LIMIT: usize = 512;
/// Longest text of a log line or an error message in bytes: the output of a foreign program can be very long.
pub const TEXT_LIMIT: usize = 4_096;
/// Deepest JSON. The parser refuses to read what is deeper than 127.
const JSON_DEPTH: usize = 100;
/// Longest delay, wait or time to live. Sums of a few of these and the present time fit into 64 bits.
const LONGEST_SPAN: Duration = Duration::from_hours(24 * 366 * 100);
/// The largest amount of money, a thousand million dollars: sums of many fit into 64 bits.
const MOST_MONEY: MicroUsd = MicroUsd(1_000_000_000_000_000);

/// The text without NUL, which `PostgreSQL` cannot store.
pub fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// The text without NUL, truncated at a character boundary to at most `limit` bytes.
pub fn cut(long: &str, limit: usize) -> String {
    let mut short = text(long).into_owned();
    if short.len() > limit {
        short.truncate(short.floor_char_boundary(limit.saturating_sub('…'.len_utf8())));
        short.push('…');
    }
    short
}

/// A fraction, clamped to 0..=1; NaN becomes 0.
pub fn fraction(part: f64) -> f64 {
    if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) }
}

/// A duration, at most a hundred years.
pub fn span(time: Duration) -> Duration {
    time.min(LONGEST_SPAN)
}

/// An amount of money, clamped so that it is not negative and sums do not overflow.
pub fn money(amount: MicroUsd) -> MicroUsd {
    MicroUsd(amount.0.clamp(0, MOST_MONEY.0))
}

/// Refuses a name that is too long for an index; `what` names it in the error.
pub fn name(what: &str, name: &str) -> Result<(), StoreError> {
    let bytes = name.len();
    if bytes <= NAME_LIMIT {
        return Ok(());
    }
    Err(StoreError::NotStorable { what: format!("{what} has {bytes} bytes, and may have {NAME_LIMIT}") })
}

/// Refuses JSON that is nested too deeply to be parsed again; `what` names it in the error.
pub fn json(what: &str, value: &Value) -> Result<(), StoreError> {
    if is_within(value, JSON_DEPTH) {
        return Ok(());
    }
    Err(too_deep(what))
}

/// The same for JSON that is text already.
pub fn written_json(what: &str, text: &str) -> Result<(), StoreError> {
    let (mut depth, mut in_text, mut escaped) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth -= 1,
            _ => {}
        }
        if depth > JSON_DEPTH {
            return Err(too_deep(what));
        }
    }
    Ok(())
}

fn too_deep(what: &str) -> StoreError {
    StoreError::NotStorable { what: format!("{what} is nested more than {JSON_DEPTH} levels deep") }
}

fn is_within(value: &Value, depth: usize) -> bool {
    match value {
        Value::Array(items) => depth > 0 && items.iter().all(|item| is_within(item, depth - 1)),
        Value::Object(fields) => depth > 0 && fields.values().all(|field| is_within(field, depth - 1)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_brought_into_bounds() {
        assert_eq!(text("a\0b"), "a\u{fffd}b");
        assert_eq!(cut("äöü", 5), "ä…");
        assert_eq!(cut("äöü", 6), "äöü");
        let fractions = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.5].map(fraction);
        assert!(fractions.iter().zip([0.0, 1.0, 0.0, 0.5]).all(|(made, right)| (made - right).abs() < f64::EPSILON));
        assert_eq!(money(MicroUsd(-1)), MicroUsd(0));
        assert!(name("a key", &"k".repeat(513)).is_err());
    }

    #[test]
    fn json_that_could_not_be_read_again_is_refused() {
        let nested = |depth: usize| (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
        assert!(json("it", &nested(100)).is_ok());
        assert!(serde_json::from_str::<Value>(&nested(100).to_string()).is_ok());
        assert!(json("it", &nested(101)).is_err());
        assert!(serde_json::from_str::<Value>(&nested(200).to_string()).is_err());
    }
}
