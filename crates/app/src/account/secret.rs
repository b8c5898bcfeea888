//! Secrets that are shown once: 256 random bits, stored as a hash.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng as _;
use sha2::{Digest as _, Sha256};

/// What a secret is for. Its prefix lets a leaked one be found, and keeps one kind from being taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A session, in a cookie.
    Session,
    /// An API token.
    Token,
    /// An invitation, in a link.
    Invitation,
}

impl Purpose {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "slcs_",
            Self::Token => "slct_",
            Self::Invitation => "slci_",
        }
    }
}

/// Characters of a secret that are kept to recognise it by.
const SHOWN: usize = 9;
/// Characters of 32 bytes in base64.
const LENGTH: usize = 43;

/// A secret, as it is given to whom it belongs. It is never logged: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one, from the operating system's generator.
    pub fn new(purpose: Purpose) -> Self {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(format!("{}{}", purpose.prefix(), URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// One that was given to us; none if it cannot be one of this purpose.
    pub fn parse(purpose: Purpose, text: &str) -> Option<Self> {
        let rest = text.strip_prefix(purpose.prefix())?;
        let plain =
            rest.len() == LENGTH && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        plain.then(|| Self(text.to_owned()))
    }

    /// For the one response that shows it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored: SHA-256, in hexadecimal. Looking it up by an index takes the same time for a wrong secret that shares
    /// its start with a right one, since the hashes share nothing.
    pub fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_bytes()))
    }

    /// Its first characters.
    pub fn shown(&self) -> String {
        self.0.chars().take(SHOWN).collect()
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
    fn a_secret_is_of_its_purpose_and_hides_itself() {
        let secret = Secret::new(Purpose::Token);
        assert_eq!(Secret::parse(Purpose::Token, secret.reveal()), Some(secret.clone()));
        assert_eq!(Secret::parse(Purpose::Session, secret.reveal()), None);
        assert_ne!(secret, Secret::new(Purpose::Token));
        assert_eq!((secret.hash().len(), secret.shown().len()), (64, SHOWN));
        assert!(!format!("{secret:?}").contains(&secret.reveal()[10..]));
        let long = format!("{}a", secret.reveal());
        for bad in ["", "slct_", "slct_short", long.as_str(), &secret.reveal().replace(&secret.reveal()[10..11], "=")] {
            assert_eq!(Secret::parse(Purpose::Token, bad), None, "{bad}");
        }
    }
}
