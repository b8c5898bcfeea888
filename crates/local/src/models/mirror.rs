//! Where files are taken from instead of from their publishers: a folder, or an address that an operator serves.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

/// A place with files by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mirror {
    /// A folder, such as another machine's models folder.
    Folder(PathBuf),
    /// An HTTP address without a slash at its end. Files are verified by their hashes, so that it need not be trusted; what
    /// has none is not taken from there.
    Address(String),
}

impl FromStr for Mirror {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_address = text.starts_with("https://") || text.starts_with("http://");
        Ok(if is_address { Self::Address(text.trim_end_matches('/').to_owned()) } else { Self::Folder(text.into()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_folders() {
        let of = |text: &str| text.parse::<Mirror>().unwrap();
        assert_eq!(of("https://models.example/sluice/"), Mirror::Address("https://models.example/sluice".to_owned()));
        assert_eq!(of("/mnt/usb"), Mirror::Folder("/mnt/usb".into()));
        assert_eq!(of("https"), Mirror::Folder("https".into()));
    }
}
