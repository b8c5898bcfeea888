//! When to come back, and what is left of a quota: what providers say about it in headers. What cannot be read is ignored.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

use super::header;

/// The longest that a provider may ask to be left alone.
const LONGEST: Duration = Duration::from_hours(24);

/// How long the provider asks to be left alone: milliseconds, seconds, or a date, which is compared with the provider's own
/// clock.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let after = header(headers, "retry-after-ms")
        .and_then(|text| from_seconds(text.parse::<f64>().ok()? / 1000.0))
        .or_else(|| {
            let text = header(headers, RETRY_AFTER.as_str())?;
            text.parse().ok().and_then(from_seconds).or_else(|| {
                let at = httpdate::parse_http_date(text).ok()?;
                Some(at.duration_since(clock(headers)?).unwrap_or(Duration::ZERO))
            })
        })?;
    Some(after.min(LONGEST))
}

/// The requests that are left, and when that resets: of OpenAI (a duration) and of OpenRouter (milliseconds since 1970). Without
/// tokens none is left.
pub(crate) fn quota(headers: &HeaderMap) -> Option<(u32, Duration)> {
    let number = |name: &str| header(headers, name)?.parse::<u32>().ok();
    let of_openai = || {
        let left = number("x-ratelimit-remaining-requests")?;
        Some((left, duration(header(headers, "x-ratelimit-reset-requests")?)?))
    };
    let requests = of_openai().or_else(|| window(headers));
    let (left, resets_in) = match (requests, no_tokens_for(headers)) {
        (Some((0, requests)), Some(tokens)) => (0, requests.max(tokens)),
        (_, Some(tokens)) => (0, tokens),
        (requests, None) => requests?,
    };
    Some((left, resets_in.min(LONGEST)))
}

/// How long no tokens are left at OpenAI. Servers that count none may say 0, and that it resets at once.
fn no_tokens_for(headers: &HeaderMap) -> Option<Duration> {
    let left: u64 = header(headers, "x-ratelimit-remaining-tokens")?.parse().ok()?;
    let resets_in = duration(header(headers, "x-ratelimit-reset-tokens")?)?;
    (left == 0 && !resets_in.is_zero()).then_some(resets_in)
}

/// How long nothing is left of a window of requests: OpenRouter says so where it refuses one, and sends no `Retry-After` with it.
pub(crate) fn used_up_for(headers: &HeaderMap) -> Option<Duration> {
    // A moment that is past says nothing: others send seconds under the same names.
    let (left, resets_in) = window(headers)?;
    (left == 0 && !resets_in.is_zero()).then(|| resets_in.min(LONGEST))
}

/// A window of OpenRouter's: what is left of it, and when it ends.
fn window(headers: &HeaderMap) -> Option<(u32, Duration)> {
    let left = header(headers, "x-ratelimit-remaining")?.parse().ok()?;
    let millis = header(headers, "x-ratelimit-reset")?.parse().ok()?;
    let at = UNIX_EPOCH.checked_add(Duration::from_millis(millis))?;
    Some((left, at.duration_since(clock(headers)?).unwrap_or(Duration::ZERO)))
}

/// The provider's clock, by the head of its answer.
pub(crate) fn clock(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(header(headers, DATE.as_str())?).ok()
}

/// A duration as Go writes it (`1m7.5s`, `12ms`), or plain seconds.
fn duration(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return from_seconds(seconds);
    }
    let (mut sum, mut rest) = (0.0, text.trim());
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let unit = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(unit)?;
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        sum += number.parse::<f64>().ok()? * seconds;
        rest = tail;
    }
    from_seconds(sum)
}

fn from_seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn durations_are_read_as_go_writes_them() {
        for (text, millis) in [
            ("12ms", 12),
            ("1s", 1_000),
            ("7.66s", 7_660),
            ("6m0s", 360_000),
            ("1m7.5s", 67_500),
            ("2h3m4s", 7_384_000),
            ("0", 0),
            ("30", 30_000),
        ] {
            assert_eq!(duration(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for bad in ["-1", "soon", "5 parsecs", "1.2.3s", "NaN", "inf", "m"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn retry_after_is_seconds_milliseconds_or_a_date() {
        let after = |pairs: &[(&'static str, &'static str)]| retry_after(&headers(pairs));
        assert_eq!(after(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(after(&[("retry-after", "7"), ("retry-after-ms", "250.5")]), Some(Duration::from_micros(250_500)));
        let date = ("date", "Sat, 28 Nov 2026 12:00:00 GMT");
        assert_eq!(after(&[date, ("retry-after", "Sat, 28 Nov 2026 12:01:30 GMT")]), Some(Duration::from_secs(90)));
        assert_eq!(after(&[date, ("retry-after", "Sat, 28 Nov 2026 11:00:00 GMT")]), Some(Duration::ZERO));
        assert_eq!(after(&[("retry-after", "99999999")]), Some(LONGEST));
        for bad in ["", "-3", "soon"] {
            assert_eq!(after(&[date, ("retry-after", bad)]), None, "{bad}");
        }
        assert_eq!(
            after(&[("retry-after", "Sat, 28 Nov 2026 12:01:30 GMT")]),
            None,
            "there is no clock to compare with"
        );
    }

    #[test]
    fn quotas_of_both_kinds_are_read() {
        let openai = headers(&[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "1m0s")]);
        assert_eq!(quota(&openai), Some((0, Duration::from_mins(1))));
        let openrouter = headers(&[
            ("date", "Thu, 01 Jan 1970 00:00:10 GMT"),
            ("x-ratelimit-remaining", "3"),
            ("x-ratelimit-reset", "12500"),
        ]);
        assert_eq!(quota(&openrouter), Some((3, Duration::from_millis(2_500))));
        assert_eq!(used_up_for(&openrouter), None, "three are left");
        let refused = headers(&[
            ("date", "Thu, 01 Jan 1970 00:00:10 GMT"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "70000"),
        ]);
        assert_eq!(used_up_for(&refused), Some(Duration::from_mins(1)));
        assert_eq!(used_up_for(&openai), None, "a request of it is free before all of them are");
        let in_seconds = headers(&[
            ("date", "Thu, 01 Jan 1970 00:00:10 GMT"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1"),
        ]);
        assert_eq!(used_up_for(&in_seconds), None, "the provider's own backoff holds");
        for (left, resets_in, tokens, tokens_in, expected) in [
            ("57", "1s", "0", "6m0s", Some((0, 360))),
            ("0", "1m0s", "0", "7s", Some((0, 60))),
            ("57", "1s", "149984", "6ms", Some((57, 1))),
            ("57", "1s", "0", "0", Some((57, 1))),
            ("57", "1s", "-1", "6m0s", Some((57, 1))),
            ("?", "?", "0", "7s", Some((0, 7))),
            ("?", "?", "0", "soon", None),
        ] {
            let both = headers(&[
                ("x-ratelimit-remaining-requests", left),
                ("x-ratelimit-reset-requests", resets_in),
                ("x-ratelimit-remaining-tokens", tokens),
                ("x-ratelimit-reset-tokens", tokens_in),
            ]);
            let expected = expected.map(|(left, seconds)| (left, Duration::from_secs(seconds)));
            assert_eq!(quota(&both), expected, "{left} {resets_in}, {tokens} {tokens_in}");
        }
        let azure = headers(&[("x-ratelimit-remaining-requests", "-1"), ("x-ratelimit-reset-requests", "0")]);
        assert_eq!(quota(&azure), None);
    }
}
