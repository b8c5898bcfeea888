//! D-ID: each state in which work ends, and what goes wrong on the way.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use futures::TryStreamExt as _;
use serde_json::{Value, json};
use sluice_capability::{Begun, CallProgress, CapabilityError, Does as _, Present as _, PresentRequest, Remedy};
use sluice_domain::money::MicroUsd;
use sluice_providers::did::{Account, Face, KeyForm, Kind, Presenter, Settings, webhook};
use sluice_providers::http::Secret;
use sluice_providers::prices::Prices;
use sluice_providers::webhook::{LARGEST, Refused};

use super::support::{Fake, KEY, Reply, begin, client, failed, picture, video};

const PRICES: &str = "version = \"test\"\n[[models]]\nprovider = \"d-id\"\nmodel = \"clip\"\nminutes = \"6\"\nsource = \"test\"\ndate = \"2026-11-28\"";

fn settings(fake: &Fake) -> Settings {
    let prices = Arc::new(Prices::default().overridden(PRICES).unwrap());
    Settings {
        address: Some(format!("http://{}", fake.at)),
        settle: Duration::ZERO,
        ..Settings::new(Secret::new(KEY).unwrap(), prices)
    }
}

fn presenter(fake: &Fake, kind: Kind) -> Presenter {
    Presenter::new(Account::new(client(), settings(fake)).unwrap(), kind)
}

fn request(folder: &Path, presenter: &str) -> PresentRequest {
    let sound = folder.join("speech.wav");
    std::fs::write(&sound, b"RIFF....WAVE").unwrap();
    PresentRequest {
        presenter: presenter.to_owned(),
        sound,
        duration_ms: 2_500,
        phonemes: Vec::new(),
        width: 1_280,
        height: 720,
        out: folder.join("presenter.mp4"),
    }
}

fn uploaded() -> Reply {
    Reply::json(201, r#"{"url":"s3://d-id-audios/speech.wav","id":"a1","duration":2.5}"#)
}

fn created(object: &str, id: &str) -> Reply {
    let body = json!({ "id": id, "object": object, "created_at": "2026-11-28T12:00:00Z", "created_by": "me", "status": "created" });
    Reply::json(201, &body.to_string())
}

fn state(status: &str, more: &Value) -> Reply {
    let mut body = json!({ "id": "clp_1", "status": status, "config": { "result_format": ".mp4" } });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Reply::json(200, &body.to_string())
}

#[tokio::test]
async fn finished_work_without_a_link_is_looked_at_for_a_minute() {
    let at =
        |second: u32, more: &Value| state("done", more).with("date", format!("Sat, 28 Nov 2026 12:01:{second:02} GMT"));
    let ended = json!({ "modified_at": "2026-11-28T12:00:10.250Z" });
    let changed = json!({ "modified_at": "2026-11-28T11:00:00Z", "completed_at": "2026-11-28T12:00:30Z" });
    let odd = [json!({}), json!({ "modified_at": "soon" }), json!({ "completed_at": 7 })];
    let mut replies = vec![at(5, &ended), at(10, &ended), at(11, &ended), at(20, &changed), at(31, &changed)];
    replies.extend(odd.iter().map(|odd| at(59, odd)));
    let mark = mark(Kind::Clip, "d-id:clip:amy-1").await;
    let listed = json!({ "id": "clp_1", "status": "done", "name": mark, "modified_at": "2026-11-28T11:00:00Z" });
    replies.push(Reply::json(200, &json!({ "clips": [listed] }).to_string()));
    let fake = Fake::new(replies).await;
    let presenter = presenter(&fake, Kind::Clip);
    for is_over in [false, false, true, false, true, false, false, false] {
        let progress = presenter.look("key", Some("clp_1")).await.unwrap();
        // What is not there any more was billed.
        assert_eq!(progress == CallProgress::NotFound, is_over, "{progress:?}");
        assert_eq!(matches!(progress, CallProgress::Pending { .. }), !is_over, "{progress:?}");
    }
    let found = presenter.look("key", None).await.unwrap();
    assert!(matches!(found, CallProgress::Pending { .. }), "lists leave out links: {found:?}");
}

#[tokio::test]
async fn a_clip_is_submitted_polled_and_downloaded_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::with(|at| {
        let link = json!({ "result_url": format!("http://{at}/results/a.mp4?Expires=1&Signature=x") });
        [
            uploaded(),
            created("clip", "clp_1"),
            state("created", &json!({})),
            state("started", &json!({ "pending_url": "s3://d-id-clips/a.mp4" })),
            state("done", &json!({})),
            state("done", &link),
            state("done", &link),
            Reply::new(200, "video/mp4", video()),
        ]
    })
    .await;
    let mut settings = settings(&fake);
    settings.webhook = Some("https://sluice.example.org/in/d-id/token".to_owned());
    settings.background = Some("#ffffff".to_owned());
    let presenter = Presenter::new(Account::new(client(), settings).unwrap(), Kind::Clip);
    let request = request(folder.path(), "d-id:clip:amy-1/drv-2");
    assert_eq!(presenter.accepts(&request), Ok(()));
    assert_eq!(presenter.estimate(&request), Some(MicroUsd(1_500_000)), "fifteen seconds are charged");
    let Begun::Accepted { provider_id, .. } = begin(&presenter, &request).await.unwrap() else { panic!("accepted") };
    for _ in 0..3 {
        let progress = presenter.look("key", Some(&provider_id)).await.unwrap();
        assert!(
            matches!(&progress, CallProgress::Pending { provider_id, .. } if provider_id == "clp_1"),
            "{progress:?}"
        );
    }
    assert_eq!(presenter.look("key", Some("clp_1")).await.unwrap(), CallProgress::Ready { provider_id });
    let answer = presenter.fetch(&request, "clp_1").await.unwrap();
    assert_eq!((answer.value.duration_ms, answer.value.width, answer.value.height), (2_500, 640, 360));
    assert_eq!(answer.cost, Some(MicroUsd(1_500_000)));
    assert_eq!(answer.made_by.version, "V3", "which D-ID's documentation calls those of clips");
    assert_eq!(std::fs::read(&request.out).unwrap(), video());
    let seen = fake.seen();
    let paths: Vec<&str> = seen.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths[..3], ["/audios", "/clips", "/clips/clp_1"]);
    assert_eq!(seen[1].header("authorization"), Some(format!("Basic {KEY}").as_str()));
    assert_eq!(seen[7].header("authorization"), None, "the link is its own key");
    let body = seen[1].json();
    let mark = body["name"].clone();
    assert!(mark.as_str().unwrap().starts_with("sluice-") && !mark.as_str().unwrap().contains("key"));
    let expected = json!({
        "presenter_id": "amy-1", "driver_id": "drv-2", "name": mark, "user_data": mark,
        "script": { "type": "audio", "audio_url": "s3://d-id-audios/speech.wav" },
        "config": { "result_format": "mp4", "output_resolution": 720 },
        "background": { "color": "#ffffff" }, "webhook": "https://sluice.example.org/in/d-id/token",
    });
    assert_eq!(body, expected, "D-ID refuses what it does not know");
}

/// It would refuse all work with it.
#[tokio::test]
async fn an_address_for_notifications_without_encryption_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([uploaded(), created("clip", "clp_1")]).await;
    let mut settings = settings(&fake);
    settings.webhook = Some("http://sluice.example.org/in/d-id/token".to_owned());
    let presenter = Presenter::new(Account::new(client(), settings).unwrap(), Kind::Clip);
    begin(&presenter, &request(folder.path(), "d-id:clip:amy-1")).await.unwrap();
    assert_eq!(fake.seen()[1].json().get("webhook"), None);
}

#[tokio::test]
async fn a_talk_has_an_uploaded_face_and_an_expressive_its_sentiment() {
    let folder = tempfile::tempdir().unwrap();
    let face = folder.path().join("anna.png");
    std::fs::write(&face, picture(600, 800)).unwrap();
    let huge = folder.path().join("huge.png");
    std::fs::write(&huge, picture(30_000, 30_000)).unwrap();
    let image = Reply::json(201, r#"{"url":"s3://d-id-images/face.png","id":"i1"}"#);
    let fake = Fake::new([
        uploaded(),
        image,
        created("talk", "tlk_1"),
        uploaded(),
        uploaded(),
        created("expressive", "exp_1"),
    ])
    .await;
    let mut settings = settings(&fake);
    settings.key_form = KeyForm::Base64;
    settings.faces.insert("anna".to_owned(), Face::File(face));
    settings.faces.insert("huge".to_owned(), Face::File(huge));
    let account = Account::new(client(), settings).unwrap();
    let talks = Presenter::new(account.clone(), Kind::Talk);
    begin(&talks, &request(folder.path(), "d-id:talk:anna")).await.unwrap();
    assert!(talks.accepts(&request(folder.path(), "d-id:talk:bob")).unwrap_err().contains("bob"));
    let refused = failed(&talks, &request(folder.path(), "d-id:talk:huge")).await;
    assert_eq!((refused.code.as_str(), refused.remedy), ("picture_too_large", Remedy::Fail));
    let expressives = Presenter::new(account.clone(), Kind::Expressive);
    begin(&expressives, &request(folder.path(), "d-id:expressive:av_1/happy")).await.unwrap();
    let seen = fake.seen();
    assert_eq!(seen.len(), 6, "the huge picture was not sent");
    assert!(!seen[2].header("authorization").unwrap().contains(KEY), "the key is in Base64");
    let talk = seen[2].json();
    assert_eq!(
        (&talk["source_url"], &talk["config"]["result_format"]),
        (&json!("s3://d-id-images/face.png"), &json!("mp4"))
    );
    let expressive = seen[5].json();
    assert_eq!((&expressive["avatar_id"], &expressive["sentiment_id"]), (&json!("av_1"), &json!("happy")));
    assert_eq!(expressive["config"]["output_resolution"], 720);
    let avatars = account.avatars(Kind::Talk).try_concat().await.unwrap();
    assert_eq!(avatars[0].id, "d-id:talk:anna");
}

#[tokio::test]
async fn refusals_have_their_remedies() {
    let folder = tempfile::tempdir().unwrap();
    let request = request(folder.path(), "d-id:clip:amy-1");
    let kind = |status: u16, kind: &str| {
        Reply::json(status, &json!({ "kind": kind, "description": format!("no, {KEY}") }).to_string())
    };
    for (reply, code, remedy) in [
        (kind(400, "ValidationError"), "request_refused", Remedy::Fail),
        (kind(401, "AuthorizationError"), "key_refused", Remedy::Fail),
        (Reply::json(401, r#"{"message":"Unauthorized"}"#), "key_refused", Remedy::Fail),
        (kind(402, "InsufficientCreditsError"), "credits_gone", Remedy::Fail),
        (kind(403, "PermissionError"), "forbidden", Remedy::Fail),
        (kind(451, "TextModerationError"), "content_refused", Remedy::Fail),
        (kind(451, "CelebrityRecognizedError"), "content_refused", Remedy::Fail),
        (Reply::new(429, "text/plain", "Too Many Requests"), "rate_limited", Remedy::PutOff(None)),
        (kind(429, "x").with("retry-after", "7"), "rate_limited", Remedy::PutOff(Some(Duration::from_secs(7)))),
        (kind(500, "InternalServerError"), "provider_unavailable", Remedy::Look),
        (Reply::new(504, "text/html", "<html><title>Gateway Timeout</title>"), "answer_lost", Remedy::Look),
        (Reply::json(201, r#"{"id":"clp_1","obj"#), "answer_lost", Remedy::Look),
        (Reply::json(201, r#"{"id":"clp_1","object":"clip"}"#).cut(), "connection_broken", Remedy::Look),
    ] {
        let fake = Fake::new([uploaded(), reply]).await;
        let error = failed(&presenter(&fake, Kind::Clip), &request).await;
        assert_eq!((error.code.as_str(), error.remedy), (code, remedy), "{}", error.message);
        assert!(!error.message.contains(KEY));
    }
    for (status, code, remedy) in [(415, "request_refused", Remedy::Fail), (451, "content_refused", Remedy::Fail)] {
        let fake = Fake::new([kind(status, "UnsupportedMimeTypeError")]).await;
        let error = failed(&presenter(&fake, Kind::Clip), &request).await;
        assert_eq!((error.code.as_str(), error.remedy, fake.seen().len()), (code, remedy, 1), "nothing was submitted");
    }
    let fake = Fake::new([uploaded().cut()]).await;
    let error = failed(&presenter(&fake, Kind::Clip), &request).await;
    assert_eq!(error.remedy, Remedy::Retry, "an upload charges nothing");
}

#[tokio::test]
async fn what_cannot_be_presented_is_not_sent() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([]).await;
    let clips = presenter(&fake, Kind::Clip);
    let mut long = request(folder.path(), "d-id:clip:amy-1");
    long.duration_ms = 300_001;
    assert_eq!(failed(&clips, &long).await.code, "sound_too_long");
    assert_eq!(failed(&clips, &request(folder.path(), "d-id:talk:amy-1")).await.code, "no_such_presenter");
    let large = request(folder.path(), "d-id:clip:amy-1");
    let file = std::fs::File::create(&large.sound).unwrap();
    file.set_len(6 * 1024 * 1024 + 1).unwrap();
    assert_eq!(failed(&clips, &large).await.code, "sound_too_large");
    file.set_len(0).unwrap();
    assert_eq!(failed(&clips, &large).await.code, "empty_file");
    assert!(fake.seen().is_empty());
}

#[tokio::test]
async fn work_that_ends_badly_says_why() {
    let fake = Fake::new([
        state("error", &json!({ "error": { "kind": "RenderError", "description": "GPU lost" } })),
        state("rejected", &json!({ "error": { "kind": "AudioModerationError", "description": "no" } })),
        Reply::json(404, r#"{"kind":"NotFoundError","description":"gone"}"#),
        Reply::json(500, r#"{"kind":"InternalServerError","description":"x"}"#),
    ])
    .await;
    let clips = presenter(&fake, Kind::Clip);
    let look = async || clips.look("key", Some("clp_1")).await;
    let error = look().await.unwrap();
    assert!(
        matches!(&error, CallProgress::Failed { message, cost: MicroUsd(0) } if message.contains("GPU lost")),
        "{error:?}"
    );
    let rejected = look().await.unwrap();
    assert!(matches!(&rejected, CallProgress::Rejected { code, .. } if code == "content_refused"), "{rejected:?}");
    assert_eq!(look().await.unwrap(), CallProgress::NotFound);
    assert_eq!(look().await.unwrap_err().code, "provider_unavailable", "it is asked again later");
    assert_eq!(clips.look("key", Some("../credits")).await.unwrap(), CallProgress::NotFound);
    assert_eq!(fake.seen().len(), 4, "no id leads to another path");
}

/// The mark of the key `key`, as it was submitted.
async fn mark(kind: Kind, presenter_id: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::new([uploaded(), created("x", "x_1")]).await;
    begin(&presenter(&fake, kind), &request(folder.path(), presenter_id)).await.unwrap();
    fake.seen()[1].json()["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn lost_work_is_found_in_the_lists() {
    let mark = mark(Kind::Clip, "d-id:clip:amy-1").await;
    let other = json!({ "id": "clp_0", "status": "done", "name": "holiday" });
    let ours = json!({ "id": "clp_9", "status": "started", "name": mark });
    let fake = Fake::new([
        Reply::json(200, &json!({ "clips": [other], "token": "a+b/c=" }).to_string()),
        Reply::json(200, &json!({ "clips": [ours, { "odd": 1 }] }).to_string()),
    ])
    .await;
    let found = presenter(&fake, Kind::Clip).look("key", None).await.unwrap();
    assert!(matches!(&found, CallProgress::Pending { provider_id, .. } if provider_id == "clp_9"), "{found:?}");
    assert_eq!(fake.seen()[1].path, "/clips?limit=100&token=a%2Bb%2Fc%3D");

    // The list of talks leaves the mark out: each one is asked for.
    let listed = json!({ "talks": [{ "id": "tlk_1", "status": "done" }, { "id": "tlk_2", "status": "done" }] });
    let fake = Fake::new([
        Reply::json(200, &listed.to_string()),
        Reply::json(200, r#"{"id":"tlk_1","status":"done","user_data":"else"}"#),
        Reply::json(
            200,
            &json!({ "id": "tlk_2", "status": "done", "result_url": "https://x.example/a", "user_data": mark })
                .to_string(),
        ),
    ])
    .await;
    let found = presenter(&fake, Kind::Talk).look("key", None).await.unwrap();
    assert_eq!(found, CallProgress::Ready { provider_id: "tlk_2".to_owned() });
}

#[tokio::test]
async fn work_that_never_arrived_is_missed_twice_before_it_counts() {
    let mark = mark(Kind::Clip, "d-id:clip:amy-1").await;
    let empty = || Reply::json(200, r#"{"expressives":[]}"#);
    let fake = Fake::new([empty(), empty()]).await;
    assert_eq!(presenter(&fake, Kind::Expressive).look("key", None).await.unwrap(), CallProgress::NotFound);
    let late = json!({ "expressives": [{ "id": "exp_1", "status": "created", "user_data": mark }] });
    let fake = Fake::new([empty(), Reply::json(200, &late.to_string())]).await;
    let found = presenter(&fake, Kind::Expressive).look("key", None).await.unwrap();
    assert!(matches!(found, CallProgress::Pending { .. }), "it was only late");
    // More work than can be looked through, or a list that leads nowhere.
    let many: Vec<Value> = (0..21).map(|n| json!({ "id": format!("t{n}"), "status": "done" })).collect();
    let mut replies = vec![Reply::json(200, &json!({ "talks": many }).to_string())];
    replies.extend((0..20).map(|n| Reply::json(200, &json!({ "id": format!("t{n}"), "status": "done" }).to_string())));
    let fake = Fake::new(replies).await;
    assert_eq!(presenter(&fake, Kind::Talk).look("key", None).await.unwrap(), CallProgress::CannotTell);
    let loops = || Reply::json(200, r#"{"clips":[],"token":"same"}"#);
    let fake = Fake::new([loops(), loops()]).await;
    assert_eq!(presenter(&fake, Kind::Clip).look("key", None).await.unwrap(), CallProgress::CannotTell);
}

async fn fetched(folder: &Path, make: impl FnOnce(String) -> Vec<Reply>) -> (Result<(), CapabilityError>, usize) {
    let fake = Fake::with(|at| make(format!("http://{at}"))).await;
    let request = request(folder, "d-id:clip:amy-1");
    let result = presenter(&fake, Kind::Clip).fetch(&request, "clp_1").await.map(|_| ());
    assert_eq!(result.is_ok(), request.out.exists(), "there is a file if it succeeded");
    let _ = std::fs::remove_file(&request.out);
    (result, fake.seen().len())
}

#[tokio::test]
async fn an_expired_link_is_signed_anew() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let link = |at: &str, name: &str| state("done", &json!({ "result_url": format!("{at}/{name}") }));
    let gone = || Reply::new(403, "application/xml", "<Error><Code>AccessDenied</Code></Error>");
    let whole = || Reply::new(200, "video/mp4", video());
    let (result, _) = fetched(folder, |at| vec![link(&at, "old"), gone(), link(&at, "new"), whole()]).await;
    result.unwrap();
    let (result, asked) = fetched(folder, |at| vec![link(&at, "a"), gone(), link(&at, "b"), gone()]).await;
    let error = result.unwrap_err();
    assert_eq!((error.code.as_str(), error.remedy, asked), ("link_expired", Remedy::PutOff(None), 4));
    let (result, _) = fetched(folder, |at| vec![link(&at, "a"), whole().cut()]).await;
    assert_eq!(result.unwrap_err().remedy, Remedy::Retry);
    let (result, _) =
        fetched(folder, |at| vec![link(&at, "a"), Reply::new(200, "video/mp4", video()[..200].to_vec())]).await;
    assert_eq!(result.unwrap_err().code, "bad_answer");
    let (result, _) = fetched(folder, |at| vec![link(&at, "a"), Reply::new(200, "text/html", "<html>")]).await;
    assert_eq!(result.unwrap_err().code, "bad_answer");
    let huge = || Reply::new(200, "video/mp4", "x").with("content-length", "10737418240").cut();
    let (result, _) = fetched(folder, |at| vec![link(&at, "a"), huge()]).await;
    assert_eq!(result.unwrap_err().code, "answer_too_long");
    let (result, asked) = fetched(folder, |_| vec![link("http://10.0.0.1", "a")]).await;
    assert_eq!((result.unwrap_err().code.as_str(), asked), ("address_forbidden", 1));
    let inner = Reply::new(302, "text/plain", "").with("location", "http://10.0.0.1/");
    let (result, _) = fetched(folder, |at| vec![link(&at, "a"), inner]).await;
    assert_eq!(result.unwrap_err().code, "redirected");
    let (result, _) = fetched(folder, |_| vec![state("started", &json!({}))]).await;
    assert_eq!(result.unwrap_err().code, "not_ready");
}

#[tokio::test]
async fn credits_and_presenters_are_listed() {
    let fake = Fake::new([
        Reply::json(200, r#"{"credits":[],"remaining":12.5,"total":100}"#),
        Reply::json(404, r#"{"kind":"NotFoundError","description":"no credits"}"#),
        Reply::json(200, r#"{"presenters":[{"presenter_id":"amy-1","name":"Amy","thumbnail_url":"https://x.example/a.png"}],"token":"2"}"#),
        Reply::json(200, r#"{"presenters":[{"presenter_id":"bob-1"},{"name":"nobody"}]}"#),
        Reply::json(200, r#"{"avatars":[{"id":"av_1","name":"Eva","sentiments":[]}]}"#),
    ])
    .await;
    let account = Account::new(client(), settings(&fake)).unwrap();
    assert!((account.credits().await.unwrap().remaining - 12.5).abs() < f64::EPSILON);
    assert!(account.credits().await.unwrap().total.abs() < f64::EPSILON, "it never had any");
    let clips = account.avatars(Kind::Clip).try_concat().await.unwrap();
    let named: Vec<(&str, &str)> = clips.iter().map(|one| (one.id.as_str(), one.name.as_str())).collect();
    assert_eq!(named, [("d-id:clip:amy-1", "Amy"), ("d-id:clip:bob-1", "bob-1")]);
    assert_eq!(account.avatars(Kind::Expressive).try_concat().await.unwrap()[0].id, "d-id:expressive:av_1");
    let paths: Vec<String> = fake.seen().into_iter().skip(2).map(|one| one.path).collect();
    let expected = ["/clips/presenters?limit=100", "/clips/presenters?limit=100&token=2", "/expressives/avatars"];
    assert_eq!(paths, expected, "nothing that it does not know");
}

#[tokio::test]
async fn those_of_the_settings_are_offered() {
    let fake = Fake::new([]).await;
    let settings = Settings {
        presenters: vec!["amy-1".to_owned(), "bob-1/drv_2".to_owned(), "no id".to_owned()],
        faces: [("ada".to_owned(), Face::Link("https://x.example/ada.jpg".to_owned()))].into(),
        ..settings(&fake)
    };
    let account = Account::new(client(), settings).unwrap();
    let offered = |kind| {
        let presenters = Presenter::new(account.clone(), kind).presenters();
        presenters.into_iter().map(|one| (one.id, one.name)).collect::<Vec<_>>()
    };
    let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    assert_eq!(offered(Kind::Talk), [pair("d-id:talk:ada", "ada")]);
    let clips = [pair("d-id:clip:amy-1", "amy-1"), pair("d-id:clip:bob-1/drv_2", "bob-1/drv_2")];
    assert_eq!(offered(Kind::Clip), clips, "what is no id is left out");
    assert_eq!(offered(Kind::Expressive)[0].0, "d-id:expressive:amy-1");
    assert!(fake.seen().is_empty());
}

#[test]
fn a_webhook_says_nothing_but_whom_to_ask_about() {
    let read = |body: &[u8]| webhook(&HeaderMap::new(), body);
    let forged = br#"{"id":"clp_1","status":"done","result_url":"https://evil.example/a.mp4"}"#;
    assert_eq!(read(forged).unwrap().provider_id, "clp_1");
    for odd in [&b""[..], b"<html>", b"{}", br#"{"id":7}"#, br#"{"id":"../credits"}"#] {
        assert_eq!(read(odd), Err(Refused::Unreadable), "{odd:?}");
    }
    assert_eq!(read(&vec![b' '; LARGEST + 1]), Err(Refused::TooLarge));
}
