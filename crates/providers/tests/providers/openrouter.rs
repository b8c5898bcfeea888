//! What only OpenRouter does.

use std::time::Duration;

use serde_json::json;
use sluice_capability::{Begun, CallProgress, Does as _, Remedy, SpeakRequest};
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;
use sluice_providers::openai::{ChatModel, Delivery, Server, Service, Settings, SpeechModel};

use crate::chat::request;
use crate::support::{Fake, Reply, begin, client, done, failed};

fn model(fake: &Fake, delivery: Delivery) -> ChatModel {
    let settings = Settings {
        fallbacks: vec!["b/c".to_owned()],
        attribution: Some(("https://sluice.example".to_owned(), "Sluice".to_owned())),
        ..fake.settings(Server::OpenRouter, "a/b")
    };
    ChatModel::new(Service::new(client(), settings).unwrap(), delivery).unwrap()
}

#[tokio::test]
async fn fallbacks_and_attribution_are_sent_and_the_cost_is_what_it_says() {
    let reply = concat!(
        "\n   \n  {\"id\":\"gen-1\",\"provider\":\"X\",\"model\":\"b/c\",\"choices\":[{\"finish_reason\":\"stop\",",
        "\"native_finish_reason\":\"end\",\"message\":{\"content\":\"Hi\",\"reasoning\":\"hm\"}}],",
        "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1,\"cost\":0.0000141,\"is_byok\":false}}"
    );
    let fake = Fake::new([Reply::json(200, reply)]).await;
    let answer = done(&model(&fake, Delivery::Whole), &request(Some(json!({ "type": "string" })))).await;
    assert_eq!((answer.cost, answer.made_by.model.as_str()), (Some(MicroUsd(15)), "b/c"));
    assert_eq!(answer.provider_id.as_deref(), Some("gen-1"));
    let seen = fake.one();
    assert_eq!(
        (seen.header("http-referer"), seen.header("x-openrouter-title")),
        (Some("https://sluice.example"), Some("Sluice"))
    );
    let body = seen.json();
    assert_eq!(body["models"], json!(["a/b", "b/c"]));
    assert_eq!(body["provider"], json!({ "require_parameters": true }));
}

#[tokio::test]
async fn the_bill_of_ones_own_key_is_added() {
    let usage = |byok: bool| {
        let body = json!({ "choices": [{ "message": { "content": "Hi" }, "finish_reason": "stop" }],
            "usage": { "cost": 0.000_001, "is_byok": byok, "cost_details": { "upstream_inference_cost": 0.0002 } } });
        Reply::json(200, &body.to_string())
    };
    let fake = Fake::new([usage(true), usage(false)]).await;
    let model = model(&fake, Delivery::Whole);
    assert_eq!(done(&model, &request(None)).await.cost, Some(MicroUsd(201)));
    assert_eq!(done(&model, &request(None)).await.cost, Some(MicroUsd(1)));
}

#[tokio::test]
async fn errors_inside_answers_are_errors() {
    let full = r#"{"error":{"code":502,"message":"Provider returned error","metadata":{"provider_name":"X","raw":"{\"error\":{\"message\":\"overheated\"}}"}},"user_id":"u"}"#;
    let partial = r#"{"choices":[{"finish_reason":"error","message":{"content":"Hel"},"error":{"code":429,"message":"slow down","metadata":{}}}]}"#;
    let broken = r#"{"choices":[{"finish_reason":"error","native_finish_reason":"x","message":{"content":"Hel"}}]}"#;
    let blocked =
        r#"{"error":{"code":403,"message":"flagged","metadata":{"reasons":["violence"],"flagged_input":"…"}}}"#;
    let poor = r#"{"error":{"code":402,"message":"Insufficient credits"}}"#;
    let stream = "data: {\"error\":{\"code\":\"server_error\",\"message\":\"gone\"},\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n";
    for (reply, remedy, code, words) in [
        (Reply::json(200, full), Remedy::PutOff(None), "provider_unavailable", "X: overheated"),
        (Reply::json(200, partial), Remedy::PutOff(None), "rate_limited", "slow down"),
        (Reply::json(200, broken), Remedy::Look, "answer_lost", "broke its answer off"),
        (Reply::events(&format!("data: {broken}\n\ndata: [DONE]\n\n")), Remedy::Look, "answer_lost", "broke"),
        (Reply::json(403, blocked), Remedy::Fail, "content_refused", "flagged"),
        (Reply::json(402, poor), Remedy::Fail, "credits_gone", "Insufficient credits"),
        (Reply::events(stream), Remedy::PutOff(None), "provider_unavailable", "gone"),
        (Reply::new(524, "text/html", "<html><title>524</title>"), Remedy::Look, "answer_lost", "524"),
    ] {
        let fake = Fake::new([reply]).await;
        let error = failed(&model(&fake, Delivery::Streamed), &request(None)).await;
        assert_eq!((error.remedy, error.code.as_str()), (remedy, code));
        assert!(error.message.contains(words), "{}", error.message);
    }
}

#[tokio::test]
async fn a_window_that_is_used_up_says_when_it_ends() {
    let refusal = Reply::json(429, r#"{"error":{"code":429,"message":"Rate limit exceeded: free-models-per-day"}}"#)
        .with("date", "Thu, 01 Jan 1970 00:00:10 GMT")
        .with("x-ratelimit-limit", "50")
        .with("x-ratelimit-remaining", "0")
        .with("x-ratelimit-reset", "3610000");
    let fake = Fake::new([refusal]).await;
    let error = failed(&model(&fake, Delivery::Streamed), &request(None)).await;
    assert_eq!((error.remedy, error.code.as_str()), (Remedy::PutOff(Some(Duration::from_hours(1))), "rate_limited"));
}

#[tokio::test]
async fn the_cost_of_a_lost_answer_is_found_by_its_id() {
    let cut = Reply::json(200, "{\"id\":\"gen-7\",").cut().with("x-generation-id", "gen-7");
    let cost = |cost: f64| {
        let data =
            json!({ "data": { "id": "gen-7", "total_cost": cost, "is_byok": false, "upstream_inference_cost": null } });
        Reply::json(200, &data.to_string())
    };
    let fake =
        Fake::new([cut, Reply::json(404, r#"{"error":{"code":404,"message":"no"}}"#), cost(0.0125), cost(0.0)]).await;
    let model = model(&fake, Delivery::Whole);
    let Begun::Accepted { provider_id, .. } = begin(&model, &request(None)).await.unwrap() else {
        panic!("there is no answer")
    };
    assert_eq!(provider_id, "gen-7");
    let look = async || model.look("key", Some(&provider_id)).await.unwrap();
    assert!(matches!(look().await, CallProgress::Pending { .. }), "it is not counted yet");
    let CallProgress::Rejected { code, cost, .. } = look().await else { panic!("it was charged") };
    assert_eq!((code.as_str(), cost), ("answer_lost", MicroUsd(12_500)));
    assert!(matches!(look().await, CallProgress::Failed { cost: MicroUsd(0), .. }), "nothing was charged");
    assert_eq!(fake.seen()[1].path, "/v1/generation?id=gen-7");
    assert_eq!(model.look("key", None).await.unwrap(), CallProgress::CannotTell, "its id is not known");
}

#[tokio::test]
async fn speech_is_priced_by_a_later_question() {
    let folder = tempfile::tempdir().unwrap();
    let sound = Reply::new(200, "audio/pcm;rate=16000", vec![0; 32_000]).with("x-generation-id", "gen-8");
    let missing = Reply::json(404, r#"{"error":{"code":404,"message":"no"}}"#);
    let counted = Reply::json(200, r#"{"data":{"total_cost":0.003}}"#);
    let fake = Fake::new([sound, missing, counted]).await;
    let voices = vec![(Language::ENGLISH.into(), "alloy".to_owned())];
    let model = SpeechModel::new(fake.service(Server::OpenRouter, "x/tts"), voices).unwrap();
    let request = SpeakRequest {
        voice: "openrouter:en:alloy".to_owned(),
        text: "Hello.".to_owned(),
        out: folder.path().join("a.wav"),
    };
    let answer = done(&model, &request).await;
    assert_eq!((answer.cost, answer.value.duration_ms()), (Some(MicroUsd(3_000)), 1_000));
    assert_eq!(answer.value.sample_rate, 16_000);
}
