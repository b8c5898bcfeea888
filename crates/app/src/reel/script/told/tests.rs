use sluice_domain::language::Language;

use super::*;

fn say(code: &str, raw: &str) -> Told {
    told(raw, Lexicon::of(Language::from_code(code).unwrap())).unwrap()
}

#[test]
fn citations_and_openings_that_only_point_are_removed() {
    for (raw, said) in [
        ("The method works well [12] in practice (Smith et al., 2010).", "The method works well in practice."),
        (
            "The losses are larger in the hills (Adams, 2019; Baker and Clark, 2020).",
            "The losses are larger in the hills.",
        ),
        ("As others [3,5-7] have shown, the rate falls.", "As others have shown, the rate falls."),
        ("As shown in Figure 2, the rate falls with the load.", "The rate falls with the load."),
        ("The rate falls with the load, as shown in Figures 2 and 3.", "The rate falls with the load."),
        ("The rate falls with the load (see Section 3.1).", "The rate falls with the load."),
        ("The rate falls.¹² ", "The rate falls."),
        ("• The keeper waits for the spring.", "The keeper waits for the spring."),
    ] {
        assert_eq!(say("en", raw).bare, said);
    }
    assert_eq!(say("ar", "النحل كائن اجتماعي [3] يعيش في خلايا كبيرة.").bare, "النحل كائن اجتماعي يعيش في خلايا كبيرة.");
}

#[test]
fn all_else_stays_as_it_is_printed() {
    for (code, sentence) in [
        ("en", "The US government pays the IT department of the WHO, and IT costs fell."),
        ("en", "You MUST NOT send the UNESCO form."),
        ("en", "READ THIS BEFORE YOU START THE ENGINE."),
        ("en", "The notice is described in paragraphs (2) through (5) of this order."),
        ("en", "The conditions in subsections (a)(1), (b) and (c)(2) are met."),
        ("en", "The mean weight of a hive was 12 (twelve) kilograms in the summer."),
        ("en", "The office (not the keeper) pays for it in the year (1953) of the flood."),
        ("en", "Bees may be moved only (1) at night, (2) with closed hives and (3) after that."),
        ("en", "Use a tool, e.g. a hammer, for 50% of it & more."),
        ("en", "In the 1990s 1,234,567 bees lived on 12 km² at 35 °C, or 2/3 of 10⁶."),
        ("en", "On 03/04/2024 the price of X-ray film was £4.99 — no more."),
        ("en", "He said that “the price-determining” part is self-employed."),
        ("fr", "Le taux est de 5 % env. dans la ville, p. ex. à Lyon."),
        ("de", "Das gilt z. B. für Holz, Stein usw."),
        ("ar", "بلغت النسبة 20٪ من السكان (أي الخمس) في عام 1990."),
    ] {
        assert_eq!(say(code, sentence).full, sentence);
    }
}

#[test]
fn a_clause_has_no_full_stop_but_its_own() {
    let english = Lexicon::of(Language::ENGLISH);
    assert_eq!(clause("• Room for the brood;", english).unwrap().bare, "Room for the brood");
    assert_eq!(clause("Q: Why do bees swarm?", english).unwrap().bare, "Q: Why do bees swarm?");
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
        "The function f(x) grows with the number of the bees.",
        "The error of the estimate is at most O(n log n) for all.",
        "A user who “[w]aits” will be served in the end.",
        "The bracket (which is never closed stands in the sentence.",
    ] {
        assert_eq!(told(raw, english), None, "{raw}");
    }
}

#[test]
fn sentences_that_refer_elsewhere_are_detected() {
    assert!(say("en", "Table 4 lists the rates of all the towns.").points);
    assert!(!say("en", "A table with four legs is a good table.").points);
}
