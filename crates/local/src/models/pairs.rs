//! Which languages can be translated into which: a model for each direction, in one table. It has the pairs whose files set-up
//! can bring; a configuration adds others ([`super::ConfiguredPairs`]).
//!
//! The models are Mozilla's, as the browser Firefox has them: each translates from or into English.

use super::catalogue::{Content, ModelFile, ModelSet, Source};

/// A model that translates one language into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// ISO 639-1 code of what it reads.
    pub from: &'static str,
    /// ISO 639-1 code of what it writes.
    pub to: &'static str,
    /// Its weights.
    pub model: ModelFile,
    /// The pieces of words that it reads.
    pub source: ModelFile,
    /// The pieces of words that it writes: the same file for most pairs.
    pub target: ModelFile,
    /// Which pieces may translate which: it looks at no others. Not every model has one.
    pub shortlist: Option<ModelFile>,
    /// Which edition of the model a configuration names, by the beginning of its hash; none for those of this table.
    pub edition: Option<&'static str>,
    /// These files.
    pub set: ModelSet,
}

impl Pair {
    /// As it is stored with what it made: "en-pt", or "en-de@4f1c09aa" for one that a configuration names.
    pub fn stamp(&self) -> String {
        let edition = self.edition.map_or(String::new(), |edition| format!("@{edition}"));
        format!("{}-{}{edition}", self.from, self.to)
    }
}

const fn file(name: &'static str, bytes: u64, sha256: &'static str) -> ModelFile {
    ModelFile { name, content: Content::Published { bytes, sha256 }, source: Source::SetUp, licence: "MPL-2.0" }
}

const EN_PT_MODEL: ModelFile = file(
    "translate/model.enpt.intgemm.alphas.bin",
    17_140_836,
    "d968735704c75e33c2e183b9241f14c0b2a560d01d88a2728e5c0119a4d7fb22",
);
const EN_PT_PIECES: ModelFile =
    file("translate/vocab.enpt.spm", 812_781, "633a3d782c79f7d5e4b94ab96848f47c2fdf8ba82dd99efd1742b8a696bbd0cc");
const EN_PT_SHORTLIST: ModelFile = file(
    "translate/lex.50.50.enpt.s2t.bin",
    4_472_528,
    "1e96599123d275afa37353dfe84677a4070f013494fbdc9c52a28445cc9bc38d",
);
const PT_EN_MODEL: ModelFile = file(
    "translate/model.pten.intgemm.alphas.bin",
    17_140_836,
    "6c3b7af01772022a19712410c63342ba581468c2f1aac34d7488409c4043e697",
);
const PT_EN_PIECES: ModelFile =
    file("translate/vocab.pten.spm", 812_889, "8389979e3c965688b07aeb712a7e44406e5dcdb2b84087229d26fcc71448c4ed");
const PT_EN_SHORTLIST: ModelFile = file(
    "translate/lex.50.50.pten.s2t.bin",
    5_001_420,
    "212ed0ae44a6f920cd6d17ca02f0a523ba6c4b0ef5078ae310c20bc4c51484c5",
);

/// English to Portuguese.
pub const EN_PT: Pair = Pair {
    from: "en",
    to: "pt",
    model: EN_PT_MODEL,
    source: EN_PT_PIECES,
    target: EN_PT_PIECES,
    shortlist: Some(EN_PT_SHORTLIST),
    edition: None,
    set: ModelSet {
        id: "translate-en-pt",
        purpose: "translation from English into Portuguese",
        without_it: "nothing is translated into Portuguese on this machine",
        capability: "translate",
        is_optional: false,
        files: &[EN_PT_MODEL, EN_PT_PIECES, EN_PT_SHORTLIST],
    },
};

/// Portuguese to English.
pub const PT_EN: Pair = Pair {
    from: "pt",
    to: "en",
    model: PT_EN_MODEL,
    source: PT_EN_PIECES,
    target: PT_EN_PIECES,
    shortlist: Some(PT_EN_SHORTLIST),
    edition: None,
    set: ModelSet {
        id: "translate-pt-en",
        purpose: "translation from Portuguese into English",
        without_it: "nothing is translated from Portuguese on this machine",
        capability: "translate",
        is_optional: false,
        files: &[PT_EN_MODEL, PT_EN_PIECES, PT_EN_SHORTLIST],
    },
};

/// The pairs that every installation may have.
pub static PAIRS: [Pair; 2] = [EN_PT, PT_EN];
