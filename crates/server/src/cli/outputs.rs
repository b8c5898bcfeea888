//! The files that a command writes: checked before the work, and written so that no file of the user is replaced.
//!
//! A file may be replaced if this program wrote it and it is unchanged since, or with `--force`. The files that it
//! wrote are recorded in the data folder: by path, with length and hash. A source itself, and anything but a
//! regular file, is never replaced.

use std::ffi::{OsStr, OsString};
use std::fs::{File, FileType, Metadata, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use bytesize::ByteSize;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::failure::{Failure, USAGE};

/// Free space that is required before the work: more than a video of some minutes needs.
const SPACE: u64 = 64 * 1024 * 1024;

const EXISTS: &str = "This would replace a file";
const UNUSABLE: &str = "The result cannot be written there";
const UNREADABLE: &str = "The file cannot be read";

/// What a command makes of what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Product {
    /// What it is made of, as in "the document itself".
    pub(crate) source: &'static str,
    /// What to name as the source instead of something else, as in "a PDF file".
    pub(crate) wanted: &'static str,
    /// The extensions that the file may have; the first one is the default.
    pub(crate) endings: &'static [&'static str],
    /// The code of the refusal of others.
    pub(crate) code: &'static str,
    /// Why: what follows "does not end in".
    pub(crate) reason: &'static str,
    /// The option that names the file.
    pub(crate) option: &'static str,
    /// Extensions of the files beside it, which [`Outputs::write`] takes in this order, after the file itself.
    pub(crate) beside: &'static [&'static str],
}

/// The paths of a result and the files beside it.
#[derive(Debug)]
pub(crate) struct Outputs {
    product: Product,
    sources: Vec<PathBuf>,
    folder: PathBuf,
    /// The result itself comes first.
    names: Vec<OsString>,
    force: bool,
    written: Written,
}

impl Outputs {
    /// Checks the output paths before any work. `data` is the data folder.
    pub(crate) fn check(
        product: Product,
        source: &Path,
        output: Option<&Path>,
        force: bool,
        data: &Path,
    ) -> Result<Self, Failure> {
        check_source(&product, source)?;
        let default = || source.with_extension(product.endings.first().unwrap_or(&""));
        let main = output.map_or_else(default, Path::to_owned);
        Self::check_alone(product, vec![source.to_owned()], &main, force, data)
    }

    /// The same for what is made of no file, or of several.
    pub(crate) fn check_alone(
        product: Product,
        sources: Vec<PathBuf>,
        main: &Path,
        force: bool,
        data: &Path,
    ) -> Result<Self, Failure> {
        if let Ok(found) = main.symlink_metadata() {
            check_kind(&product, main, &found, &sources)?;
        }
        let fits = |extension: &OsStr| product.endings.iter().any(|known| extension.eq_ignore_ascii_case(known));
        let (Some(name), true) = (main.file_name(), main.extension().is_some_and(fits)) else {
            let is_ending =
                |name: &OsStr| product.endings.iter().any(|known| name.eq_ignore_ascii_case(format!(".{known}")));
            let wrong = match main.file_name() {
                Some(name) if is_ending(name) => "has no name before its ending".to_owned(),
                _ => format!("does not end in {}", product.reason),
            };
            let detail = format!("{} {wrong}: change {}", main.display(), product.option);
            return Err(Failure { exit: USAGE, ..Failure::new(product.code, UNUSABLE, detail) });
        };
        let folder = match main.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        check_folder(&folder, product.option)?;
        let beside = product.beside.iter().map(|extension| Path::new(name).with_extension(extension).into_os_string());
        let names = std::iter::once(name.to_owned()).chain(beside).collect();
        let outputs = Self { product, sources, folder, names, force, written: Written::new(data) };
        outputs.check_files()?;
        Ok(outputs)
    }

    /// The result itself.
    pub(crate) fn main(&self) -> PathBuf {
        // Without a leading "./" that the user did not type.
        let folder = self.folder.strip_prefix(".").unwrap_or(&self.folder);
        folder.join(self.names.first().map(OsString::as_os_str).unwrap_or_default())
    }

    fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.names.iter().map(|name| self.folder.join(name))
    }

    /// The paths with a file that may be replaced; fails if one must not be, and names all of those.
    fn check_files(&self) -> Result<Vec<bool>, Failure> {
        let (mut replaced, mut foreign) = (Vec::new(), Vec::new());
        for path in self.paths() {
            let found = match path.symlink_metadata() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                found => Some(found.map_err(|error| cannot("look at", &path, &error))?),
            };
            replaced.push(found.is_some());
            if let Some(found) = found {
                check_kind(&self.product, &path, &found, &self.sources)?;
                if !self.force && !self.written.has(&path, found.len()) {
                    foreign.push(path.strip_prefix(".").unwrap_or(&path).display().to_string());
                }
            }
        }
        if foreign.is_empty() {
            return Ok(replaced);
        }
        let (are, them) = if foreign.len() == 1 { ("is", "it") } else { ("are", "them") };
        let detail = format!(
            "{} {are} there already, and not as sluice wrote {them}: choose another path \
             with {}, or replace {them} with --force",
            foreign.join(", "),
            self.product.option
        );
        Err(Failure::new("output_exists", EXISTS, detail))
    }

    /// Writes the result and the files beside it, in the order of [`Product::beside`]. Each is complete before it is renamed,
    /// and all of them are complete before the first one is.
    pub(crate) fn write(&self, contents: Vec<Box<dyn Read + Send>>) -> Result<(), Failure> {
        // Checked again: the work took a while, and other programs use the folder too.
        check_folder(&self.folder, self.product.option)?;
        let replaced = self.check_files()?;
        let mut staged = Vec::new();
        for ((path, mut content), replaced) in self.paths().zip(contents).zip(replaced) {
            let (file, written) = stage(&self.folder, &mut content).map_err(|error| cannot("write", &path, &error))?;
            staged.push((path, file, written, replaced || self.force));
        }
        for (path, file, written, replace) in staged {
            let persisted = if replace { file.persist(&path) } else { file.persist_noclobber(&path) };
            persisted.map_err(|error| cannot("write", &path, &error.error))?;
            // Without a record it needs --force the next time; the result is written all the same.
            if let Err(error) = self.written.record(&path, &written) {
                tracing::warn!(%error, path = %path.display(), "it cannot be recorded that this file was written");
            }
        }
        if let Err(error) = self.written.prune() {
            tracing::warn!(%error, "old records of written files cannot be removed");
        }
        Ok(())
    }
}

/// The source must be a regular, readable file: opening a FIFO would block.
fn check_source(product: &Product, source: &Path) -> Result<(), Failure> {
    let unreadable = |error: io::Error| {
        let code = if error.kind() == io::ErrorKind::NotFound { "not_found" } else { "unreadable" };
        Failure::new(code, UNREADABLE, format!("cannot read {}: {error}", source.display()))
    };
    let found = source.metadata().map_err(unreadable)?;
    if !found.is_file() {
        let what = kind_name(found.file_type());
        let detail = format!("{} is {what}: name {}", source.display(), product.wanted);
        return Err(Failure::new("not_a_file", UNREADABLE, detail));
    }
    File::open(source).map_err(unreadable)?;
    Ok(())
}

/// An existing file must be a regular file other than the sources, under whatever name.
fn check_kind(product: &Product, path: &Path, found: &Metadata, sources: &[PathBuf]) -> Result<(), Failure> {
    let is = |source: &Path, other: &Metadata| {
        source.metadata().is_ok_and(|it| (it.dev(), it.ino()) == (other.dev(), other.ino()))
    };
    let same = |other: &Metadata| sources.iter().any(|source| is(source, other));
    if path.metadata().is_ok_and(|target| same(&target)) || same(found) {
        return Err(Failure::new(
            "output_is_source",
            UNUSABLE,
            format!(
                "{} is the {} itself, which is never replaced: change {}",
                path.display(),
                product.source,
                product.option
            ),
        ));
    }
    if found.is_file() {
        return Ok(());
    }
    let what = kind_name(found.file_type());
    let advice = if found.is_dir() { "name a file in it" } else { "name a regular file" };
    let detail = format!("{} is {what}: {advice} with {}", path.display(), product.option);
    Err(Failure::new("output_not_a_file", UNUSABLE, detail))
}

fn kind_name(kind: FileType) -> &'static str {
    match kind {
        _ if kind.is_dir() => "a folder",
        _ if kind.is_symlink() => "a symbolic link",
        _ if kind.is_fifo() => "a FIFO",
        _ if kind.is_socket() => "a socket",
        _ if kind.is_char_device() || kind.is_block_device() => "a device",
        _ => "no regular file",
    }
}

fn check_folder(folder: &Path, option: &str) -> Result<(), Failure> {
    let place = folder.display();
    match folder.metadata() {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(Failure::new("output_folder_missing", UNUSABLE, format!("{place} is no folder"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let detail = format!("the folder {place} does not exist: make it first, or change {option}");
            return Err(Failure::new("output_folder_missing", UNUSABLE, detail));
        }
        Err(error) => return Err(cannot("look at", folder, &error)),
    }
    // Permissions, a read-only disk, a quota: only an attempt shows.
    tempfile::Builder::new()
        .prefix(".sluice-")
        .tempfile_in(folder)
        .map_err(|error| cannot("write in", folder, &error))?;
    let Ok(space) = nix::sys::statvfs::statvfs(folder) else { return Ok(()) };
    #[expect(clippy::useless_conversion, reason = "the width differs between platforms")]
    let free = u64::from(space.blocks_available()).saturating_mul(u64::from(space.fragment_size()));
    if free < SPACE {
        let (free, needed) = (ByteSize(free), ByteSize(SPACE));
        let detail = format!("{place} has {free} of free space and {needed} are needed: free some, or change {option}");
        return Err(Failure::new("disk_full", "The disk is full", detail));
    }
    Ok(())
}

fn cannot(verb: &str, path: &Path, error: &io::Error) -> Failure {
    let (code, title) = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ("disk_full", "The disk is full"),
        io::ErrorKind::AlreadyExists => ("output_exists", EXISTS),
        _ => ("output_not_writable", UNUSABLE),
    };
    // Without the temporary file's name, which is meaningless to the user.
    let text = error.to_string();
    let reason = text.split(" at path ").next().unwrap_or(&text);
    Failure::new(code, title, format!("cannot {verb} {}: {reason}", path.display()))
}

/// A complete file under a temporary name, with the permissions of the umask.
fn stage(folder: &Path, content: &mut dyn Read) -> io::Result<(NamedTempFile, WrittenFile)> {
    let permissions = Permissions::from_mode(0o666);
    let mut file = tempfile::Builder::new().prefix(".sluice-").permissions(permissions).tempfile_in(folder)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes = 0;
    loop {
        let read = content.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hasher.update(part);
        file.write_all(part)?;
        bytes += read as u64;
    }
    file.as_file().sync_all()?;
    Ok((file, WrittenFile { path: String::new(), bytes, hash: hasher.finalize().to_hex().to_string() }))
}

/// The data folder's record of the files that were written, one small file for each.
#[derive(Debug)]
struct Written {
    folder: PathBuf,
}

#[derive(Debug, Serialize, Deserialize)]
struct WrittenFile {
    /// Absolute; used to find records of removed files.
    path: String,
    bytes: u64,
    /// BLAKE3 of its bytes.
    hash: String,
}

impl Written {
    fn new(data: &Path) -> Self {
        Self { folder: data.join("outputs") }
    }

    /// Whether the file at `path`, with length `bytes`, is unchanged since it was written.
    fn has(&self, path: &Path, bytes: u64) -> bool {
        let record = || -> io::Result<bool> {
            let record: WrittenFile = serde_json::from_slice(&std::fs::read(self.record_of(&absolute(path)?))?)?;
            if record.bytes != bytes {
                return Ok(false);
            }
            let mut hasher = blake3::Hasher::new();
            hasher.update_reader(File::open(path)?)?;
            Ok(hasher.finalize().to_hex().as_str() == record.hash)
        };
        record().unwrap_or(false)
    }

    fn record(&self, path: &Path, written: &WrittenFile) -> io::Result<()> {
        // A command that opens no database may be the first one to write in the data folder, which is for its owner alone.
        sluice_blobs::private_folder(&self.folder).map_err(io::Error::other)?;
        let path = absolute(path)?;
        let record =
            WrittenFile { path: path.to_string_lossy().into_owned(), bytes: written.bytes, hash: written.hash.clone() };
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec(&record)?)?;
        file.persist(self.record_of(&path)).map_err(|error| error.error)?;
        Ok(())
    }

    /// Deletes the records of files that have been moved or removed, so that they do not accumulate.
    fn prune(&self) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?.path();
            let record = std::fs::read(&entry).map(|bytes| serde_json::from_slice::<WrittenFile>(&bytes));
            if let Ok(Ok(record)) = record
                && !Path::new(&record.path).exists()
            {
                std::fs::remove_file(&entry)?;
            }
        }
        Ok(())
    }

    fn record_of(&self, absolute: &Path) -> PathBuf {
        let key = blake3::hash(absolute.as_os_str().as_encoded_bytes()).to_hex();
        self.folder.join(format!("{key}.json"))
    }
}

/// The real path of the folder and the file's own name: the file may not exist.
fn absolute(path: &Path) -> io::Result<PathBuf> {
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    Ok(folder.canonicalize()?.join(path.file_name().unwrap_or_default()))
}
