//! Range requests and preconditions, by RFC 9110, 13 and 14.

use std::ops::Range;

use axum::http::{HeaderMap, Method, header};
use http_range_header::{EndPosition, StartPosition, SyntacticallyCorrectRange, parse_range_header};

use super::entity_tags;

/// More ranges than any player requests: beyond this, the whole is cheaper for both sides.
const MOST: usize = 16;

/// What to send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// The client has it already: 304.
    NotModified,
    /// The whole: 200.
    Whole,
    /// These ranges, in the requested order: 206.
    Parts(Vec<Range<u64>>),
    /// None of the requested ranges exist: 416.
    Unsatisfiable,
}

/// Evaluates the preconditions first, then the ranges. `etag` is strong, with its quotes.
///
/// Bytes are addressed by their content and have no modification date: a date in `If-Range` matches nothing, and the
/// whole is sent.
pub(crate) fn select(method: &Method, headers: &HeaderMap, etag: &str, size: u64) -> Selection {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    if entity_tags::is_known(headers, etag) {
        return Selection::NotModified;
    }
    // Only GET has ranges.
    let Some(range) = text(header::RANGE).filter(|_| *method == Method::GET) else { return Selection::Whole };
    // Strong comparison: a weak tag never matches.
    if headers.contains_key(header::IF_RANGE) && text(header::IF_RANGE).map(str::trim) != Some(etag) {
        return Selection::Whole;
    }
    ranges(range, size)
}

fn ranges(text: &str, size: u64) -> Selection {
    // Range units are case-insensitive.
    let Some((_, set)) = text.split_once('=').filter(|(unit, _)| unit.eq_ignore_ascii_case("bytes")) else {
        return Selection::Whole;
    };
    let all: Vec<&str> = set.split(',').map(|one| one.trim_matches([' ', '\t'])).collect();
    // The last no bytes are valid and exist in no file. The parser takes them for a mistake of the whole header.
    let others: Vec<&str> = all.iter().copied().filter(|one| *one != "-0").collect();
    if others.is_empty() {
        return Selection::Unsatisfiable;
    }
    // An invalid header is ignored.
    let Ok(parsed) = parse_range_header(&format!("bytes={}", others.join(","))) else { return Selection::Whole };
    let asked = parsed.ranges;
    if all.len() > MOST || asked.iter().any(reversed) {
        return Selection::Whole;
    }
    let parts: Vec<_> = asked.iter().filter_map(|range| within(range, size)).collect();
    if parts.is_empty() {
        return Selection::Unsatisfiable;
    }
    // Overlapping ranges would turn a small request into a huge response.
    let mut sorted = parts.clone();
    sorted.sort_by_key(|part| part.start);
    let overlap = sorted.windows(2).any(|pair| matches!(pair, [one, two] if two.start < one.end));
    if overlap { Selection::Whole } else { Selection::Parts(parts) }
}

fn reversed(range: &SyntacticallyCorrectRange) -> bool {
    matches!((range.start, range.end), (StartPosition::Index(start), EndPosition::Index(end)) if end < start)
}

fn within(range: &SyntacticallyCorrectRange, size: u64) -> Option<Range<u64>> {
    let start = match range.start {
        StartPosition::Index(start) => start,
        StartPosition::FromLast(count) => size.saturating_sub(count),
    };
    let end = match range.end {
        EndPosition::Index(last) => last.saturating_add(1).min(size),
        EndPosition::LastByte => size,
    };
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::Selection::{NotModified, Parts, Unsatisfiable, Whole};
    use super::*;

    fn of(pairs: &[(header::HeaderName, &'static str)]) -> Selection {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), axum::http::HeaderValue::from_static(value)));
        select(&Method::GET, &headers.collect(), "\"tag\"", 100)
    }

    #[test]
    fn ranges_are_read_as_rfc_9110_has_them() {
        let one = |range| Parts(vec![range]);
        for (text, expected) in [
            ("bytes=0-9", one(0..10)),
            ("Bytes=0-9", one(0..10)),
            ("bytes=90-", one(90..100)),
            ("bytes=-10", one(90..100)),
            ("bytes=-200", one(0..100)),
            ("bytes=50-999", one(50..100)),
            ("bytes=0-0,10-19", Parts(vec![0..1, 10..20])),
            ("bytes=10-19, 0-0", Parts(vec![10..20, 0..1])),
            ("bytes=0-0,500-600", one(0..1)),
            ("bytes=100-", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=-0,-0", Unsatisfiable),
            ("bytes=-0,0-9", one(0..10)),
            ("bytes=0-9, -0 ,20-29", Parts(vec![0..10, 20..30])),
            ("bytes=-0,500-600", Unsatisfiable),
            ("bytes=a-b,-0", Whole),
            ("bytes=-0,a-b", Whole),
            ("bytes=", Whole),
            ("bytes=200-300,400-", Unsatisfiable),
            ("bytes=9-0", Whole),
            ("bytes=0-50,10-60", Whole),
            ("bytes=a-b", Whole),
            ("bytes", Whole),
            ("lines=0-9", Whole),
        ] {
            assert_eq!(of(&[(header::RANGE, text)]), expected, "{text}");
        }
        let many: &'static str =
            format!("bytes={}", (0..17).map(|n| format!("{n}-{n}")).collect::<Vec<_>>().join(",")).leak();
        assert_eq!(of(&[(header::RANGE, many)]), Whole);
    }

    #[test]
    fn conditions_come_before_ranges() {
        let range = (header::RANGE, "bytes=0-9");
        let ten = 0..10;
        let ten = Parts(vec![ten]);
        let with = |name: header::HeaderName, value| of(&[range.clone(), (name, value)]);
        assert_eq!(with(header::IF_RANGE, "\"tag\""), ten);
        assert_eq!(with(header::IF_RANGE, "\"other\""), Whole);
        assert_eq!(with(header::IF_RANGE, "W/\"tag\""), Whole);
        assert_eq!(with(header::IF_RANGE, "Sat, 29 Oct 1994 19:43:31 GMT"), Whole);
        assert_eq!(with(header::IF_NONE_MATCH, "\"a\", W/\"tag\""), NotModified);
        assert_eq!(with(header::IF_NONE_MATCH, "*"), NotModified);
        assert_eq!(with(header::IF_NONE_MATCH, "\"other\""), ten);
        let headers = [(header::RANGE, axum::http::HeaderValue::from_static("bytes=0-9"))].into_iter().collect();
        assert_eq!(select(&Method::HEAD, &headers, "\"tag\"", 100), Whole);
    }
}
