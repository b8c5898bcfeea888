//! Numbers that change their kind.

/// A count as a number with a fraction; beyond 32 bits it stays at the largest.
pub(crate) fn float(count: usize) -> f64 {
    u32::try_from(count).map_or_else(|_| f64::from(u32::MAX), f64::from)
}

/// The whole number at or above `value`; zero for what is negative or no number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped, and `as` saturates")]
pub(crate) fn ceil(value: f64) -> u64 {
    value.max(0.0).ceil() as u64
}

/// [`ceil`] for lengths.
pub(crate) fn ceil_len(value: f64) -> usize {
    usize::try_from(ceil(value)).unwrap_or(usize::MAX)
}

/// A count in 64 bits.
pub(crate) fn long(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// `value` to three decimals, as times in replies are.
pub(crate) fn thousandths(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// A number in `0.0..1.0` from the upper bits of a hash.
pub(crate) fn unit(hash: u64) -> f64 {
    u32::try_from(hash >> 32).map_or(0.0, |upper| f64::from(upper) / 4_294_967_296.0)
}
