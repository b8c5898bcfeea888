//! Links to media that work without an account until they expire.
//!
//! The signature is HMAC-SHA-256 (RFC 2104) over the purpose, the method, the path, the time of expiry, the disposition, the
//! key's id, and whose link it is in which epoch. A link reads one blob under one name in one way, and nothing else. The host is not
//! signed: the same server is reached under several names, and the key belongs to it alone.

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
    /// It was not signed here, something in it was changed, or its key is no longer valid.
    #[error("this link is not valid: it was changed, or the keys of this server have been replaced since")]
    Forged,
    /// It was signed in an earlier epoch of its owner.
    #[error("this link was revoked: its owner has signed out everywhere, or cannot sign in any more")]
    Revoked,
}

/// What a link grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The bytes.
    pub hash: BlobHash,
    /// The name under which they are shown or saved.
    pub name: String,
    /// Whether the browser saves the file instead of showing it.
    pub attachment: bool,
    /// Whose link it is.
    pub owner: String,
    /// The epoch of the owner.
    pub epoch: i64,
    /// The stored result that has the bytes, if no row of the owner has.
    pub result: Option<String>,
    /// When it expires, in seconds since 1970.
    pub expires: i64,
}

/// A key that signs links.
#[derive(Clone)]
pub struct LinkKey {
    id: String,
    secret: [u8; 32],
}

impl LinkKey {
    /// Links to the same file are the same for so long, so that caches can keep what they lead to; a link works for once to
    /// twice as long.
    pub const WINDOW: Duration = Duration::from_mins(10);
    /// How far clocks may be apart: a link works for so much longer.
    pub const TOLERANCE: Duration = Duration::from_mins(1);

    /// A key from its id and its secret: 64 hexadecimal digits.
    pub fn new(id: &str, secret: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(secret, &mut bytes).ok()?;
        Some(Self { id: id.to_owned(), secret: bytes })
    }

    /// The expiry of a link that is given at `now`, both in seconds since 1970.
    pub fn expiry(now: i64) -> i64 {
        let window = seconds(Self::WINDOW);
        (now.div_euclid(window) + 2) * window
    }

    /// The path and query of a link.
    pub fn sign(&self, link: &Link) -> String {
        let Link { hash, name, owner, epoch, expires, .. } = link;
        let save = if link.attachment { "&save=1" } else { "" };
        let result = link.result.as_ref().map_or_else(String::new, |key| format!("&result={}", escaped(key)));
        format!(
            "/media/{hash}/{}?of={}{result}&epoch={epoch}&expires={expires}{save}&key={}&signature={}",
            escaped(name),
            escaped(owner),
            escaped(&self.id),
            self.signature(link),
        )
    }

    /// Checks what came with a request at the time `now` (seconds since 1970), when the owner's epoch is `epoch`.
    pub fn check(&self, link: &Link, signature: &str, now: i64, epoch: Option<i64>) -> Result<(), LinkError> {
        if !bool::from(self.signature(link).as_bytes().ct_eq(signature.as_bytes())) {
            return Err(LinkError::Forged);
        }
        if has_expired(link.expires, now) {
            return Err(LinkError::Expired);
        }
        if epoch == Some(link.epoch) { Ok(()) } else { Err(LinkError::Revoked) }
    }

    fn signature(&self, link: &Link) -> String {
        // RFC 2104 fills a shorter key with zeros up to the hash's block of 64 bytes.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.secret);
        let mut mac = <Hmac<Sha256>>::new(&block.into());
        let disposition = if link.attachment { "attachment" } else { "inline" };
        let Link { hash, name, owner, epoch, result, expires, .. } = link;
        // Each part is escaped, so that none contains the line feed between them.
        let parts = [
            "media".to_owned(),
            "GET".to_owned(),
            format!("/media/{hash}/{}", escaped(name)),
            expires.to_string(),
            disposition.to_owned(),
            escaped(&self.id),
            escaped(owner),
            epoch.to_string(),
            result.as_deref().map_or_else(String::new, escaped),
        ];
        mac.update(parts.join("\n").as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}

/// Whether the time of a link is over, with the tolerance for clocks that are apart.
pub fn has_expired(expires: i64, now: i64) -> bool {
    expires.saturating_add(seconds(LinkKey::TOLERANCE)) < now
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// RFC 3986: everything but unreserved characters is escaped.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, byte: u8) -> LinkKey {
        LinkKey::new(id, &hex::encode([byte; 32])).unwrap()
    }

    fn link() -> Link {
        Link {
            hash: BlobHash::of(b"video"),
            name: "my video.mp4".to_owned(),
            attachment: false,
            owner: "ada".to_owned(),
            epoch: 3,
            result: None,
            expires: 1000,
        }
    }

    fn signature(key: &LinkKey, link: &Link) -> String {
        key.sign(link).split_once("&signature=").unwrap().1.to_owned()
    }

    #[test]
    fn a_link_opens_what_it_was_signed_for_and_nothing_else() {
        let (key, link) = (key("k1", 7), link());
        let start = format!("/media/{}/my%20video.mp4?of=ada&epoch=3&expires=1000&key=k1&signature=", link.hash);
        assert!(key.sign(&link).starts_with(&start), "{}", key.sign(&link));
        let signed = signature(&key, &link);
        assert_eq!(key.check(&link, &signed, 999, Some(3)), Ok(()));
        for other in [
            Link { hash: BlobHash::of(b"x"), ..link.clone() },
            Link { name: "my video.html".to_owned(), ..link.clone() },
            Link { attachment: true, ..link.clone() },
            Link { owner: "omar".to_owned(), ..link.clone() },
            Link { epoch: 4, ..link.clone() },
            Link { result: Some("page".to_owned()), ..link.clone() },
            Link { expires: 9000, ..link.clone() },
            // A line feed in one part does not pass for the end of the part.
            Link { owner: "ada\n3".to_owned(), ..link.clone() },
        ] {
            assert_eq!(key.check(&other, &signed, 999, Some(other.epoch)), Err(LinkError::Forged), "{other:?}");
        }
        for wrong in ["", "0", &signed[1..], &signed.to_uppercase(), &format!("{signed}0")] {
            assert_eq!(key.check(&link, wrong, 999, Some(3)), Err(LinkError::Forged), "{wrong}");
        }
    }

    #[test]
    fn another_key_and_another_id_are_refused() {
        let signed = signature(&key("k1", 7), &link());
        assert_eq!(key("k1", 8).check(&link(), &signed, 999, Some(3)), Err(LinkError::Forged));
        assert_eq!(key("k2", 7).check(&link(), &signed, 999, Some(3)), Err(LinkError::Forged));
        assert!(LinkKey::new("k1", "00").is_none(), "a secret has 32 bytes");
    }

    #[test]
    fn a_link_ends_with_its_time_or_its_epoch() {
        let (key, link) = (key("k1", 7), link());
        let signed = signature(&key, &link);
        let at = |now, epoch| key.check(&link, &signed, now, epoch);
        assert_eq!(at(1060, Some(3)), Ok(()), "clocks may be a minute apart");
        assert_eq!(at(1061, Some(3)), Err(LinkError::Expired));
        assert_eq!(at(999, Some(4)), Err(LinkError::Revoked));
        assert_eq!(at(999, None), Err(LinkError::Revoked));
    }

    #[test]
    fn the_same_link_is_given_for_a_while() {
        assert_eq!([0, 599, 600, 1199].map(LinkKey::expiry), [1200, 1200, 1800, 1800]);
        for now in [0, 1, 599, 600, 12_345] {
            assert!((601..=1200).contains(&(LinkKey::expiry(now) - now)));
        }
    }
}
