//! A provider's secret, as it is used.

use std::fmt;

/// Longest, in bytes.
const LONGEST: usize = 512;
/// A secret that is shorter is not shown in part.
const LEAST_SHOWN: usize = 12;
/// How many of its last characters are shown.
const ENDING: usize = 4;

/// A secret of a provider. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

/// Why a text is no secret of a provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is nothing.
    #[error("there is no key: send it as the provider shows it")]
    Empty,
    /// It is too long.
    #[error("the key has {bytes} bytes, and may have {LONGEST}: send the key alone")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// It has characters that no header takes.
    #[error(
        "the key has a line end, a space, or a character that is not ASCII: copy it again, without what is around it"
    )]
    NotPlain,
}

impl Key {
    /// From 1 to 512 visible characters of ASCII.
    pub fn new(text: String) -> Result<Self, KeyError> {
        match text.len() {
            0 => Err(KeyError::Empty),
            bytes if bytes > LONGEST => Err(KeyError::TooLong { bytes }),
            _ if !text.bytes().all(|byte| byte.is_ascii_graphic()) => Err(KeyError::NotPlain),
            _ => Ok(Self(text)),
        }
    }

    /// For the request that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its last four characters, to recognise it by; nothing of a short one.
    pub fn ending(&self) -> &str {
        let from = if self.0.len() < LEAST_SHOWN { self.0.len() } else { self.0.len() - ENDING };
        self.0.get(from..).unwrap_or_default()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_plain_and_not_long() {
        let key = |text: &str| Key::new(text.to_owned());
        assert_eq!(key("sk-0123456789").unwrap().ending(), "6789");
        assert_eq!(key("short").unwrap().ending(), "", "too little would be left");
        assert_eq!(key(""), Err(KeyError::Empty));
        assert_eq!(key(&"x".repeat(513)), Err(KeyError::TooLong { bytes: 513 }));
        assert!(key(&"x".repeat(512)).is_ok());
        for bad in ["sk-1\n", "sk-1\r\nX-Other: 1", "sk 1", "schlüssel", "sk-1\0", "sk-\u{7f}", "\tsk"] {
            assert_eq!(key(bad), Err(KeyError::NotPlain), "{bad:?}");
        }
        assert_eq!(format!("{:?}", key("sk-0123456789").unwrap()), "Key(..)");
    }
}
