//! A video whose script, voice and presenter come from a provider, which is the twin: what it has charged in the end.

use std::collections::HashSet;

use reqwest::StatusCode;
use serde_json::{Value, json};
use sluice_domain::time::Timestamp;
use sluice_testkit::pdf;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::{Server, file};

const KEY: &str = "sk-of-a-test-0123456789";
/// One of the twin's presenters of clips.
const ADA: &str = "d-id:clip:v2_public_twin_ada";

/// The twin, as long as this lives.
pub(crate) struct Twin {
    address: String,
    _stopping: DropGuard,
}

impl Twin {
    async fn start() -> Self {
        Self::with(sluice_twin::Plan::default()).await
    }

    /// With faults from the start.
    pub(crate) async fn with(plan: sluice_twin::Plan) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let started = Timestamp::from_millis(1_795_000_000_000);
        let options = sluice_twin::Options { seed: 20, started, plan };
        let stopping = CancellationToken::new();
        tokio::spawn(sluice_twin::serve(listener, options, stopping.clone()));
        Self { address, _stopping: stopping.drop_guard() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn get(&self, path: &str) -> Value {
        reqwest::get(self.url(path)).await.unwrap().json().await.unwrap()
    }

    /// What was charged for an operation of `OpenAI`: the ids of the replies.
    async fn charged(&self, operation: &str) -> Vec<String> {
        self.bill("openai", operation).await
    }

    /// What was charged for an operation: the ids of the replies.
    pub(crate) async fn bill(&self, provider: &str, operation: &str) -> Vec<String> {
        let bill = self.get("/twin/bill").await;
        let entries = bill["entries"].as_array().unwrap();
        let of = |entry: &&Value| entry["provider"] == provider && entry["operation"] == operation;
        entries.iter().filter(of).map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
    }

    /// How often an operation was asked for.
    pub(crate) async fn asked(&self, provider: &str, operation: &str) -> u64 {
        self.get("/twin/requests").await[provider][operation].as_u64().unwrap_or(0)
    }
}

/// A server with a provider of another name than its kind's, which writes and speaks.
async fn with_provider(twin: &Twin, folder: &tempfile::TempDir) -> Server {
    let config = folder.path().join("sluice.toml");
    let address = &twin.address;
    let text = format!(
        "[outbound]\nallow = [\"127.0.0.1\"]\n\
         [providers.work]\nkind = \"openai\"\nurl = \"http://{address}/openai/v1\"\n\
         models = {{ complete = \"gpt-5-mini\", speak = \"tts-1\" }}\n\
         voices = {{ en = [\"alloy\"] }}\n\
         [providers.faces]\nkind = \"d-id\"\nurl = \"http://{address}/d-id\"\npresenters = [\"v2_public_twin_ada\"]\n\
         [providers.faces.prices.clip]\nminutes = \"6\"\n\
         [[route.present]]\nprovider = \"faces\"\n\
         [[route.complete]]\nprovider = \"work\"\n\
         [[route.speak]]\nprovider = \"work\"\n[[route.speak]]\nprovider = \"local\"\n"
    );
    std::fs::write(&config, text).unwrap();
    Server::with(&[("SLUICE_CONFIG", config.to_str().unwrap())]).await
}

async fn set_key(server: &Server, provider: &str, key: &str) -> StatusCode {
    let url = server.url(&format!("/api/v1/providers/{provider}/key"));
    server.client.put(url).json(&json!({ "key": key })).send().await.unwrap().status()
}

#[tokio::test]
async fn a_video_by_a_provider_is_charged_once_for_each_answer() {
    let (twin, folder) = (Twin::start().await, tempfile::tempdir().unwrap());
    let server = with_provider(&twin, &folder).await;
    let document = server.document(pdf::fine()).await;
    let choices = json!({
        "document_id": document["id"], "script": "written", "voice": "work:en:alloy", "presenter": null, "shape": "1:1",
    });

    // What a voice costs is known before anything is paid; one of this machine costs nothing.
    let voices = document["apps"]["reel"]["voices"].as_array().unwrap();
    let before = |id: &str| voices.iter().find(|voice| voice["id"] == id).unwrap()["prices"].clone();
    let priced = before("work:en:alloy");
    let before_summary = priced.as_array().unwrap().iter().find(|price| price["mode"] == "summary").unwrap();
    let estimated = before_summary["micro_usd"].as_i64().unwrap();
    assert_eq!(before("espeak:en"), json!([]));
    let offered = document["apps"]["reel"]["estimates"].as_array().unwrap();
    let summary = offered.iter().find(|estimate| estimate["mode"] == "summary").unwrap();
    let script = summary["written_micro_usd"].as_i64().unwrap();

    // Without a key the job says so, and nobody is asked.
    let keyless = server.settled(&server.reel(choices.clone()).await).await;
    assert_eq!((&keyless["state"], &keyless["error"]["code"]), (&json!("failed"), &json!("no_key")), "{keyless}");
    assert_eq!(set_key(&server, "work", "bad-key").await, StatusCode::UNPROCESSABLE_ENTITY, "the twin refuses it");
    assert_eq!(set_key(&server, "work", KEY).await, StatusCode::OK);
    assert!(twin.charged("chat").await.is_empty() && twin.charged("speech").await.is_empty());

    let reel = server.done(&server.reel(choices.clone()).await).await;
    let note = &reel["script_note"];
    let answers = usize::try_from(note["answers"].as_u64().unwrap()).unwrap();
    assert!((1..=2).contains(&answers), "one, and at most one repair: {note}");
    assert_eq!(note["made_by"]["provider"], "work", "{note}");
    let texts: HashSet<String> =
        reel["scenes"].as_array().unwrap().iter().map(|scene| scene["sentences"].to_string()).collect();
    let (written, spoken) = (twin.charged("chat").await, twin.charged("speech").await);
    assert_eq!((written.len(), spoken.len()), (answers, texts.len()), "{written:?} {spoken:?}");
    for charged in [&written, &spoken] {
        assert_eq!(charged.iter().collect::<HashSet<_>>().len(), charged.len(), "{charged:?}");
    }
    // The prices are those of the kind, although the provider has another name.
    for step in reel["cost"]["steps"].as_array().unwrap() {
        let spent = step["spent_micro_usd"].as_i64().unwrap();
        assert!(spent > 0, "{}", reel["cost"]);
        let before = if step["step"] == "voice" { estimated } else { script };
        assert!((1..=before).contains(&spent), "at most {before} was said before: {}", reel["cost"]);
        // Of so short a document the model could have told more.
        assert!(step["step"] != "voice" || before <= 3 * spent, "{before} is far from {spent}");
    }

    // What was made is there for the next video of the same document.
    let again = server.done(&server.reel(choices).await).await;
    assert_eq!(again["scenes"].as_array().unwrap().len(), reel["scenes"].as_array().unwrap().len());
    assert_eq!((twin.charged("chat").await, twin.charged("speech").await), (written, spoken));
}

/// Whoever tries the twin with the documents of this repository gets what the model wrote, and not the extract.
#[tokio::test]
async fn the_twin_writes_scripts_of_the_examples_that_are_taken() {
    let (twin, folder) = (Twin::start().await, tempfile::tempdir().unwrap());
    let server = with_provider(&twin, &folder).await;
    assert_eq!(set_key(&server, "work", KEY).await, StatusCode::OK);
    for example in ["examples/lighthouses.pdf", "examples/astrolabe.pdf"] {
        let document = server.document(file(example)).await;
        for mode in ["summary", "explanation"] {
            let choices = json!({ "document_id": document["id"], "script": "written", "mode": mode });
            let scripted = |reel: &Value| !reel["script_source"].is_null() || reel["state"] == "failed";
            let reel = server.until(&server.reel(choices).await, scripted).await;
            assert_eq!(reel["script_source"], "written", "{example}, {mode}: {reel}");
        }
    }
}

/// The default voice of an English document, with these routes for speech, and a key for the account that lists its voices.
async fn default_voice(twin: &Twin, routes: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("sluice.toml");
    let provider = format!(
        "[outbound]\nallow = [\"127.0.0.1\"]\n[providers.voices]\nkind = \"elevenlabs\"\nurl = \"{}\"\n",
        twin.url("/elevenlabs")
    );
    std::fs::write(&config, provider + routes).unwrap();
    let server = Server::with(&[("SLUICE_CONFIG", config.to_str().unwrap())]).await;
    assert_eq!(set_key(&server, "voices", KEY).await, StatusCode::OK);
    let document = server.document(pdf::fine()).await;
    let document = server.json(&format!("/api/v1/documents/{}", document["id"].as_str().unwrap())).await;
    let voices = document["apps"]["reel"]["voices"].as_array().unwrap();
    assert!(voices.iter().any(|voice| voice["id"].as_str().unwrap().starts_with("elevenlabs:en:")), "{document}");
    let defaults: Vec<&Value> = voices.iter().filter(|voice| voice["default"] == true).collect();
    assert_eq!(defaults.len(), 1, "{voices:?}");
    defaults[0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_default_voice_is_that_of_the_first_route_for_its_language() {
    let twin = Twin::start().await;
    let (account, here) = ("[[route.speak]]\nprovider = \"voices\"\n", "[[route.speak]]\nprovider = \"local\"\n");
    let first = default_voice(&twin, &format!("{account}{here}")).await;
    assert!(first.starts_with("elevenlabs:en:"), "{first}");
    let first = default_voice(&twin, &format!("{here}{account}")).await;
    assert!(!first.starts_with("elevenlabs:"), "{first}");
    let first = default_voice(&twin, &format!("{account}languages = [\"ar\"]\n{here}")).await;
    assert!(!first.starts_with("elevenlabs:"), "that route is for Arabic alone: {first}");
}

/// A phrase with its card.
async fn card(server: &Server, text: &str) -> Value {
    let new = json!({ "text": text, "language": "ru", "again": true });
    let added: Value = server.post("/api/v1/phrases").json(&new).send().await.unwrap().json().await.unwrap();
    let path = format!("/api/v1/phrases/{}", added["items"][0]["id"].as_str().unwrap());
    let card = server.until_at(&path, |phrase| phrase["status"] != "processing").await;
    assert_eq!(card["status"], "pending_review", "{card}");
    card
}

/// Every field that a model made.
fn of_model(view: &Value) -> Vec<&Value> {
    match view {
        Value::Object(object) => {
            let is_it = object.get("source").is_some_and(|source| source["kind"] == "model");
            is_it.then_some(view).into_iter().chain(object.values().flat_map(of_model)).collect()
        }
        Value::Array(list) => list.iter().flat_map(of_model).collect(),
        _ => Vec::new(),
    }
}

/// The twin quotes the prompt, whatever it is asked: nothing of that is taken without a doubt.
#[tokio::test]
async fn a_card_by_a_provider_that_knows_nothing_says_nothing_wrong() {
    let (twin, folder) = (Twin::start().await, tempfile::tempdir().unwrap());
    let server = with_provider(&twin, &folder).await;
    let text = "Где находится вокзал?";
    let keyless = card(&server, text).await;
    assert!(of_model(&keyless).is_empty() && twin.charged("chat").await.is_empty(), "{keyless}");

    assert_eq!(set_key(&server, "work", KEY).await, StatusCode::OK);
    let made = card(&server, text).await;
    for field in of_model(&made) {
        assert_eq!(field["state"], "doubtful", "{field}");
    }
    let words: Vec<&str> =
        made["vocabulary"].as_array().unwrap().iter().map(|word| word["word"].as_str().unwrap()).collect();
    assert_eq!(words, ["Где", "находится", "вокзал"]);
    assert_eq!(made["transliteration"]["source"]["kind"], "rules", "{made}");
    let charged = twin.charged("chat").await;
    assert!((1..=3).contains(&charged.len()), "a card, a repair, a check: {charged:?}");
    let again = card(&server, text).await;
    assert_eq!((&again["translation"], twin.charged("chat").await), (&made["translation"], charged));
}

#[tokio::test]
async fn the_twin_drafts_phrases_in_the_language_that_is_asked_for() {
    let (twin, folder) = (Twin::start().await, tempfile::tempdir().unwrap());
    let server = with_provider(&twin, &folder).await;
    assert_eq!(set_key(&server, "work", KEY).await, StatusCode::OK);
    for (language, count) in [("ru", 10), ("ar", 5), ("zh", 5), ("es", 5), ("ka", 50)] {
        let wanted =
            json!({ "theme": "a morning in the harbour", "language": language, "count": count, "min_words": 4 });
        let asked: Value =
            server.post("/api/v1/phrase-drafts").json(&wanted).send().await.unwrap().json().await.unwrap();
        let path = format!("/api/v1/phrase-drafts/{}", asked["id"].as_str().unwrap());
        let drafts = server.until_at(&path, |drafts| drafts["state"] != "working").await;
        assert_eq!((&drafts["state"], drafts["texts"].as_array().unwrap().len()), (&json!("ready"), count), "{drafts}");
    }
    assert_eq!(twin.charged("chat").await.len(), 5, "each was asked for once");
}

#[tokio::test]
async fn a_presenter_by_a_provider_is_charged_once_for_each_scene() {
    let (twin, folder) = (Twin::start().await, tempfile::tempdir().unwrap());
    let server = with_provider(&twin, &folder).await;
    let document = server.document(pdf::fine()).await;
    let offered = &document["apps"]["reel"]["filmed_presenters"][0];
    assert_eq!((&offered["id"], &offered["provider"]), (&json!(ADA), &json!("faces")), "{offered}");
    assert!(offered["prices"][0]["micro_usd"].as_i64().unwrap() > 0, "{offered}");
    let choices = json!({ "document_id": document["id"], "voice": "work:en:alloy", "presenter": ADA, "shape": "1:1" });
    assert_eq!(set_key(&server, "work", KEY).await, StatusCode::OK);

    // Without a key the job says so: the presenter is not drawn in silence.
    let keyless = server.settled(&server.reel(choices.clone()).await).await;
    assert_eq!((&keyless["state"], &keyless["error"]["code"]), (&json!("failed"), &json!("no_key")), "{keyless}");
    assert_eq!(set_key(&server, "faces", "user:secret").await, StatusCode::OK);

    let reel = server.done(&server.reel(choices.clone()).await).await;
    let sounds: HashSet<String> =
        reel["scenes"].as_array().unwrap().iter().map(|scene| scene["sentences"].to_string()).collect();
    let filmed = twin.bill("d-id", "clips_create").await;
    assert_eq!(filmed.len(), sounds.len(), "{filmed:?}");
    let note = &reel["presenter_note"];
    assert_eq!((&note["made_by"]["provider"], &note["drawn"]), (&json!("faces"), &json!([])), "{note}");
    assert_eq!(note["filmed"].as_u64(), Some(reel["scenes"].as_array().unwrap().len() as u64), "{note}");
    let steps = reel["cost"]["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["step"] == "presenter").unwrap();
    assert!(step["spent_micro_usd"].as_i64().unwrap() > 0, "{step}");

    server.done(&server.reel(choices).await).await;
    assert_eq!(twin.bill("d-id", "clips_create").await, filmed, "what was filmed is there for the next video");
}

/// Those of providers who may present the video of a document.
fn filmed(document: &Value) -> &Vec<Value> {
    document["apps"]["reel"]["filmed_presenters"].as_array().unwrap()
}

/// Why the presenters of the provider cannot be listed.
async fn presenters_trouble(server: &Server) -> Value {
    let all = server.json("/api/v1/providers").await;
    all.as_array().unwrap().iter().find(|one| one["name"] == "faces").unwrap()["presenters_trouble"].clone()
}

#[tokio::test]
async fn presenters_that_a_provider_lists_are_chosen_by_their_pictures() {
    let (twin, folder) = (Twin::start().await, tempfile::tempdir().unwrap());
    let server = with_provider(&twin, &folder).await;
    let document = server.document(pdf::fine()).await;
    let path = format!("/api/v1/documents/{}", document["id"].as_str().unwrap());
    assert_eq!((filmed(&document).len(), &filmed(&document)[0]["image_url"]), (1, &Value::Null), "without a key");
    assert_eq!(set_key(&server, "faces", "user:secret").await, StatusCode::OK);

    let looks = futures::future::join_all((0..10).map(|_| server.json(&path))).await;
    assert!(looks.iter().all(|look| filmed(look).len() == 3), "{}", looks[0]);
    assert_eq!(twin.asked("d-id", "presenters").await, 1, "many at once ask once");
    let ada = &filmed(&looks[0])[0];
    assert_eq!((&ada["id"], &ada["name"], &ada["kind"]), (&json!(ADA), &json!("Ada"), &json!("clip")), "{ada}");
    assert_eq!(presenters_trouble(&server).await, Value::Null);

    let url = ada["image_url"].as_str().unwrap();
    for _ in 0..2 {
        let answer = server.get(url).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FOUND, "{url}");
        let picture = server.get(answer.headers()["location"].to_str().unwrap()).send().await.unwrap();
        let kind = picture.headers()["content-type"].to_str().unwrap();
        assert_eq!((picture.status(), kind), (StatusCode::OK, "image/png"));
        assert!(picture.bytes().await.unwrap().starts_with(b"\x89PNG"));
    }
    assert_eq!(twin.asked("d-id", "pictures").await, 1, "it is fetched once");
    let nobody = server.get("/api/v1/presenters/d-id:clip:nobody/picture").send().await.unwrap();
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_list_that_cannot_be_fetched_says_why_and_leaves_the_configured_presenters() {
    let every = json!({ "provider": "d-id", "operation": "presenters", "count": 0 });
    for (fault, words) in [
        (json!({ "kind": "rate_limit", "retry_after": 1 }), "rate limit"),
        (json!({ "kind": "html", "status": 502 }), "trouble"),
        (json!("huge_body"), ""),
    ] {
        let plan = serde_json::from_value(json!([{ "match": every, "fault": fault }])).unwrap();
        let (twin, folder) = (Twin::with(plan).await, tempfile::tempdir().unwrap());
        let server = with_provider(&twin, &folder).await;
        assert_eq!(set_key(&server, "faces", "user:secret").await, StatusCode::OK);
        let document = server.document(pdf::fine()).await;
        let path = format!("/api/v1/documents/{}", document["id"].as_str().unwrap());
        let again = server.json(&path).await;
        let ids: Vec<&Value> = filmed(&again).iter().map(|one| &one["id"]).collect();
        assert_eq!(ids, [&json!(ADA)], "{fault}");
        let trouble = presenters_trouble(&server).await;
        assert!(trouble.as_str().is_some_and(|trouble| trouble.contains(words)), "{fault}: {trouble}");
        assert_eq!(twin.asked("d-id", "presenters").await, 1, "it is not asked again at once");
        let picture = server.get(&format!("/api/v1/presenters/{ADA}/picture")).send().await.unwrap();
        assert_eq!(picture.status(), StatusCode::NOT_FOUND, "nobody knows where it is");
    }
}

#[tokio::test]
async fn a_picture_that_the_provider_cannot_give_is_asked_for_once() {
    let every = json!({ "provider": "d-id", "operation": "pictures", "count": 0 });
    for (fault, words) in [
        (json!({ "kind": "html", "status": 502 }), "trouble"),
        (json!({ "kind": "status", "status": 404 }), "404"),
        (json!({ "kind": "huge_body", "bytes": 5_000 }), "damaged"),
    ] {
        let plan = serde_json::from_value(json!([{ "match": every, "fault": fault }])).unwrap();
        let (twin, folder) = (Twin::with(plan).await, tempfile::tempdir().unwrap());
        let server = with_provider(&twin, &folder).await;
        assert_eq!(set_key(&server, "faces", "user:secret").await, StatusCode::OK);
        let path = format!("/api/v1/presenters/{ADA}/picture");
        // At the same time, and one after the other.
        let mut answers = futures::future::join_all((0..10).map(|_| server.get(&path).send())).await;
        answers.push(server.get(&path).send().await);
        for answer in answers {
            let answer = answer.unwrap();
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{fault}");
            let after: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=600).contains(&after), "{fault}: {after}");
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "picture_unavailable", "{problem}");
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains(words) && detail.contains("not fetched again for"), "{fault}: {detail}");
        }
        assert_eq!(twin.asked("d-id", "pictures").await, 1, "{fault}: not by every viewer");
    }
}

/// As many as an account may have: three pages of presenters, of which the second cannot be had.
#[tokio::test]
async fn a_list_that_breaks_off_offers_what_came_and_says_that_there_is_more() {
    let second = json!({ "provider": "d-id", "operation": "presenters", "nth": 2 });
    let plan = json!({
        "script": [{ "match": second, "fault": { "kind": "html", "status": 502 } }], "settings": { "did_presenters": 250 },
    });
    let (twin, folder) = (Twin::with(serde_json::from_value(plan).unwrap()).await, tempfile::tempdir().unwrap());
    let server = with_provider(&twin, &folder).await;
    assert_eq!(set_key(&server, "faces", "user:secret").await, StatusCode::OK);
    let document = server.document(pdf::fine()).await;
    let path = format!("/api/v1/documents/{}", document["id"].as_str().unwrap());
    assert_eq!(filmed(&server.json(&path).await).len(), 100, "the first page");
    let trouble = presenters_trouble(&server).await;
    assert!(trouble.as_str().is_some_and(|why| why.starts_with("100 of them came, and not all: ")), "{trouble}");
    assert_eq!(twin.asked("d-id", "presenters").await, 2, "it is not asked again at once");
}
