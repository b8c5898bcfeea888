//! Whose data the cards of a deck have: the licences of dictionaries ask that they are named beside what was taken of them.

use std::collections::BTreeSet;

use sluice_domain::study::{Analysis, Source};
use sluice_local::models::{
    AR_BUCKWALTER, ES_APERTIUM, ES_FREEDICT, KA_EMOJI, KA_LEMMAS, RU_MORPHOLOGY, RU_MUELLER, ZH_CEDICT,
};

/// What no deck has.
const LEFT_OUT: [&str; 2] = [".frequency", ".level"];

/// The packs whose data the fields of a card have, each with its licence.
pub(in crate::capture) fn of(analysis: &Analysis) -> BTreeSet<String> {
    let exported = analysis.fields().filter(|(path, _)| !LEFT_OUT.iter().any(|end| path.ends_with(end)));
    exported.filter_map(|(_, field)| credit(field.source.as_ref()?)).collect()
}

fn credit(source: &Source) -> Option<String> {
    let Source::Pack { name, version } = source else { return None };
    let (title, licence) = match name.as_str() {
        "apertium-eng-spa" => ("Apertium's apertium-eng-spa", ES_APERTIUM.licence),
        "buckwalter" => ("the Buckwalter Arabic Morphological Analyzer", AR_BUCKWALTER.licence),
        "cldr-annotations" => ("the names of emoji in CLDR", KA_EMOJI.licence),
        "cc-cedict" => ("CC-CEDICT", ZH_CEDICT.licence),
        "freedict-spa-eng" => ("FreeDict's Spanish-English dictionary", ES_FREEDICT.licence),
        "mueller7accent" => ("M\u{fc}ller's English-Russian dictionary", RU_MUELLER.licence),
        "rumorph-dict-ru" => ("OpenCorpora and Wiktionary in rumorph-dict-ru", RU_MORPHOLOGY.licence),
        "simplemma" => ("simplemma", KA_LEMMAS.licence),
        other => (other, "see its pack"),
    };
    Some(format!("{title} {version} ({licence})"))
}

#[cfg(test)]
mod tests {
    use sluice_domain::study::{Field, Word};

    use super::*;

    #[test]
    fn each_pack_is_named_once_with_its_licence() {
        let pack = |name: &str| Source::Pack { name: name.to_owned(), version: "1.0".to_owned() };
        let word = |name: &str| Word {
            lemma: Some(Field::sure("a", pack(name))),
            meaning: Some(Field::sure("b", pack(name))),
            frequency: Some(Field::sure("d", pack("wordfreq"))),
            ..Word::of("a")
        };
        let analysis = Analysis {
            translation: Some(Field::sure("c", Source::Person)),
            vocabulary: vec![word("cc-cedict"), word("buckwalter"), word("new")],
            ..Analysis::default()
        };
        let named: Vec<String> = of(&analysis).into_iter().collect();
        let wanted = [
            "CC-CEDICT 1.0 (CC-BY-SA-4.0)",
            "new 1.0 (see its pack)",
            "the Buckwalter Arabic Morphological Analyzer 1.0 (GPL-2.0)",
        ];
        assert_eq!(named, wanted);
        assert!(of(&Analysis::default()).is_empty());
    }
}
