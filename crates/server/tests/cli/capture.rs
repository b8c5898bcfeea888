//! `sluice capture`: cards of files and lines, and the deck that they are in.

use serde_json::Value;

use crate::support::{Place, Ran};

fn json(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn lines_become_a_deck_and_only_once() {
    let place = Place::new();
    let command = ["capture", "Где мой чай?", "Доброе утро", "--approve", "--deck", "tea.apkg", "--json"];
    let made = json(&place.run(&command));
    let cards = made["cards"].as_array().unwrap();
    assert_eq!((cards.len(), &cards[0]["text"]), (2, &Value::from("Где мой чай?")), "{made}");
    assert!(cards.iter().all(|card| card["status"] == "approved" && card["language"] == "ru"), "{made}");
    assert_eq!((&made["deck"]["file"], &made["deck"]["cards"]), (&Value::from("tea.apkg"), &Value::from(2)));
    assert!(place.read("tea.apkg").starts_with(b"PK"));

    // The same lines are the same cards, which are exported.
    let again = place.run(&command);
    assert_eq!(again.failure()["code"], "deck_not_written", "{again:?}");
    let all = json(&place.run(&["capture", "export", "--deck", "all.csv", "--all", "--json"]));
    assert_eq!(all["cards"], 2, "{all}");
    let csv = String::from_utf8(place.read("all.csv")).unwrap();
    assert!(csv.starts_with('#') && csv.contains("Доброе утро"), "{csv}");

    let people = place.run(&["capture", "Спокойной ночи"]);
    assert_eq!(people.code, 0, "{people:?}");
    assert!(people.stdout.starts_with("Спокойной ночи"), "{people:?}");
}

#[test]
fn a_wrong_command_makes_no_card() {
    let place = Place::new();
    place.write("mine.apkg", "my deck");
    for (arguments, code) in [
        (vec!["missing.jpg"], "not_found"),
        (vec!["да", "--deck", "out.exe"], "output_unknown_format"),
        (vec!["да", "--deck", "mine.apkg"], "output_exists"),
        (vec!["😀"], "no_words"),
        (vec!["да", "--language", "en"], "no_such_language"),
        (vec!["export"], "deck_missing"),
        (vec!["export", "--deck", "out.apkg"], "deck_not_written"),
    ] {
        let ran = place.run(&[vec!["capture"], arguments.clone(), vec!["--json"]].concat());
        assert_eq!(ran.failure()["code"], code, "{arguments:?}: {ran:?}");
        assert!(ran.code > 0);
    }
    assert_eq!((place.names(), place.read("mine.apkg")), (vec!["mine.apkg".to_owned()], b"my deck".to_vec()));
}
