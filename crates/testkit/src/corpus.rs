//! Real documents, healthy and hostile, that nobody here wrote: `tests/corpus.tsv` says what each must give, and
//! `scripts/fetch-corpus.sh` brings them.

use std::path::{Path, PathBuf};

/// A document and what it must give.
#[derive(Debug)]
pub struct Row {
    /// What it is called here.
    pub name: String,
    /// `ok`, or the code with which it is refused.
    pub outcome: String,
    /// Its pages, where they are found.
    pub pages: Option<u32>,
    /// ISO 639-1, or `-`.
    pub language: String,
}

impl Row {
    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(path(&self.name)).expect("a document that can be read")
    }
}

/// All of them.
pub fn table() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus.tsv");
    let text = std::fs::read_to_string(path).expect("the table of documents");
    let row = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, _, _, _, outcome, pages, language] = columns.try_into().expect("seven columns");
        Row {
            name: name.to_owned(),
            outcome: outcome.to_owned(),
            pages: pages.parse().ok(),
            language: language.to_owned(),
        }
    };
    text.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

/// Where a document lies.
pub fn path(name: &str) -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").expect("a home")).join(".cache");
    let cache = std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map_or_else(home, PathBuf::from);
    let path = cache.join("sluice/corpus").join(name).with_extension("pdf");
    assert!(path.exists(), "{} is missing: run scripts/fetch-corpus.sh", path.display());
    path
}
