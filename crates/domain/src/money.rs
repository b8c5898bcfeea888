//! Money in whole micro-dollars, so that sums are exact.

use std::fmt;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

/// Millionths of a US dollar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MicroUsd(pub i64);

impl Add for MicroUsd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for MicroUsd {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl MicroUsd {
    /// Every decimal that is not zero, as prices are written: `$0.125`, `$2`.
    pub fn exact(self) -> String {
        let text = decimals(self.0.unsigned_abs());
        format!("{}{}", self.sign(), text.trim_end_matches('0').trim_end_matches('.'))
    }

    /// What is offered before it is spent: shown like any amount, but never less than it is.
    #[must_use]
    pub fn at_most(self) -> Self {
        let micro = self.0.max(0);
        let unit = if micro < 10_000 { 10_i64.pow(micro.max(1).ilog10().saturating_sub(1)) } else { 10_000 };
        Self(micro.saturating_add(unit - 1) / unit * unit)
    }

    const fn sign(self) -> &'static str {
        if self.0 < 0 { "-$" } else { "$" }
    }
}

/// All six of them.
fn decimals(micro: u64) -> String {
    format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000)
}

/// In cents; what is less than one by its first two digits, so that it does not look like nothing: `$1.23`, `$0.0015`.
impl fmt::Display for MicroUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micro = self.0.unsigned_abs();
        if micro == 0 || micro >= CENT {
            let cents = (micro + CENT / 2) / CENT;
            return write!(f, "{}{}.{:02}", self.sign(), cents / 100, cents % 100);
        }
        let unit = 10_u64.pow(micro.ilog10().saturating_sub(1));
        let text = decimals((micro + unit / 2) / unit * unit);
        let kept = text.trim_end_matches('0').len().max("0.00".len());
        write!(f, "{}{}", self.sign(), text.get(..kept).unwrap_or(&text))
    }
}

const CENT: u64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_shown_in_dollars() {
        assert_eq!(MicroUsd(0).to_string(), "$0.00");
        assert_eq!(MicroUsd(1_234_567).to_string(), "$1.23");
        assert_eq!(MicroUsd(-20_000).to_string(), "-$0.02");
        let small = [
            (1, "$0.000001"),
            (99, "$0.000099"),
            (150, "$0.00015"),
            (1_500, "$0.0015"),
            (1_549, "$0.0015"),
            (5_000, "$0.005"),
        ];
        for (micro, shown) in small {
            assert_eq!(MicroUsd(micro).to_string(), shown);
        }
        assert_eq!((MicroUsd(9_999).to_string().as_str(), MicroUsd(-7).to_string().as_str()), ("$0.01", "-$0.000007"));
    }

    #[test]
    fn an_offer_is_never_shown_as_less_than_it_is() {
        for (micro, shown) in [
            (0, "$0.00"),
            (1, "$0.000001"),
            (101, "$0.00011"),
            (1_500, "$0.0015"),
            (1_501, "$0.0016"),
            (9_901, "$0.01"),
            (10_000, "$0.01"),
            (10_001, "$0.02"),
            (1_230_001, "$1.24"),
        ] {
            assert_eq!(MicroUsd(micro).at_most().to_string(), shown);
        }
    }

    #[test]
    fn prices_are_shown_in_full() {
        for (micro, shown) in [
            (150_000, "$0.15"),
            (2_000_000, "$2"),
            (1, "$0.000001"),
            (0, "$0"),
            (10_500_000, "$10.5"),
            (-125_000, "-$0.125"),
        ] {
            assert_eq!(MicroUsd(micro).exact(), shown);
        }
    }
}
