//! Real documents, healthy and hostile, that nobody here wrote, and real speech: `tests/corpus.tsv` says what each document must
//! give, `tests/sounds.tsv` what is said in each recording, and `scripts/fetch-corpus.sh` brings them.

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

/// A recording.
#[derive(Debug)]
pub struct Sound {
    /// What it is called here.
    pub name: String,
    /// ISO 639-1.
    pub language: String,
    /// What is said.
    pub words: String,
}

impl Sound {
    /// Where it lies.
    pub fn path(&self) -> PathBuf {
        in_cache(&format!("{}.wav", self.name))
    }
}

fn lines(table: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(table);
    let text = std::fs::read_to_string(path).expect("a table of the tests");
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// All recordings.
pub fn sounds() -> Vec<Sound> {
    let sound = |line: &String| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, _, _, _, language, words] = columns.try_into().expect("six columns");
        Sound { name: name.to_owned(), language: language.to_owned(), words: words.to_owned() }
    };
    lines("sounds.tsv").iter().map(sound).collect()
}

/// All documents.
pub fn table() -> Vec<Row> {
    let row = |line: &String| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, _, _, _, outcome, pages, language] = columns.try_into().expect("seven columns");
        Row {
            name: name.to_owned(),
            outcome: outcome.to_owned(),
            pages: pages.parse().ok(),
            language: language.to_owned(),
        }
    };
    lines("corpus.tsv").iter().map(row).collect()
}

/// Where a document lies.
pub fn path(name: &str) -> PathBuf {
    in_cache(&format!("{name}.pdf"))
}

fn in_cache(file: &str) -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").expect("a home")).join(".cache");
    let cache = std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map_or_else(home, PathBuf::from);
    let path = cache.join("sluice/corpus").join(file);
    assert!(path.exists(), "{} is missing: run scripts/fetch-corpus.sh", path.display());
    path
}
