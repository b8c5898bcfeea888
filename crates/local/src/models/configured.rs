//! Pairs that a configuration adds, as its tables `[translation.FROM-TO]` say. Each value is checked while it is read, so that a
//! mistake has its place in the file.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::catalogue::{Content, ModelFile, ModelSet, Source};
use super::pairs::Pair;

/// Largest file of a model in bytes: the engine has two gigabytes for all that it keeps loaded.
const LARGEST: u64 = 512 * 1024 * 1024;
/// Longest name of a file.
const NAME: usize = 120;
/// Characters of a model's hash in its stamp.
const EDITION: usize = 8;
/// The licence of Mozilla's models.
const LICENCE: &str = "MPL-2.0";

/// The pairs of a configuration, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct ConfiguredPairs(BTreeMap<PairName, PairSettings>);

impl ConfiguredPairs {
    /// The models. Their texts are never freed.
    pub(super) fn pairs(&self) -> Vec<Pair> {
        self.0.iter().map(|(name, settings)| pair(name, &settings.0)).collect()
    }
}

/// Two languages, as "en-de".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct PairName {
    from: String,
    to: String,
}

impl TryFrom<String> for PairName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_code = |code: &str| (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
        match text.split_once('-') {
            Some((from, to)) if is_code(from) && from == to => Err(format!("{from} is not translated into itself")),
            Some((from, to)) if is_code(from) && is_code(to) => Ok(Self { from: from.to_owned(), to: to.to_owned() }),
            _ => Err(format!("{text:?} is no pair of languages: two ISO 639-1 codes are needed, such as en-de")),
        }
    }
}

/// What is said of a pair, with files that have different names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Given")]
struct PairSettings(Given);

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The address below which its files are.
    base: Base,
    /// That of Mozilla's models if there is none.
    licence: Option<String>,
    model: FileSettings,
    /// The pieces of words that it reads and, if there is no other one, writes.
    vocabulary: FileSettings,
    /// The pieces that it writes.
    target_vocabulary: Option<FileSettings>,
    shortlist: Option<FileSettings>,
}

impl TryFrom<Given> for PairSettings {
    type Error = String;

    fn try_from(given: Given) -> Result<Self, String> {
        match repeated(&given) {
            Some(name) => {
                Err(format!("two of its files are {name}; leave target_vocabulary out if there is one vocabulary"))
            }
            None => Ok(Self(given)),
        }
    }
}

/// A name that two files have.
fn repeated(given: &Given) -> Option<&str> {
    let Given { model, vocabulary, target_vocabulary, shortlist, .. } = given;
    let files = [Some(model), Some(vocabulary), target_vocabulary.as_ref(), shortlist.as_ref()];
    let mut names = BTreeSet::new();
    files.into_iter().flatten().map(|file| file.file.0.as_str()).find(|name| !names.insert(*name))
}

/// A file, which is trusted by its hash alone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSettings {
    /// Its name below the base, and in the models folder.
    file: FileName,
    bytes: Length,
    sha256: Sha256,
}

/// A name without a folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct FileName(String);

impl TryFrom<String> for FileName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let ends_in_part = text.rsplit_once('.').is_some_and(|(_, end)| end == "part");
        if text.is_empty() || text.len() > NAME || text.starts_with('.') || ends_in_part || !text.bytes().all(is_plain)
        {
            return Err(format!(
                "{text:?} cannot be the name of a file: letters, digits, \"-\", \"_\" and \".\" are allowed, but no \".\" at the beginning and no .part at the end"
            ));
        }
        Ok(Self(text))
    }
}

/// The length of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u64")]
struct Length(u64);

impl TryFrom<u64> for Length {
    type Error = String;

    fn try_from(bytes: u64) -> Result<Self, String> {
        if (1..=LARGEST).contains(&bytes) {
            Ok(Self(bytes))
        } else {
            Err(format!("{bytes} bytes are no length of a model's file: from 1 to {LARGEST} are allowed"))
        }
    }
}

/// A hash in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Sha256(String);

impl TryFrom<String> for Sha256 {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(format!("{text:?} is no SHA-256: 64 hexadecimal digits are needed, as sha256sum prints them"))
        }
    }
}

/// An address without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Base(String);

impl TryFrom<String> for Base {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_address = |url: &reqwest::Url| {
            matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none()
        };
        let has_password = |url: &reqwest::Url| !url.username().is_empty() || url.password().is_some();
        match reqwest::Url::parse(&text).ok().filter(is_address) {
            // It would be in the error of a download that fails, which a page and a log have. This text does not repeat it.
            Some(url) if has_password(&url) => {
                Err("the address of files has a name or a password in it: these are for everybody to read".to_owned())
            }
            Some(_) => Ok(Self(text.trim_end_matches('/').to_owned())),
            None => Err(format!("{text:?} is no address of files, such as https://models.example.org/en-de")),
        }
    }
}

fn pair(name: &PairName, settings: &Given) -> Pair {
    let PairName { from, to } = name;
    let Given { base, licence, model, vocabulary, target_vocabulary, shortlist } = settings;
    let licence = licence.clone().map_or(LICENCE, kept);
    let file = |file: &FileSettings| ModelFile {
        // In a folder of the pair: others may have a file of that name.
        name: kept(format!("translate/{from}-{to}/{}", file.file.0)),
        content: Content::Published { bytes: file.bytes.0, sha256: kept(file.sha256.0.clone()) },
        source: Source::Url(kept(format!("{}/{}", base.0, file.file.0))),
        licence,
    };
    let (model, source) = (file(model), file(vocabulary));
    let (target, shortlist) = (target_vocabulary.as_ref().map(&file), shortlist.as_ref().map(&file));
    let files: Vec<ModelFile> = [Some(model), Some(source), target, shortlist].into_iter().flatten().collect();
    Pair {
        from: kept(from.clone()),
        to: kept(to.clone()),
        model,
        source,
        target: target.unwrap_or(source),
        shortlist,
        edition: model.sha256().and_then(|sha256| sha256.get(..EDITION)),
        set: ModelSet {
            id: kept(format!("translate-{from}-{to}")),
            purpose: kept(format!("translation from {from} into {to}")),
            without_it: kept(format!("nothing is translated directly from {from} into {to} on this machine")),
            capability: "translate",
            // The configuration of a server is also that of its commands: who pulls everything need not pull these.
            is_optional: true,
            files: Vec::leak(files),
        },
    }
}

/// A text for as long as the program runs, like those of the tables in this binary.
fn kept(text: String) -> &'static str {
    String::leak(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{FileState, Models, PAIRS, SETS, own_files, pull_command};
    use super::*;

    const HASH: &str = "D968735704c75e33c2e183b9241f14c0b2a560d01d88a2728e5c0119a4d7fb22";

    fn file(name: &str) -> Value {
        json!({ "file": name, "bytes": 12, "sha256": HASH })
    }

    fn german() -> Value {
        json!({ "base": "https://models.example.org/en-de/", "model": file("model.bin"), "vocabulary": file("vocab.spm") })
    }

    fn read(pairs: Value) -> Result<ConfiguredPairs, String> {
        serde_json::from_value(pairs).map_err(|error| error.to_string())
    }

    #[test]
    fn a_pair_is_a_set_with_files_of_its_own() {
        let mut japanese = german();
        japanese["base"] = json!("http://127.0.0.1:8000");
        japanese["target_vocabulary"] = file("trgvocab.spm");
        japanese["shortlist"] = file("lex.bin");
        japanese["licence"] = json!("CC-BY-4.0");
        let models = Models::new("nowhere").with_pairs(&read(json!({ "en-de": german(), "en-ja": japanese })).unwrap());
        assert_eq!((models.sets().len(), models.pairs().len()), (SETS.len() + 2, PAIRS.len() + 2));
        let set = models.set("translate-en-de").unwrap();
        assert_eq!((set.capability, set.is_optional, set.files.len()), ("translate", true, 2));
        let model = &set.files[0];
        assert_eq!((model.name, model.licence, model.bytes()), ("translate/en-de/model.bin", "MPL-2.0", Some(12)));
        assert_eq!(model.source, Source::Url("https://models.example.org/en-de/model.bin"));
        assert_eq!(model.sha256(), Some(HASH.to_lowercase().as_str()));
        assert_eq!(pull_command(set, set.files), "sluice models pull translate-en-de");
        assert_eq!((own_files(set).len(), models.state(model)), (2, FileState::Missing));

        let pair = |to: &str| models.pairs().iter().find(|pair| pair.from == "en" && pair.to == to).unwrap();
        assert_eq!((pair("de").target, pair("de").shortlist), (pair("de").source, None));
        assert_eq!((pair("de").stamp(), pair("pt").stamp()), ("en-de@d9687357".to_owned(), "en-pt".to_owned()));
        let ja = pair("ja");
        assert_eq!((ja.target.name, ja.target.licence), ("translate/en-ja/trgvocab.spm", "CC-BY-4.0"));
        assert_eq!((ja.set.files.len(), ja.shortlist.is_some()), (4, true));
    }

    #[test]
    fn a_configured_pair_takes_the_place_of_a_known_one() {
        let models = Models::new("nowhere").with_pairs(&read(json!({ "en-pt": german() })).unwrap());
        assert_eq!((models.sets().len(), models.pairs().len()), (SETS.len(), PAIRS.len()));
        assert_eq!(models.set("translate-en-pt").unwrap().files[0].name, "translate/en-pt/model.bin");
        let unchanged = Models::new("nowhere").with_pairs(&ConfiguredPairs::default());
        assert_eq!((unchanged.sets(), unchanged.pairs()), (&SETS[..], &PAIRS[..]));
    }

    #[test]
    fn what_is_wrong_with_a_pair_is_said() {
        for (name, said) in [
            ("en-en", "en is not translated into itself"),
            ("english-german", "two ISO 639-1 codes"),
            ("en_de", "two ISO 639-1 codes"),
            ("EN-DE", "two ISO 639-1 codes"),
            ("en-de-fr", "two ISO 639-1 codes"),
            ("../en-de", "two ISO 639-1 codes"),
        ] {
            let error = read(json!({ name: german() })).unwrap_err();
            assert!(error.contains(said), "{name}: {error}");
        }
        let wrong = |change: &dyn Fn(&mut Value)| {
            let mut pair = german();
            change(&mut pair);
            read(json!({ "en-de": pair })).unwrap_err()
        };
        let without = |of: &'static str, field: &'static str| {
            wrong(&move |pair| {
                let table = if of.is_empty() { pair } else { &mut pair[of] };
                table.as_object_mut().unwrap().remove(field);
            })
        };
        for (of, field) in
            [("", "base"), ("", "model"), ("", "vocabulary"), ("model", "sha256"), ("vocabulary", "bytes")]
        {
            let error = without(of, field);
            assert!(error.contains(&format!("missing field `{field}`")), "{error}");
        }
        for (of, field, value, said) in [
            ("model", "sha256", json!(&HASH[1..]), "is no SHA-256"),
            ("model", "sha256", json!(HASH.replace('D', "g")), "is no SHA-256"),
            ("model", "bytes", json!(0), "are no length"),
            ("model", "bytes", json!(LARGEST + 1), "are no length"),
            ("model", "bytes", json!(-1), "invalid value"),
            ("model", "file", json!("../../model.bin"), "cannot be the name of a file"),
            ("model", "file", json!(".lock"), "cannot be the name of a file"),
            ("model", "file", json!("model.bin.part"), "cannot be the name of a file"),
            ("model", "file", json!(""), "cannot be the name of a file"),
            ("model", "file", json!("vocab.spm"), "two of its files are vocab.spm"),
            ("model", "url", json!("https://example.org"), "unknown field `url`"),
        ] {
            let error = wrong(&|pair| pair[of][field] = value.clone());
            assert!(error.contains(said), "{field} {value}: {error}");
        }
        for base in ["models.example.org", "/mnt/usb", "ftp://example.org", "https://", "https://example.org/?key=1"] {
            let error = wrong(&|pair| pair["base"] = json!(base));
            assert!(error.contains("is no address of files"), "{base}: {error}");
        }
        for base in ["https://ada:lace@example.org", "https://ada@example.org"] {
            let error = wrong(&|pair| pair["base"] = json!(base));
            assert!(error.contains("a name or a password") && !error.contains("lace"), "{error}");
        }
    }
}
