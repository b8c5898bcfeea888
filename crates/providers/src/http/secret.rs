//! Keys of providers, which nothing shows.

use std::fmt;

use http::HeaderValue;

/// A key, a token, a password. `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// A text that can be no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// There is nothing in it.
    #[error("the key is empty: give the provider's key, or leave the setting out")]
    Empty,
    /// It has a line end, which would begin another header.
    #[error("the key has a line end in it: copy the key alone, on one line")]
    LineEnd,
    /// It has a character that no header can have.
    #[error("the key has a character that no key has: copy it again, without blanks and quotation marks around it")]
    Character,
}

impl Secret {
    /// Checks that it can be sent. Blanks and line ends around it are refused as well: what is stored is what is sent.
    pub fn new(text: &str) -> Result<Self, InvalidSecret> {
        if text.trim().is_empty() {
            return Err(InvalidSecret::Empty);
        }
        if text.contains(['\n', '\r']) {
            return Err(InvalidSecret::LineEnd);
        }
        if text.trim() != text || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(InvalidSecret::Character);
        }
        Ok(Self(text.to_owned()))
    }

    /// Its text, for a header or a signature.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// As the value of a header, which is not logged.
    pub(crate) fn header(&self) -> Result<HeaderValue, InvalidSecret> {
        let mut value = HeaderValue::from_str(&self.0).map_err(|_| InvalidSecret::Character)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_line_and_never_shown() {
        assert_eq!(format!("{:?}", Secret::new("sk-abc").unwrap()), "Secret(…)");
        for (bad, why) in [
            ("", InvalidSecret::Empty),
            (" \n", InvalidSecret::Empty),
            ("sk-abc\n", InvalidSecret::LineEnd),
            ("sk-abc\r\nX-Evil: 1", InvalidSecret::LineEnd),
            (" sk-abc", InvalidSecret::Character),
            ("sk-ab\u{e9}", InvalidSecret::Character),
            ("sk\0abc", InvalidSecret::Character),
        ] {
            assert_eq!(Secret::new(bad).unwrap_err(), why, "{bad:?}");
        }
    }
}
