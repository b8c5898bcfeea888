//! What providers list for a key, asked of the twin: the presenters of D-ID and the voices of a speaches server, and what goes wrong.

use std::sync::Arc;

use futures::TryStreamExt as _;
use serde_json::{Value, json};
use sluice_capability::{Offered, Present as _, Remedy};
use sluice_domain::time::Timestamp;
use sluice_providers::did::{self, Account, Kind, Presenter};
use sluice_providers::http::Secret;
use sluice_providers::openai::{Server, Service, Settings, SpeechModel};
use sluice_providers::prices::Prices;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::{Fake, KEY, Reply, client};

/// 2026-01-02T03:04:05Z
const STARTED: Timestamp = Timestamp::from_millis(1_767_323_045_000);
const KOKORO: &str = "speaches-ai/Kokoro-82M-v1.0-ONNX";

struct Twin {
    at: String,
    _stop: DropGuard,
}

impl Twin {
    async fn new(script: Value, presenters: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let settings = json!({ "did_presenters": presenters });
        let plan = serde_json::from_value(json!({ "script": script, "settings": settings })).unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(sluice_twin::serve(
            listener,
            sluice_twin::Options { seed: 7, started: STARTED, plan },
            stop.clone(),
        ));
        Self { at, _stop: stop.drop_guard() }
    }

    fn settings(&self) -> did::Settings {
        did::Settings {
            address: Some(format!("http://{}/d-id", self.at)),
            ..did::Settings::new(Secret::new(KEY).unwrap(), Arc::new(Prices::default()))
        }
    }

    fn account(&self) -> Account {
        Account::new(client(), self.settings()).unwrap()
    }

    fn speaches(&self, model: &str) -> SpeechModel {
        let settings = Settings {
            address: Some(format!("http://{}/openai/v1", self.at)),
            key: Some(Secret::new(KEY).unwrap()),
            ..Settings::new(Server::Speaches, model, Arc::new(Prices::default()))
        };
        SpeechModel::new(Service::new(client(), settings).unwrap(), Vec::new()).unwrap()
    }
}

fn fault(provider: &str, operation: &str, fault: &Value) -> Value {
    json!([{ "match": { "provider": provider, "operation": operation, "count": 0 }, "fault": fault }])
}

/// How many presenters of clips come, and the code of the error after them.
async fn parts(account: &Account) -> (usize, Option<String>) {
    let (mut pages, mut count) = (account.avatars(Kind::Clip), 0);
    loop {
        match pages.try_next().await {
            Ok(Some(page)) => count += page.len(),
            Ok(None) => return (count, None),
            Err(error) => return (count, Some(error.code)),
        }
    }
}

fn ids(offered: &[Offered]) -> Vec<&str> {
    offered.iter().map(|one| one.id.as_str()).collect()
}

#[tokio::test]
async fn the_presenters_of_an_account_are_listed_page_by_page() {
    let twin = Twin::new(json!([]), 250).await;
    let clips = twin.account().avatars(Kind::Clip).try_concat().await.unwrap();
    assert_eq!(clips.len(), 253, "three pages");
    let ada = &clips[0];
    assert_eq!((ada.id.as_str(), ada.name.as_str()), ("d-id:clip:v2_public_twin_ada", "Ada"));
    assert_eq!(ada.kind, Some("clip"));
    let avatars = twin.account().avatars(Kind::Expressive).try_concat().await.unwrap();
    assert_eq!(ids(&avatars), ["d-id:expressive:avt_twin_mary", "d-id:expressive:avt_twin_otto"]);
    assert!(
        twin.account().avatars(Kind::Talk).try_concat().await.unwrap().is_empty(),
        "the faces of talks are configured"
    );

    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("ada");
    let account = Account::new(client(), did::Settings { listed: clips, ..twin.settings() }).unwrap();
    let presenter = Presenter::new(account, Kind::Clip);
    assert_eq!(presenter.picture("d-id:clip:v2_public_twin_ada", &out).await.unwrap(), "png");
    assert!(std::fs::read(&out).unwrap().starts_with(b"\x89PNG"));
    let nobody = presenter.picture("d-id:clip:nobody", &folder.path().join("x")).await.unwrap_err();
    assert_eq!(nobody.code, "no_picture");
    // Another one of the list, whose picture the twin does not have.
    let missing = folder.path().join("missing");
    let gone = presenter.picture("d-id:clip:v2_public_twin_more_7", &missing).await.unwrap_err();
    assert_eq!((gone.code.as_str(), missing.exists()), ("not_found", false));
}

#[tokio::test]
async fn a_list_has_a_bound() {
    let twin = Twin::new(json!([]), 5_000).await;
    let (listed, error) = parts(&twin.account()).await;
    assert_eq!((listed, error.as_deref()), (2_000, Some("list_too_long")), "that there are more is said");
}

#[tokio::test]
async fn those_of_the_settings_come_first_with_what_the_list_says_of_them() {
    let listed = |name: &str, picture: Option<&str>| Offered {
        id: format!("d-id:clip:{}-1", name.to_lowercase()),
        name: name.to_owned(),
        kind: Some("clip"),
        picture: picture.map(str::to_owned),
    };
    let twin = Twin::new(json!([]), 0).await;
    let settings = did::Settings {
        presenters: vec!["bob-1/drv_2".to_owned(), "eve-1".to_owned(), "amy-1".to_owned()],
        listed: vec![listed("Amy", None), listed("Bob", Some("https://x.example/b.png")), listed("Cy", None)],
        ..twin.settings()
    };
    let offered = Presenter::new(Account::new(client(), settings).unwrap(), Kind::Clip).presenters();
    let shown: Vec<(&str, &str)> = offered.iter().map(|one| (one.id.as_str(), one.name.as_str())).collect();
    let expected = [
        ("d-id:clip:bob-1/drv_2", "Bob (drv_2)"),
        ("d-id:clip:eve-1", "eve-1"),
        ("d-id:clip:amy-1", "Amy"),
        ("d-id:clip:bob-1", "Bob"),
        ("d-id:clip:cy-1", "Cy"),
    ];
    assert_eq!(shown, expected);
    assert_eq!(offered[0].picture.as_deref(), Some("https://x.example/b.png"));
}

#[tokio::test]
async fn what_no_list_should_have_is_left_out() {
    let long = "n".repeat(5_000);
    let page = json!({ "presenters": [
        { "presenter_id": "amy-1", "name": "A\u{7}my", "thumbnail_url": "file:///etc/passwd" },
        { "presenter_id": "amy-1", "name": "Amy again" },
        { "presenter_id": "../credits", "name": "Path" },
        { "presenter_id": "new-1", "name": "Not ready", "status": "started" },
        { "presenter_id": "done-1", "name": " ", "status": "done", "image_url": "https://x.example/d.png" },
        { "presenter_id": "long-1", "name": long, "image_url": format!("https://x.example/{long}") },
        7, null, { "name": "Nobody" },
    ] });
    let fake = Fake::new([Reply::json(200, &page.to_string())]).await;
    let settings = did::Settings {
        address: Some(format!("http://{}", fake.at)),
        ..did::Settings::new(Secret::new(KEY).unwrap(), Arc::new(Prices::default()))
    };
    let clips = Account::new(client(), settings).unwrap().avatars(Kind::Clip).try_concat().await.unwrap();
    assert_eq!(ids(&clips), ["d-id:clip:amy-1", "d-id:clip:done-1", "d-id:clip:long-1"]);
    let (names, pictures): (Vec<usize>, Vec<Option<&str>>) =
        clips.iter().map(|one| (one.name.chars().count(), one.picture.as_deref())).unzip();
    assert_eq!((clips[0].name.as_str(), clips[1].name.as_str(), names[2]), ("Amy", "done-1", 100));
    assert_eq!(pictures, [None, Some("https://x.example/d.png"), None]);
}

/// What a list may be answered with instead, and the code that says so.
fn troubles() -> [(Value, &'static str); 8] {
    [
        (json!({ "kind": "rate_limit", "retry_after": 3 }), "rate_limited"),
        (json!({ "kind": "html", "status": 502 }), "provider_unavailable"),
        (json!({ "kind": "html", "status": 200 }), "bad_answer"),
        (json!("malformed_json"), "answer_lost"),
        (json!("truncated_body"), "connection_broken"),
        (json!("huge_body"), "answer_too_long"),
        (json!("redirect"), "redirected"),
        (json!("unauthorized"), "key_refused"),
    ]
}

#[tokio::test]
async fn a_list_of_presenters_that_fails_says_why() {
    let inside = (json!("error_inside"), "bad_answer");
    for (trouble, code) in troubles().into_iter().chain([inside]) {
        let twin = Twin::new(fault("d-id", "presenters", &trouble), 0).await;
        let error = twin.account().avatars(Kind::Clip).try_concat().await.unwrap_err();
        assert_eq!(error.code, code, "{trouble}: {error}");
        assert!(!format!("{error:?}").contains(KEY), "{error:?}");
        if code == "rate_limited" {
            assert_eq!(error.remedy, Remedy::PutOff(Some(std::time::Duration::from_secs(3))));
        }
        assert_eq!(
            twin.account().avatars(Kind::Expressive).try_concat().await.unwrap().len(),
            2,
            "the other list has no fault"
        );
    }
    // The second of three pages: what came before is there, and half a list is not taken for the whole.
    let second =
        json!([{ "match": { "provider": "d-id", "operation": "presenters", "nth": 2 }, "fault": "reset_before" }]);
    let (listed, error) = parts(&Twin::new(second, 250).await.account()).await;
    assert_eq!((listed, error.is_some()), (100, true), "{error:?}");
}

#[tokio::test]
async fn a_picture_that_is_none_leaves_no_file() {
    for (trouble, code) in [
        (json!({ "kind": "html", "status": 200 }), "bad_answer"),
        (json!("empty_body"), "answer_lost"),
        (json!("huge_body"), "answer_too_long"),
        (json!({ "kind": "huge_body", "bytes": 5_000 }), "picture_unreadable"),
    ] {
        let twin = Twin::new(fault("d-id", "pictures", &trouble), 0).await;
        let listed = twin.account().avatars(Kind::Clip).try_concat().await.unwrap();
        let account = Account::new(client(), did::Settings { listed, ..twin.settings() }).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let picture = folder.path().join("ada");
        let asked = Presenter::new(account, Kind::Clip).picture("d-id:clip:v2_public_twin_ada", &picture).await;
        assert_eq!(asked.unwrap_err().code, code, "{trouble}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{trouble}");
    }
}

#[tokio::test]
async fn a_model_of_speaches_lists_its_voices_with_their_languages() {
    let twin = Twin::new(json!([]), 0).await;
    let listed = twin.speaches(KOKORO).listed().try_concat().await.unwrap();
    let ids: Vec<&str> = listed.iter().map(|voice| voice.id.as_str()).collect();
    // Those whose language this program knows.
    assert_eq!(ids[..3], ["speaches:en:af_heart", "speaches:en:bf_emma", "speaches:fr:ff_siwis"]);
    assert!(ids.contains(&"speaches:pt:pf_dora"), "{ids:?}");
    let piper = twin.speaches("speaches-ai/piper-ar_JO-kareem-medium").listed().try_concat().await.unwrap();
    assert_eq!(piper[0].id, "speaches:ar:kareem", "another model has other voices");
    for (model, code) in
        [("Systran/faster-whisper-small", "no_voices"), ("a/b", "model_not_found"), ("a/../b", "no_model")]
    {
        let error = twin.speaches(model).listed().try_concat().await.unwrap_err();
        assert_eq!(error.code, code, "{model}: {error}");
    }
    for (trouble, code) in troubles() {
        let twin = Twin::new(fault("openai", "models_get", &trouble), 0).await;
        let error = twin.speaches(KOKORO).listed().try_concat().await.unwrap_err();
        assert_eq!(error.code, code, "{trouble}: {error}");
    }
}
