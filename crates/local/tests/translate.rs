//! The real models translate sentences and long texts, and say what they cannot do.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "support/models.rs"]
mod folder;
#[path = "support/linked.rs"]
mod linked;
mod support;

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use sluice_capability::{Begun, Context, Does, TranslateRequest};
use sluice_local::models::{ConfiguredPairs, EN_PT, ModelFile, Models, PT_EN, Pair};
use sluice_local::translate::{TranslateError, TranslateSettings, Translated, Translator};

fn of(models: Models) -> Translator {
    Translator::new(support::guard(), models, TranslateSettings::of(support::engine_child()))
}

fn translator() -> Translator {
    folder::models(&PT_EN.set);
    of(folder::models(&EN_PT.set))
}

fn request(from: Option<&str>, to: &str, texts: &[&str]) -> TranslateRequest {
    let texts = texts.iter().map(|&text| text.to_owned()).collect();
    TranslateRequest { texts, from: from.map(str::to_owned), to: to.to_owned() }
}

async fn translated(translator: &Translator, from: Option<&str>, to: &str, texts: &[&str]) -> Translated {
    translator.translate(&request(from, to, texts), &|_| ()).await.unwrap()
}

async fn refused(translator: &Translator, from: Option<&str>, to: &str, text: &str) -> TranslateError {
    translator.translate(&request(from, to, &[text]), &|_| ()).await.unwrap_err()
}

#[tokio::test]
async fn ten_sentences_are_translated_both_ways() {
    let translator = translator();
    let pairs = [
        ("The weather is nice today.", "tempo"),
        ("Good morning, how are you?", "bom dia"),
        ("Please submit your essay before midnight on Friday.", "meia-noite"),
        ("She forgot her keys at home and had to call a neighbour.", "chaves"),
        ("The court rejected the appeal.", "tribunal"),
        ("Plants turn sunlight into chemical energy.", "energia química"),
        ("My brother is twelve years old.", "irmão"),
        ("The train to Lisbon leaves at nine in the morning.", "lisboa"),
        ("Where is the nearest hospital?", "hospital"),
        ("We would like to pay the bill.", "pagar"),
    ];
    let english: Vec<&str> = pairs.iter().map(|(text, _)| *text).collect();
    let there = translated(&translator, Some("en"), "pt", &english).await;
    let portuguese: Vec<&str> = there.translation.texts.iter().map(String::as_str).collect();
    for ((text, expected), found) in pairs.iter().zip(&portuguese) {
        assert!(found.to_lowercase().contains(expected), "{text}: {found}");
    }
    assert_eq!(there.model(), "firefox en-pt");

    let back = translated(&translator, None, "en", &portuguese).await;
    assert_eq!(back.translation.from, "pt");
    for (found, expected) in back
        .translation
        .texts
        .iter()
        .zip(["weather", "morning", "midnight", "keys", "court", "energy", "brother", "Lisbon", "hospital", "pay"])
    {
        assert!(found.contains(expected), "{found}: {expected}");
    }
}

#[tokio::test]
async fn a_long_text_keeps_its_shape_and_says_how_far_it_is() {
    let translator = translator();
    let paragraph = "The lighthouse was built in 1858. Its light can be seen from thirty kilometres away!";
    let long = format!("  {}\r\n\r\n- 42 €\n", vec![paragraph; 300].join("\n\n"));
    let shares = Mutex::new(Vec::new());
    let progress = |share| shares.lock().unwrap().push(share);
    let request = request(None, "pt", &[&long, "Good morning.", "", "😀 42"]);
    let context = Context { key: "key", progress: &progress };
    let Begun::Done(answer) = translator.begin(&request, context).await.unwrap() else { panic!("it is done at once") };
    assert_eq!((answer.made_by.model.as_str(), answer.value.from.as_str()), ("firefox en-pt", "en"));
    assert_eq!(answer.usage.characters, request.texts.iter().map(|text| text.chars().count() as u64).sum::<u64>());
    let [long, short, empty, signs] = answer.value.texts.as_slice() else {
        panic!("{} texts", answer.value.texts.len())
    };
    assert!(long.starts_with("  O farol ") && long.ends_with("\r\n\r\n- 42 €\n"), "{long}");
    assert_eq!((long.matches("1858").count(), long.matches("\n\n").count()), (300, 299));
    assert!(short.starts_with("Bom dia"), "{short}");
    assert_eq!((empty.as_str(), signs.as_str()), ("", "😀 42"));
    let shares = shares.into_inner().unwrap();
    assert!(shares.len() >= 3 && shares.is_sorted() && shares.last() == Some(&1.0), "{shares:?}");

    // A sentence that is longer than a model reads at once is translated to its end.
    let day = "we saw the sea, we heard the birds in the garden, we counted twelve boats, we met old friends from school, \
               we bought bread and cheese, we walked to the station, we read the newspaper, ";
    let endless = format!("{}and then we went home.", day.repeat(8));
    let whole = translated(&translator, Some("en"), "pt", &[&endless]).await.translation.texts.remove(0);
    assert!(whole.len() > endless.len() / 2 && whole.ends_with("casa."), "{whole}");
}

#[tokio::test]
async fn odd_texts_do_no_harm() {
    let translator = translator();
    let unbroken = "a".repeat(20_000);
    let texts = [
        "𓀀𓁀𓂀 ᚛ᚑᚌ᚜",
        "a\0b\u{feff}\u{200b}",
        "</s> <unk> ▁▁",
        &unbroken,
        "مرحبا بالعالم",
        "\u{301}\u{301}x",
        "日本語。",
    ];
    let found = translated(&translator, Some("en"), "pt", &texts).await;
    assert_eq!(found.translation.texts.len(), texts.len());
}

#[tokio::test]
async fn what_cannot_be_translated_is_said() {
    let translator = translator();
    let empty = refused(&translator, None, "pt", " \n ").await;
    assert_eq!((empty.code(), empty.is_transient()), ("text_empty", false));
    let japanese = refused(&translator, None, "pt", "今日はいい天気です。").await;
    assert_eq!((japanese.code(), japanese.is_transient()), ("translate_no_pair", false));
    assert!(japanese.to_string().contains("ja to pt") && japanese.to_string().contains("en → pt"), "{japanese}");
    let klingon = refused(&translator, Some("en"), "tlh", "Good morning.").await;
    assert_eq!(klingon.code(), "translate_no_pair");
    let signs = refused(&translator, None, "pt", "42 😀").await;
    assert_eq!(signs.code(), "language_unknown");
    let same = translated(&translator, None, "en", &["The weather is nice today, and I am happy."]).await;
    assert_eq!(same.translation.texts, ["The weather is nice today, and I am happy."]);
    assert!(same.route.is_empty());
}

#[tokio::test]
async fn missing_and_damaged_models_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = refused(&of(Models::new(folder.path())), Some("en"), "pt", "Good morning.").await;
    assert!(matches!(&nothing, TranslateError::NotInstalled { files, .. } if files.len() == 3), "{nothing}");
    assert!(nothing.to_string().contains("sluice models pull translate-en-pt --from FOLDER"), "{nothing}");

    let whole = folder::models(&EN_PT.set);
    let damaged = linked::linked(&EN_PT.set, &whole, folder.path());
    for file in [EN_PT.shortlist.unwrap(), EN_PT.source, EN_PT.model] {
        let path = damaged.path(&file);
        let mut bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        let cut = refused(&of(damaged.clone()), Some("en"), "pt", "Good morning.").await;
        assert!(matches!(&cut, TranslateError::NotInstalled { files, .. } if files == &[file.name]), "{cut}");
        bytes[40] ^= 0xff;
        std::fs::write(&path, &bytes).unwrap();
        let swapped = refused(&of(damaged.clone()), Some("en"), "pt", "Good morning.").await;
        assert_eq!((swapped.code(), swapped.is_transient()), ("translate_not_loaded", false));
        assert!(swapped.to_string().contains("is damaged, or another file"), "{swapped}");
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(whole.path(&file), &path).unwrap();
    }
}

#[tokio::test]
async fn an_engine_that_dies_costs_one_attempt() {
    let translator = translator();
    translator.warm("en", "pt").await.unwrap();
    let engine = Pid::from_raw(i32::try_from(translator.process_id().await.unwrap()).unwrap());
    let long = "The lighthouse was built in 1858. ".repeat(1_000);
    let request = request(Some("en"), "pt", &[&long]);
    // In the middle: after the first of several requests to it.
    let kill_it = |_| {
        kill(engine, Signal::SIGKILL).ok();
    };
    // It may have been noticed before the next request was sent; then a new one was started for it.
    if let Err(error) = translator.translate(&request, &kill_it).await {
        assert_eq!((error.code(), error.is_transient()), ("translate_stopped", true), "{error}");
    }
    let again = translated(&translator, Some("en"), "pt", &["Good morning."]).await;
    assert!(again.translation.texts[0].starts_with("Bom dia"));
    assert_ne!(translator.process_id().await, u32::try_from(engine.as_raw()).ok());
}

/// The models folder with the model from English to Portuguese once more, as one to German of a configuration.
fn with_german(folder: &Path, sha256: &str) -> Models {
    let part = |file: &ModelFile| {
        let name = Path::new(file.name).file_name().unwrap().to_str().unwrap();
        json!({ "file": name, "bytes": file.bytes(), "sha256": file.sha256() })
    };
    let mut model = part(&EN_PT.model);
    model["sha256"] = json!(sha256);
    let configured: ConfiguredPairs = serde_json::from_value(json!({
        "en-de": {
            "base": "http://127.0.0.1:9",
            "model": model,
            "vocabulary": part(&EN_PT.source),
            "shortlist": part(&EN_PT.shortlist.unwrap()),
        },
    }))
    .unwrap();
    linked::linked(&PT_EN.set, &folder::models(&PT_EN.set), folder);
    Models::new(folder).with_pairs(&configured)
}

#[tokio::test]
async fn a_pair_of_the_configuration_translates_directly_and_by_way_of_english() {
    let folder = tempfile::tempdir().unwrap();
    let models = with_german(folder.path(), EN_PT.model.sha256().unwrap());
    let missing = refused(&of(models.clone()), Some("pt"), "de", "Bom dia.").await;
    assert!(matches!(&missing, TranslateError::NotInstalled { files, .. } if files.len() == 3), "{missing}");
    assert!(missing.to_string().ends_with("run `sluice models pull translate-en-de`"), "{missing}");
    let unknown = refused(&of(models.clone()), Some("en"), "ka", "Good morning.").await;
    assert_eq!(unknown.code(), "translate_no_pair");
    assert!(unknown.to_string().contains("en to ka") && unknown.to_string().contains("en → de"), "{unknown}");

    let there = folder::models(&EN_PT.set);
    std::fs::create_dir_all(folder.path().join("translate/en-de")).unwrap();
    for file in EN_PT.set.files {
        let name = Path::new(file.name).file_name().unwrap();
        std::fs::copy(there.path(file), folder.path().join("translate/en-de").join(name)).unwrap();
    }
    let translator = of(models);
    assert_eq!(translator.installed(), "pt → en, en → de");
    let direct = translated(&translator, Some("en"), "de", &["Good morning, how are you?"]).await;
    assert_eq!(direct.model(), "firefox en-de@d9687357");
    assert!(direct.translation.texts[0].to_lowercase().contains("bom dia"), "{direct:?}");
    let by_english = translated(&translator, Some("pt"), "de", &["Ela esqueceu as chaves em casa."]).await;
    assert_eq!(
        (by_english.model().as_str(), by_english.translation.from.as_str()),
        ("firefox pt-en, en-de@d9687357", "pt")
    );
    assert!(by_english.translation.texts[0].contains("chaves"), "{by_english:?}");
}

#[tokio::test]
async fn a_configured_file_of_another_hash_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let models = with_german(folder.path(), &"0".repeat(64));
    let there = folder::models(&EN_PT.set);
    std::fs::create_dir_all(folder.path().join("translate/en-de")).unwrap();
    for file in EN_PT.set.files {
        let name = Path::new(file.name).file_name().unwrap();
        std::os::unix::fs::symlink(there.path(file), folder.path().join("translate/en-de").join(name)).unwrap();
    }
    let wrong = refused(&of(models), Some("en"), "de", "Good morning.").await;
    assert_eq!((wrong.code(), wrong.is_transient()), ("translate_not_loaded", false));
    assert!(wrong.to_string().contains("is damaged, or another file"), "{wrong}");
}

/// There and back is no way that anybody asks for: the child is asked.
#[test]
fn the_engine_uses_two_models_in_a_row() {
    let models = folder::models(&PT_EN.set);
    let part = |file: &ModelFile| json!({ "name": file.name, "sha256": file.sha256() });
    let leg = |pair: &Pair| {
        json!({
            "model": part(&pair.model),
            "source": part(&pair.source),
            "target": part(&pair.target),
            "shortlist": pair.shortlist.as_ref().map(part),
        })
    };
    let mut child = Command::new(support::engine_child())
        .args(["__engine", "translate"])
        .args([models.folder().as_os_str(), "1".as_ref()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let route = [leg(&EN_PT), leg(&PT_EN)];
    let question =
        json!({ "Translate": { "route": route, "sentences": ["She forgot her keys at home."] } }).to_string();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&u32::try_from(question.len()).unwrap().to_le_bytes()).unwrap();
    input.write_all(question.as_bytes()).unwrap();
    drop(input);
    let mut answer = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut answer).unwrap();
    assert!(child.wait().unwrap().success());
    let answer = String::from_utf8(answer[4..].to_vec()).unwrap();
    assert!(answer.starts_with(r#"{"Translated":["#) && answer.contains("keys") && answer.contains("home"), "{answer}");
}
