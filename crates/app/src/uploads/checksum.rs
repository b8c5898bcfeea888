//! Checksums that come with the bytes of a request.

use sha1::{Digest as _, Sha1};
use sha2::Sha256;

/// The checksum of the bytes of one request, by one of the algorithms that are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-1, which tus requires; against accidents only.
    Sha1([u8; 20]),
    /// SHA-256.
    Sha256([u8; 32]),
}

impl Checksum {
    /// The names of the algorithms, as tus calls them.
    pub const ALGORITHMS: [&str; 2] = ["sha1", "sha256"];

    /// From the name of an algorithm and the bytes of a digest; none if they do not belong together.
    pub fn new(algorithm: &str, digest: &[u8]) -> Option<Self> {
        match algorithm {
            "sha1" => digest.try_into().ok().map(Self::Sha1),
            "sha256" => digest.try_into().ok().map(Self::Sha256),
            _ => None,
        }
    }
}

/// Computes what is compared with a checksum.
pub(super) enum Hasher {
    Sha1(Box<Sha1>, [u8; 20]),
    Sha256(Box<Sha256>, [u8; 32]),
}

impl Hasher {
    pub(super) fn of(checksum: Checksum) -> Self {
        match checksum {
            Checksum::Sha1(expected) => Self::Sha1(Box::default(), expected),
            Checksum::Sha256(expected) => Self::Sha256(Box::default(), expected),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(hasher, _) => hasher.update(bytes),
            Self::Sha256(hasher, _) => hasher.update(bytes),
        }
    }

    /// Whether the bytes were the expected ones.
    pub(super) fn matches(self) -> bool {
        match self {
            Self::Sha1(hasher, expected) => hasher.finalize()[..] == expected,
            Self::Sha256(hasher, expected) => hasher.finalize()[..] == expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_their_checksum_and_no_other() {
        // The examples of FIPS 180-4 for "abc".
        let sha1 = hex::decode("a9993e364706816aba3e25717850c26c9cd0d89d").unwrap();
        let sha256 = hex::decode("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").unwrap();
        for (algorithm, digest) in [("sha1", sha1), ("sha256", sha256)] {
            let checksum = Checksum::new(algorithm, &digest).unwrap();
            let mut hasher = Hasher::of(checksum);
            hasher.update(b"a");
            hasher.update(b"bc");
            assert!(hasher.matches());
            assert!(!Hasher::of(checksum).matches(), "of no bytes");
            assert_eq!(Checksum::new(algorithm, &digest[1..]), None);
        }
        assert_eq!(Checksum::new("md5", &[0; 16]), None);
    }
}
