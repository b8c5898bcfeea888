//! Links to media that work without an account until they expire.
//!
//! The signature is HMAC-SHA-256 (RFC 2104) over the purpose, the key's id, the hash, the file name, how it is to be shown, and the
//! time of expiry. A link reads one blob under one name, and nothing else.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::hash::BlobHash;

/// Why a link is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Its time is over.
    #[error("this link has expired: open the page again for a new one")]
    Expired,
    /// It was not signed here, or something in it was changed.
    #[error("this link is not valid")]
    Forged,
}

/// Signs links and checks them.
#[derive(Clone)]
pub struct Links {
    key: [u8; 32],
}

impl Links {
    /// How long a link works.
    pub const LIFETIME: Duration = Duration::from_hours(6);

    /// With the installation's secret: 32 random bytes.
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The path and query of a link that works until `expires` (seconds since 1970). With `attachment` the browser
    /// saves the file instead of showing it.
    pub fn sign(&self, hash: &BlobHash, name: &str, attachment: bool, expires: i64) -> String {
        let signature = self.signature(hash, name, attachment, expires);
        let save = if attachment { "&save=1" } else { "" };
        format!("/media/{hash}/{}?expires={expires}{save}&signature={signature}", utf8_percent_encode(name, UNRESERVED))
    }

    /// Checks what came with a request at the time `now` (seconds since 1970).
    pub fn check(
        &self,
        hash: &BlobHash,
        name: &str,
        attachment: bool,
        expires: i64,
        signature: &str,
        now: i64,
    ) -> Result<(), LinkError> {
        let right = self.signature(hash, name, attachment, expires);
        if !bool::from(right.as_bytes().ct_eq(signature.as_bytes())) {
            return Err(LinkError::Forged);
        }
        if expires < now { Err(LinkError::Expired) } else { Ok(()) }
    }

    fn signature(&self, hash: &BlobHash, name: &str, attachment: bool, expires: i64) -> String {
        // RFC 2104 fills a shorter key with zeros up to the hash's block of 64 bytes.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.key);
        let mut mac = <Hmac<Sha256>>::new(&block.into());
        mac.update(format!("GET\nmedia\n1\n{hash}\n{name}\n{attachment}\n{expires}").as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}

/// RFC 3986: everything but unreserved characters is escaped.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(link: &str) -> (&str, &str) {
        let (_, signature) = link.split_once("signature=").unwrap();
        (link, signature)
    }

    #[test]
    fn a_link_opens_one_file_until_it_expires() {
        let links = Links::new([7; 32]);
        let hash = BlobHash::of(b"video");
        let link = links.sign(&hash, "my video.mp4", false, 100);
        assert!(link.starts_with(&format!("/media/{hash}/my%20video.mp4?expires=100")));
        let (_, signature) = parts(&link);
        assert_eq!(links.check(&hash, "my video.mp4", false, 100, signature, 99), Ok(()));
        assert_eq!(links.check(&hash, "my video.mp4", false, 100, signature, 101), Err(LinkError::Expired));
        assert_eq!(links.check(&hash, "my video.mp4", false, 900, signature, 99), Err(LinkError::Forged));
        assert_eq!(links.check(&hash, "my video.mp4", true, 100, signature, 99), Err(LinkError::Forged));
        assert_eq!(links.check(&BlobHash::of(b"x"), "my video.mp4", false, 100, signature, 99), Err(LinkError::Forged));
        assert_eq!(Links::new([8; 32]).check(&hash, "my video.mp4", false, 100, signature, 99), Err(LinkError::Forged));
    }
}
