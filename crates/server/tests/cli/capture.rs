//! `sluice capture`: cards of files and lines, and the deck that they are in.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::servers::Serving;
use crate::support::{Place, Ran};
use crate::twin::{Running, get};

fn printed(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn lines_become_a_deck_and_only_once() {
    let place = Place::new();
    let command = ["capture", "Где мой чай?", "Доброе утро", "--approve", "--deck", "tea.apkg", "--json"];
    let made = printed(&place.run(&command));
    let cards = made["cards"].as_array().unwrap();
    assert_eq!((cards.len(), &cards[0]["text"]), (2, &Value::from("Где мой чай?")), "{made}");
    assert!(cards.iter().all(|card| card["status"] == "approved" && card["language"] == "ru"), "{made}");
    assert_eq!((&made["deck"]["file"], &made["deck"]["cards"]), (&Value::from("tea.apkg"), &Value::from(2)));
    assert_eq!(made["deck_error"], Value::Null);
    assert!(place.read("tea.apkg").starts_with(b"PK"));

    // The same lines are the same cards, which are exported.
    for again in [
        &["capture", "Где мой чай?", "--approve", "--deck", "again.apkg"][..],
        &["capture", "export", "--deck", "again.apkg"],
    ] {
        let refused = place.run(again);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.stderr.contains("capture export --all"), "{refused:?}");
    }
    // Programs have the cards, too, and why there is no deck.
    let again = place.run(&command);
    let [told, failure]: [Value; 2] = [&again.stdout, &again.stderr].map(|text| serde_json::from_str(text).unwrap());
    assert_eq!((again.code, &failure["code"]), (1, &json!("deck_not_written")), "{again:?}");
    let statuses: Vec<&Value> = told["cards"].as_array().unwrap().iter().map(|card| &card["status"]).collect();
    assert_eq!(statuses, ["exported", "exported"], "{told}");
    assert_eq!((&told["deck"], &told["deck_error"]["code"]), (&Value::Null, &failure["code"]), "{told}");
    assert_eq!(told["deck_error"]["detail"], failure["detail"], "{told}");
    assert!(failure["detail"].as_str().unwrap().contains("exported before"), "{failure}");
    let all = printed(&place.run(&["capture", "export", "--deck", "all.csv", "--all", "--json"]));
    assert_eq!(all["cards"], 2, "{all}");
    let csv = String::from_utf8(place.read("all.csv")).unwrap();
    assert!(csv.starts_with('#') && csv.contains("Доброе утро"), "{csv}");

    // What stands before the name of the subcommand is an option of it, or of all commands.
    let data = place.data().display().to_string();
    for (name, before) in [("1.csv", &["--data", &data][..]), ("2.csv", &["--json"]), ("3.csv", &["--name", "Tea"])] {
        let command = [&["capture"][..], before, &["export", "--deck", name, "--all", "--json"]].concat();
        assert_eq!(printed(&place.run(&command))["cards"], 2, "{before:?}");
    }
    let command = ["capture", "--deck", "4.csv", "--json", "export", "--all"];
    assert_eq!(printed(&place.run(&command))["cards"], 2);

    let people = place.run(&["capture", "Спокойной ночи"]);
    assert_eq!(people.code, 0, "{people:?}");
    assert!(people.stdout.starts_with("Спокойной ночи"), "{people:?}");
}

#[test]
fn a_wrong_command_makes_no_card() {
    let place = Place::new();
    place.write("mine.apkg", "my deck");
    let mut large = vec![0xff, 0xd8, 0xff];
    large.resize(20 * 1024 * 1024 + 1, 0);
    place.write("large.jpg", large);
    for (arguments, code) in [
        (vec!["missing.jpg"], "not_found"),
        (vec!["large.jpg"], "file_too_large"),
        (vec!["."], "not_a_file"),
        (vec!["да", "--deck", "out.exe"], "output_unknown_format"),
        (vec!["да", "--deck", "mine.apkg"], "output_exists"),
        (vec!["😀"], "no_words"),
        (vec!["zzzz 1234"], "text_no_language"),
        (vec!["да", "--language", "en"], "no_such_language"),
        // A phrase, and no subcommand.
        (vec!["--language", "ru", "help"], "text_wrong_script"),
        (vec!["export"], "deck_missing"),
        (vec!["--language", "ru", "export"], "export_with_cards"),
        (vec!["да", "--approve", "export"], "export_with_cards"),
        (vec!["да", "--translate-to", "xx"], "no_such_language"),
        (vec!["export", "--deck", "out.apkg"], "deck_not_written"),
    ] {
        let ran = place.run(&[vec!["capture"], arguments.clone(), vec!["--json"]].concat());
        assert_eq!(ran.failure()["code"], code, "{arguments:?}: {ran:?}");
        assert!(ran.code > 0);
        // A path is changed with the option that it was given with, and a size is not over itself.
        let detail = ran.failure()["detail"].as_str().unwrap().to_owned();
        assert_eq!(
            (detail.contains("--output"), detail.contains("--deck")),
            (false, code.starts_with("output_") || code == "deck_missing"),
            "{detail}"
        );
        assert_eq!(
            detail.contains("20971521 bytes and the limit is 20971520 bytes"),
            code == "file_too_large",
            "{detail}"
        );
    }
    let names = ["large.jpg", "mine.apkg"].map(str::to_owned).to_vec();
    assert_eq!((place.names(), place.read("mine.apkg")), (names, b"my deck".to_vec()));
}

/// A file of what ffmpeg draws or plays.
fn drawn(place: &Place, source: &str, name: &str) {
    let source = ["-nostdin", "-v", "error", "-f", "lavfi", "-i", source];
    let done = Command::new("ffmpeg").args(source).args(["-frames:v", "1"]).arg(place.path(name)).status();
    assert!(done.unwrap().success());
}

#[test]
fn what_is_no_card_is_named_and_the_deck_has_the_others() {
    let place = Place::new();
    drawn(&place, "color=white:s=600x400", "white.png");
    drawn(&place, "anullsrc=r=16000:cl=mono,atrim=duration=2,asetnsamples=32000", "silence.wav");
    place.write("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    let inputs = ["white.png", "Где мой чай?", "photo.heic", "silence.wav", "😀"];
    let command = [&["capture"][..], &inputs, &["--approve", "--deck", "tea.apkg", "--json"]].concat();
    let ran = place.run(&command);
    assert_eq!(ran.code, 1, "{ran:?}");
    let made: Value = serde_json::from_str(&ran.stdout).unwrap();
    let of = |card: &Value| json!([card["input"], card["file"], card["status"], card["error"]["code"]]);
    let cards: Vec<Value> = made["cards"].as_array().unwrap().iter().map(of).collect();
    let expected = [
        json!([0, "white.png", "failed", "no_text"]),
        json!([1, null, "approved", null]),
        json!([2, "photo.heic", "failed", "picture_heic"]),
        json!([3, "silence.wav", "failed", "no_speech"]),
        json!([4, null, "failed", "no_words"]),
    ];
    assert_eq!(cards, expected, "{made}");
    assert_eq!((&made["deck"]["cards"], place.read("tea.apkg").starts_with(b"PK")), (&json!(1), true), "{made}");
    let failure: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!(failure["code"], "cards_failed", "{failure}");
    let detail = failure["detail"].as_str().unwrap();
    assert!(detail.starts_with("no card was made of 4 of 5: white.png: no text"), "{detail}");
    for (name, advice) in [("photo.heic", "JPEG"), ("silence.wav", "record it again"), ("\"😀\"", "no word")] {
        assert!(detail.split("; ").any(|one| one.contains(name) && one.contains(advice)), "{name}: {detail}");
    }

    // People read the same line by line, and no deck is made of nothing.
    let people = place.run(&["capture", "white.png", "Доброе утро", "--deck", "none.apkg"]);
    assert_eq!(people.code, 1, "{people:?}");
    let lines: Vec<&str> = people.stdout.lines().collect();
    assert!(lines[0].starts_with("white.png: failed: no text") && lines[1].starts_with("Доброе утро"), "{people:?}");
    assert!(people.stderr.contains("no card was made of 1 of 2: white.png: "), "{people:?}");
    assert!(people.stderr.contains("no deck was written: "), "{people:?}");
    assert!(!place.names().contains(&"none.apkg".to_owned()));
}

/// What a server answers to a request with this body.
fn post(address: &str, path: &str, body: &Value) -> Value {
    let (mut stream, body) = (TcpStream::connect(address).unwrap(), body.to_string());
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json");
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_line_whose_card_is_left_out_of_decks_says_so_and_is_taken_in_again() {
    let place = Place::new();
    let made = printed(&place.run(&["capture", "Где мой чай?", "--approve", "--json"]));
    let server = Serving::start(&place, "log", &[]);
    let exclude = json!({ "action": "exclude", "ids": [made["cards"][0]["id"]] });
    assert_eq!(post(&server.address(), "/api/v1/phrases/batch", &exclude)["count"], 1);
    drop(server);

    let again = place.run(&["capture", "Где мой чай?", "--approve", "--deck", "tea.apkg"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stdout.contains("left out of decks: --include"), "{again:?}");
    assert!(again.stderr.contains("left out of decks") && !again.stderr.contains("exported before"), "{again:?}");
    let taken = printed(&place.run(&["capture", "Где мой чай?", "--include", "--deck", "tea.apkg", "--json"]));
    assert_eq!((&taken["cards"][0]["excluded"], &taken["deck"]["cards"]), (&json!(false), &json!(1)), "{taken}");
}

/// The twin answers in the form that it is asked for, and knows nothing of languages.
#[test]
fn what_a_provider_makes_up_is_asked_for_once_more_and_then_in_doubt() {
    let place = Place::new();
    let (_twin, address) = Running::twin(&place, &["--seed", "3"]);
    let config = format!(
        "outbound.allow = [\"127.0.0.1\"]\n[providers.words]\nkind = \"openai\"\nurl = \"http://{address}/openai/v1\"\n\
         models = {{ complete = \"gpt-5-mini\" }}\n[[route.complete]]\nprovider = \"words\"\n"
    );
    place.write("sluice.toml", config);
    let configured = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        command.env("SLUICE_CONFIG", "sluice.toml").stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let mut key = configured(&["providers", "set-key", "words"]).stdin(Stdio::piped()).spawn().unwrap();
    key.stdin.take().unwrap().write_all(b"sk-test-0123456789").unwrap();
    assert!(key.wait_with_output().unwrap().status.success());
    let capture = || printed(&configured(&["capture", "Где мой чай?", "--json"]).output().unwrap().into());
    let asked = || get(&address, "/twin/bill")["count"].as_u64().unwrap();
    let card = capture()["cards"][0].clone();
    assert_eq!((&card["status"], asked()), (&json!("pending_review"), 3), "the card, its repair, its check: {card}");
    assert_eq!(card["transliteration"], "Gde moy chay?", "what the rules are sure of stays theirs");
    let doubts: Vec<&str> = card["doubts"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    for path in ["translation", "grammar.0", "vocabulary.0.meaning", "vocabulary.1.meaning", "vocabulary.2.meaning"] {
        assert!(doubts.contains(&path), "{path}: {card}");
    }
    assert_eq!((capture()["cards"][0]["id"].clone(), asked()), (card["id"].clone(), 3), "nothing is paid twice");
}
