//! `sluice providers`: what it lists and how it refuses, without any provider being asked.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};
use sluice_testkit::pdf;

use crate::support::{Place, Ran};

const CONFIG: &str = "[providers.voices]\nkind = \"elevenlabs\"\n[[route.speak]]\nprovider = \"voices\"\nlanguages = [\"ar\"]\n\
     [[route.speak]]\nprovider = \"local\"\n[providers.faces]\nkind = \"d-id\"\npresenters = [\"amy\"]\n[[route.present]]\nprovider = \"faces\"\n";

fn place(config: &str) -> Place {
    let place = Place::new();
    place.write("sluice.toml", config);
    place
}

fn run(place: &Place, arguments: &[&str], input: &str) -> Ran {
    let mut command = place.command(arguments);
    command.env("SLUICE_CONFIG", "sluice.toml");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses before it reads closes its end.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    child.wait_with_output().unwrap().into()
}

fn object(ran: &Ran) -> Value {
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn providers_are_listed_with_their_routes() {
    let place = place(CONFIG);
    let all = object(&run(&place, &["providers", "list", "--json"], ""));
    let find = |one: &&Value| one["name"] == "voices";
    let one = all["providers"].as_array().unwrap().iter().find(find).unwrap();
    assert_eq!(
        (&one["name"], &one["kind"], &one["key"]),
        (&json!("voices"), &json!("elevenlabs"), &Value::Null),
        "{all}"
    );
    assert_eq!(one["routes"], json!([{ "capability": "speak", "place": 1, "model": null }]), "{all}");
    let text = run(&place, &["providers", "list"], "").stdout;
    assert!(text.contains("voices (elevenlabs)") && text.contains("key      missing"), "{text}");
    assert!(!place.data().join("secret.key").exists(), "nothing needed it");
    let none = run(&self::place(""), &["providers", "list"], "").stdout;
    assert!(none.contains("built-in engines"), "{none}");
}

#[test]
fn what_cannot_be_done_is_said_with_a_code() {
    let place = place(CONFIG);
    for (arguments, input, code) in [
        (&["providers", "set-key", "other"][..], "sk-0123456789\n", "no_such_provider"),
        (&["providers", "set-key", "voices"], "two words\n", "invalid_key"),
        (&["providers", "set-key", "voices"], "one\ntwo\n", "invalid_key"),
        (&["providers", "set-key", "voices"], "\n", "invalid_key"),
        (&["providers", "set-key", "faces", "--hook"], "wsec_0123456789\n", "hook_unsigned"),
        (&["providers", "test", "voices"], "", "no_key"),
        (&["providers", "remove-key", "voices"], "", "no_key"),
        (&["providers", "price", "other/large"], "", "no_such_provider"),
        (&["providers", "presenters", "other"], "", "no_such_provider"),
        (&["providers", "presenters", "faces"], "", "no_key"),
    ] {
        let ran = run(&place, arguments, input);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{arguments:?}: {ran:?}");
        assert!(!ran.stderr.contains("0123456789") && !ran.stderr.contains("two words"), "{ran:?}");
        let as_json = [arguments, &["--json"]].concat();
        if ["test", "price", "presenters"].contains(&arguments[1]) {
            assert_eq!(run(&place, &as_json, input).failure()["code"], code, "{arguments:?}");
        }
    }
    let done = object(&run(&place, &["providers", "reencrypt", "--json"], ""));
    assert_eq!(done, json!({ "changed": 0, "failed": [] }));
}

#[test]
fn a_hook_secret_is_kept_encrypted() {
    let place = place(
        "[providers.box]\nkind = \"runner\"\nurl = \"https://runner.example.org\"\n\
         [providers.voices]\nkind = \"elevenlabs\"\nby_webhook = true\n",
    );
    for (name, secret) in [("box", "whsec_0123456789abcdef\n"), ("voices", "wsec_0123456789abcdef\n")] {
        let saved = run(&place, &["providers", "set-key", name, "--hook"], secret);
        assert_eq!((saved.code, saved.stderr.as_str()), (0, ""), "{saved:?}");
    }
    for (name, text, form) in [
        ("box", "wsec_0123456789abcdef\n", "whsec_"),
        ("box", "whsec_0123456789\n", "base64"),
        ("voices", "whsec_0123456789abcdef\n", " wsec_"),
        ("voices", "sk-0123456789abcdef\n", " wsec_"),
    ] {
        let refused = run(&place, &["providers", "set-key", name, "--hook"], text);
        assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{refused:?}");
        assert!(refused.stderr.contains(form) && refused.stderr.contains("nothing was saved"), "{refused:?}");
        assert!(!refused.stderr.contains("0123456789"), "{refused:?}");
    }
    let files = ["sluice.db", "sluice.db-wal"].map(|name| std::fs::read(place.data().join(name)).unwrap_or_default());
    for file in files {
        assert!(!file.windows(10).any(|window| window == b"0123456789"), "it is in the database as it is");
    }
    let removed = run(&place, &["providers", "remove-key", "box", "--hook"], "");
    assert_eq!(removed.code, 0, "{removed:?}");
}

#[test]
fn the_table_has_prices_without_any_provider() {
    let models = ["openai/gpt-5-mini", "openrouter/openai/gpt-4o-mini", "elevenlabs/eleven_flash_v2_5", "d-id/clip"];
    let place = place("");
    let arguments = [&["providers", "price"][..], &models].concat();
    let all = object(&run(&place, &[&arguments[..], &["--json"]].concat(), ""));
    let input = json!({ "unit": "input tokens", "micro_usd": 250_000, "per": 1_000_000 });
    assert_eq!(all["models"][0]["prices"][0], input, "{all}");
    let empty = all["models"].as_array().unwrap().iter().filter(|one| one["prices"] == json!([])).count();
    assert_eq!(empty, 3, "a price that stands nowhere is made up: {all}");
    let text = run(&place, &arguments, "").stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].contains("$0.25 for a million input tokens"), "{text}");
    assert!(lines[1].contains("OpenRouter says with each answer what it cost"), "{text}");
    assert!(lines[2].contains("unknown") && lines[3].contains("the configuration"), "{text}");
    // A provider of the configuration that has the name of a kind is meant itself.
    let named = self::place("[providers.openai]\nkind = \"openai\"\nserver = \"llama-cpp\"\n");
    let own = object(&run(&named, &["providers", "price", "openai/gpt-5-mini", "--json"], ""));
    assert_eq!(own["models"][0]["prices"], json!([]), "{own}");
}

#[test]
fn a_model_of_nobody_hides_the_price_of_no_other() {
    let place = place("");
    let arguments = ["providers", "price", "openai/gpt-5-mini", "nobody/large", "openai/gpt-5", "openai/gpt-99"];
    let ran = run(&place, &arguments, "");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!((ran.code, lines.len()), (1, 4), "{ran:?}");
    assert!(lines[0].contains("$0.25 for") && lines[2].contains("$1.25 for"), "{ran:?}");
    assert!(lines[1].starts_with("nobody/large: the price is unknown") && ran.stderr.contains("nobody"), "{ran:?}");
    assert!(lines[3].starts_with("openai/gpt-99: the price is unknown"), "{ran:?}");
    let ran = run(&place, &[&arguments[..], &["--json"]].concat(), "");
    let all: Value = serde_json::from_str(&ran.stdout).unwrap();
    let known: Vec<bool> = all["models"].as_array().unwrap().iter().map(|one| one["prices"] != json!([])).collect();
    assert_eq!(known, [true, false, true, false], "{all}");
    assert_eq!(serde_json::from_str::<Value>(&ran.stderr).unwrap()["code"], "no_such_provider");
}

#[test]
fn one_of_a_unit_is_not_several() {
    let place = place("[providers.faces]\nkind = \"d-id\"\n[providers.faces.prices.clip]\nminutes = \"2\"\n");
    let said = run(&place, &["providers", "price", "faces/clip"], "").stdout;
    assert_eq!(said, "faces/clip: $2 for one minute\n");
}

/// Without its key nothing is spoken, and what it would have cost was said by then.
#[test]
fn a_video_names_the_price_of_a_voice_before_anything_is_spent() {
    let speaking = |prices: &str| {
        place(&format!(
            "[providers.work]\nkind = \"openai\"\nmodels = {{ speak = \"tts-1\" }}\nvoices = {{ en = [\"alloy\"] }}\n{prices}\
             [[route.speak]]\nprovider = \"work\"\n[[route.speak]]\nprovider = \"local\"\n"
        ))
    };
    let price = "[providers.work.prices.tts-1]\ncharacters = \"15\"\n";
    let video = ["reel", "paper.pdf", "--presenter", "none", "--no-captions", "--voice"];
    for (prices, voice, said) in [
        (price, "work:en:alloy", Some("the text will be spoken by a voice of work: at most $0.0")),
        ("[providers.work.prices.tts-1]\n", "work:en:alloy", Some("a voice of work: its price is not known")),
        (price, "no:such:voice", None),
    ] {
        let place = speaking(prices);
        place.write("paper.pdf", pdf::fine());
        let ran = run(&place, &[&video[..], &[voice]].concat(), "");
        assert_eq!(ran.code, 1, "{ran:?}");
        assert_eq!(ran.stderr.contains("will be spoken"), said.is_some(), "{ran:?}");
        assert!(said.is_none_or(|said| ran.stderr.contains(said)), "{ran:?}");
        let json = run(&place, &[&video[..], &[voice, "--json"]].concat(), "");
        assert!(!json.stderr.contains("will be spoken"), "{json:?}");
        let lines: Vec<Value> = json.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1 + usize::from(said.is_some()), "the prices, then the failure: {json:?}");
        if said.is_some() {
            let voice = &lines[0]["prices"][0];
            assert_eq!((&voice["what"], &voice["of"]), (&json!("voice"), &json!("work")), "{json:?}");
            assert_eq!(voice["at_most_micro_usd"].is_i64(), prices == price, "{json:?}");
        }
    }
}

#[test]
fn a_presenter_of_another_kind_is_refused_with_the_route_that_would_film_it() {
    let place = place(
        "[providers.films]\nkind = \"d-id\"\nfaces = { ada = \"https://x.org/ada.jpg\" }\n\
         [[route.present]]\nprovider = \"films\"\n",
    );
    place.write("paper.pdf", pdf::fine());
    let ran = run(&place, &["reel", "paper.pdf", "--presenter", "d-id:talk:ada"], "");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("is one of D-ID's talks") && ran.stderr.contains("the model \"talk\""), "{ran:?}");
}

#[test]
fn mistakes_in_routes_stop_every_command() {
    for (config, words) in [
        ("[[route.speak]]\nprovider = \"voices\"\n", "route.speak[0]: there is no provider \"voices\""),
        ("[providers.faces]\nkind = \"d-id\"\n[[route.speak]]\nprovider = \"faces\"\n", "cannot speak; it can present"),
        ("[providers.faces]\nkind = \"did\"\n", "sluice.toml:2:8: providers.faces"),
        ("[[route.speak]]\nprovider = \"local\"\nfastest = true\n", "fastest"),
        (
            "[[route.speak]]\nprovider = \"local\"\nlanguages = []\n",
            "sluice.toml:3:13: route: languages is empty: name at least one, or leave it out",
        ),
        ("[providers.work]\nkind = \"openai\"\nby_webhook = true\n", "by_webhook is for the kind elevenlabs alone"),
        (
            "[providers.work]\nkind = \"openai\"\n[providers.work.prices.gpt-5-mini]\ninput = \"a quarter\"\n",
            "providers.work.prices.gpt-5-mini: the price \"a quarter\"",
        ),
        ("[providers.work]\nkind = \"openai\"\n[providers.work.prices.m]\noutput = \"-1\"\n", "the price \"-1\" of m"),
    ] {
        let place = place(config);
        for arguments in [&["providers", "list"][..], &["config", "check"]] {
            let ran = run(&place, arguments, "");
            assert_eq!(ran.code, 2, "{config}: {ran:?}");
            assert!(format!("{}{}", ran.stdout, ran.stderr).contains(words), "{words}: {ran:?}");
        }
    }
    let secret = place("secret_key = \"too short\"\n");
    let ran = run(&secret, &["config", "check"], "");
    assert!(ran.code == 2 && ran.stdout.contains("openssl rand") && !ran.stdout.contains("too short"), "{ran:?}");
}
