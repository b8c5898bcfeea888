//! Files inside packages: crates, packages of npm and source archives of Python (tar.gz), wheels (ZIP) and packages of Debian (ar with tar.xz). They are
//! read in memory, and never more of them than [`MOST_READ`].

use std::io::{Cursor, Read};

use flate2::read::{GzDecoder, MultiGzDecoder};
use lzma_rust2::XzReader;

/// The longest file that is taken out of a package.
const LONGEST: u64 = 64 << 20;
/// The most that a package may be when it is unpacked.
const MOST_READ: u64 = 256 << 20;
/// Memory of the xz decoder, in KiB.
const XZ_MEMORY: u32 = 128 << 10;

/// Files of a package, by the ends of their paths, in that order. `name` says which kind of package it is.
pub(super) fn members(name: &str, package: &[u8], wanted: &[&str]) -> Result<Vec<Vec<u8>>, String> {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let found = match extension {
        "crate" | "gz" | "tgz" => of_tar(GzDecoder::new(package), wanted),
        "whl" => of_zip(package, wanted),
        "deb" => of_tar(XzReader::new_mem_limit(data_of_deb(package)?, false, XZ_MEMORY), wanted),
        _ => Err(format!("{name} is no package that can be read")),
    }?;
    let named = found.into_iter().zip(wanted);
    named.map(|(content, wanted)| content.ok_or_else(|| format!("{name} has no {wanted}"))).collect()
}

/// The content of a gzip file, of one or several parts (`dictzip`).
pub(super) fn unzipped(content: &[u8]) -> Result<Vec<u8>, String> {
    limited(MultiGzDecoder::new(content))
}

/// The content of an xz file.
pub(super) fn unxzed(content: &[u8]) -> Result<Vec<u8>, String> {
    limited(XzReader::new_mem_limit(content, false, XZ_MEMORY))
}

fn limited(reader: impl Read) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    reader.take(LONGEST + 1).read_to_end(&mut out).map_err(|error| error.to_string())?;
    if out.len() as u64 > LONGEST {
        return Err(format!("a file in it is longer than {LONGEST} bytes"));
    }
    Ok(out)
}

fn of_tar(reader: impl Read, wanted: &[&str]) -> Result<Vec<Option<Vec<u8>>>, String> {
    let mut found = vec![None; wanted.len()];
    let mut archive = tar::Archive::new(reader.take(MOST_READ));
    for entry in archive.entries().map_err(|error| error.to_string())? {
        let entry = entry.map_err(|error| error.to_string())?;
        let path = entry.path().map_err(|error| error.to_string())?.to_string_lossy().into_owned();
        if let Some(at) = wanted.iter().position(|wanted| ends(&path, wanted)) {
            let content = limited(entry)?;
            if let Some(place) = found.get_mut(at) {
                *place = Some(content);
            }
        }
        if found.iter().all(Option::is_some) {
            break;
        }
    }
    Ok(found)
}

fn of_zip(package: &[u8], wanted: &[&str]) -> Result<Vec<Option<Vec<u8>>>, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).map_err(|error| error.to_string())?;
    let paths: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let mut found = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        let path = paths.iter().find(|path| ends(path, wanted));
        let content = path.map(|path| {
            let file = archive.by_name(path).map_err(|error| error.to_string())?;
            limited(file)
        });
        found.push(content.transpose()?);
    }
    Ok(found)
}

/// Whether a path is this file, in whatever folder.
fn ends(path: &str, wanted: &str) -> bool {
    path.strip_suffix(wanted).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
}

/// `data.tar.xz` of a Debian package: after "!<arch>\n", files with headers of 60 bytes, at even places.
fn data_of_deb(package: &[u8]) -> Result<&[u8], String> {
    const HEADER: usize = 60;
    let broken = || "it is no package of Debian".to_owned();
    let mut rest = package.strip_prefix(b"!<arch>\n").ok_or_else(broken)?;
    loop {
        let (header, after) = rest.split_at_checked(HEADER).ok_or_else(broken)?;
        let text = std::str::from_utf8(header).map_err(|_| broken())?;
        let length: usize = text.get(48..58).and_then(|length| length.trim().parse().ok()).ok_or_else(broken)?;
        let content = after.get(..length).ok_or_else(broken)?;
        if text.get(..16).is_some_and(|name| name.trim_end().trim_end_matches('/') == "data.tar.xz") {
            return Ok(content);
        }
        rest = after.get(length + length % 2..).ok_or_else(broken)?;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn tar_gz(path: &str, content: &[u8]) -> Vec<u8> {
        let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, content).unwrap();
        tar.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn a_file_is_found_by_the_end_of_its_path() {
        let package = tar_gz("words-1.0/data/words.txt", b"casa");
        assert_eq!(members("words.crate", &package, &["data/words.txt"]), Ok(vec![b"casa".to_vec()]));
        assert_eq!(members("words-1.0.tgz", &package, &["data/words.txt"]), Ok(vec![b"casa".to_vec()]));
        let missing = members("words.crate", &package, &["swords.txt"]).unwrap_err();
        assert_eq!(missing, "words.crate has no swords.txt");
    }

    #[test]
    fn a_file_of_a_wheel_is_found() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("words/data/ka.txt", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all("სახლი".as_bytes()).unwrap();
        let package = zip.finish().unwrap().into_inner();
        assert_eq!(members("w-1.whl", &package, &["ka.txt"]), Ok(vec!["სახლი".as_bytes().to_vec()]));
    }

    #[test]
    fn what_is_broken_is_an_error() {
        let package = tar_gz("a/words.txt", b"casa");
        assert!(members("a.crate", &package[..20], &["words.txt"]).is_err());
        assert!(members("a.whl", &package, &["words.txt"]).is_err());
        assert_eq!(members("a.deb", b"!<arch>\n", &["x"]).unwrap_err(), "it is no package of Debian");
        assert!(members("a.deb", b"!<arch>\nabc", &["x"]).is_err());
        assert!(members("a.exe", &package, &["x"]).unwrap_err().contains("no package"));
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let block = vec![0; 1 << 20];
        for _ in 0..=64 {
            gzip.write_all(&block).unwrap();
        }
        assert!(unzipped(&gzip.finish().unwrap()).unwrap_err().contains("longer"));
    }
}
