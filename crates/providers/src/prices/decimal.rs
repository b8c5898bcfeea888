//! Decimal texts as whole numbers: money is never rounded by floating point.

/// Digits that are kept: with more in front of the point, a price would be no price.
const DIGITS: usize = 18;

/// `text` times ten to the power of `shift`, rounded up. Reads `0.25`, `12` and `1.4e-05`, as JSON writes numbers; nothing that is
/// negative or absurdly large.
pub(crate) fn scaled_up(text: &str, shift: i32) -> Option<i64> {
    let text = text.trim();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{part}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) || exponent.abs() > 400 {
        return None;
    }
    // Where the point is, counted in digits from the left.
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?.checked_add(shift)?;
    let leading = digits.len() - digits.trim_start_matches('0').len();
    let (digits, point) = (digits.trim_start_matches('0'), point - i32::try_from(leading).ok()?);
    if digits.is_empty() {
        return Some(0);
    }
    let Ok(kept) = usize::try_from(point) else { return Some(1) };
    if kept > DIGITS {
        return None;
    }
    let (before, after) = digits.split_at_checked(kept).unwrap_or((digits, ""));
    let zeros = "0".repeat(kept - before.len());
    let number: i64 = format!("0{before}{zeros}").parse().ok()?;
    Some(number + i64::from(after.bytes().any(|byte| byte != b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_texts_are_scaled_and_rounded_up() {
        for (text, shift, expected) in [
            ("0.25", 6, Some(250_000)),
            ("12", 6, Some(12_000_000)),
            ("1.4e-05", 6, Some(14)),
            ("0.000014", 6, Some(14)),
            ("0.00001400000000000001", 6, Some(15)),
            ("1e-9", 6, Some(1)),
            ("0", 6, Some(0)),
            ("0.0", 6, Some(0)),
            ("-0.1", 6, None),
            ("1e30", 6, None),
            ("", 6, None),
            (".", 6, None),
            ("1,5", 6, None),
            ("NaN", 6, None),
            ("0012.50", 1, Some(125)),
        ] {
            assert_eq!(scaled_up(text, shift), expected, "{text}");
        }
    }
}
