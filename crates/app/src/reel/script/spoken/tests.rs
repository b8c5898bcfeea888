use sluice_domain::language::Language;

use super::*;

fn say(code: &str, raw: &str) -> Spoken {
    spoken(raw, Lexicon::of(Language::from_code(code).unwrap())).unwrap()
}

#[test]
fn citations_parentheses_and_references_are_removed() {
    for (raw, said) in [
        ("The method works well [12] in practice (Smith et al., 2010).", "The method works well in practice."),
        ("As shown in Figure 2, the rate falls with the load.", "The rate falls with the load."),
        ("The rate falls with the load, as shown in Figures 2 and 3.", "The rate falls with the load."),
        ("The rate falls with the load (see Section 3.1).", "The rate falls with the load."),
        ("Each function(s) is named in the index[3, p. 16].", "Each function is named in the index."),
        ("A user who “[w]aits” will be served in the end.", "A user who “waits” will be served in the end."),
    ] {
        assert_eq!(say("en", raw).bare, said);
    }
}

#[test]
fn abbreviations_and_symbols_are_spoken() {
    for (code, raw, said) in [
        (
            "en",
            "Use a tool, e.g. a hammer, for 50% of it & more.",
            "Use a tool, for example a hammer, for 50 percent of it and more.",
        ),
        ("en", "They sell nails, screws, etc.", "They sell nails, screws, and so on."),
        ("en", "The answer is no. 5 of the list.", "The answer is number 5 of the list."),
        (
            "fr",
            "Le taux est de 5 % env. dans la ville, p. ex. à Lyon.",
            "Le taux est de 5 pour cent environ dans la ville, par exemple à Lyon.",
        ),
        ("de", "Das gilt z. B. für Holz, Stein usw.", "Das gilt zum Beispiel für Holz, Stein und so weiter."),
        ("es", "Hay de todo, p. ej. pan, vino, etc.", "Hay de todo, por ejemplo pan, vino, etcétera."),
        ("ar", "بلغت النسبة 20٪ من السكان.", "بلغت النسبة 20 في المئة من السكان."),
    ] {
        assert_eq!(say(code, raw).bare, said);
    }
}

#[test]
fn capitals_become_lower_case_and_acronyms_stay() {
    assert_eq!(say("en", "You MUST NOT send the UNESCO form.").bare, "You must not send the UNESCO form.".to_owned());
    assert_eq!(say("en", "READ THIS BEFORE YOU START THE ENGINE.").bare, "Read this before you start the engine.");
    assert_eq!(softened("THE GREAT WAR", Lexicon::of(Language::ENGLISH)), "The great war");
}

#[test]
fn openings_that_depend_on_the_previous_sentence_are_detected() {
    let sentence = say("en", "However, the rate falls with the load.");
    assert_eq!((sentence.bare.as_str(), sentence.leans), ("The rate falls with the load.", false));
    assert_eq!(sentence.full, "However, the rate falls with the load.");
    for (code, raw, leans) in [
        ("en", "This is why the rate falls with it.", true),
        ("en", "This manual explains how to install the system.", false),
        ("en", "He left the town in the night.", true),
        ("en", "It is possible to install it twice on a disk.", false),
        ("en", "In such cases the rate falls with the load.", true),
        ("en", "Thistles grow in every field of the country.", false),
        ("fr", "Ils partirent dans la nuit vers la ville.", true),
        ("fr", "Il existe deux sortes de paquets dans le système.", false),
        ("de", "Dabei fällt die Rate mit der Last sehr stark.", true),
        ("de", "Das Handbuch erklärt die Installation des Systems.", false),
        ("es", "Estos paquetes se instalan sin ayuda del usuario.", true),
        ("it", "Questo manuale spiega come si installa il sistema.", false),
        ("pt", "Ele partiu da cidade durante a noite escura.", true),
        ("nl", "Daarom daalt de snelheid met de belasting mee.", true),
        ("ar", "وهذا ما جعل المدينة كبيرة في زمن قصير.", true),
        ("ar", "هذا الكتاب يشرح كيف يعمل النظام كله.", false),
    ] {
        assert_eq!(say(code, raw).leans, leans, "{raw}");
    }
}

#[test]
fn what_cannot_be_spoken_is_rejected() {
    let english = Lexicon::of(Language::ENGLISH);
    for raw in [
        "Write to somebody@example.org for the key.",
        "The files are in /usr/share/doc/base now.",
        "See https://example.org for more about it.",
        "We set x = 5 and then y < 3 for the rest.",
        "(This whole sentence stands in brackets.)",
    ] {
        assert_eq!(spoken(raw, english), None, "{raw}");
    }
}

#[test]
fn a_sentence_that_is_too_long_ends_at_a_clause() {
    let raw = "The committee decided after a long and heated discussion in the town hall to build the new bridge over the river \
        in the coming spring with the money of the county, because the old one had been closed after the heavy flood.";
    assert!(say("en", raw).bare.ends_with("the money of the county."));
}

#[test]
fn sentences_that_refer_elsewhere_are_detected() {
    assert!(say("en", "Table 4 lists the rates of all the towns.").points);
    assert!(!say("en", "A table with four legs is a good table.").points);
}
