//! Conversations.

use std::sync::Mutex;

use serde_json::{Value, json};
use sluice_capability::{Begun, CallProgress, CompleteRequest, Context, Does as _, Finish, Message, Remedy, Role};
use sluice_domain::money::MicroUsd;
use sluice_providers::openai::{ChatModel, Delivery, Server};

use crate::support::{Fake, KEY, Reply, done, failed};

pub(crate) fn request(schema: Option<Value>) -> CompleteRequest {
    let message = |role, text: &str| Message { role, text: text.to_owned() };
    CompleteRequest {
        messages: vec![message(Role::System, "Be brief."), message(Role::User, "Greet \"}{\\ me.")],
        schema,
        max_output_tokens: 100,
        temperature: Some(0.5),
        once: false,
    }
}

fn schema() -> Value {
    json!({
        "type": "object", "properties": { "a": { "type": "integer" } }, "required": ["a"], "additionalProperties": false
    })
}

fn said(text: &str, finish: &str) -> String {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-5-mini-2026-08-07", "unknown": {},
        "choices": [{ "index": 0, "finish_reason": finish, "logprobs": null,
            "message": { "role": "assistant", "content": text, "refusal": null } }],
        "usage": { "prompt_tokens": 40, "completion_tokens": 10, "total_tokens": 50,
            "prompt_tokens_details": { "cached_tokens": 0 } },
        "system_fingerprint": "fp_1",
    })
    .to_string()
}

fn model(fake: &Fake, server: Server, name: &str) -> ChatModel {
    ChatModel::new(fake.service(server, name), Delivery::Whole).unwrap()
}

fn streaming(fake: &Fake, server: Server) -> ChatModel {
    ChatModel::new(fake.service(server, "gpt-4.1"), Delivery::Streamed).unwrap()
}

#[tokio::test]
async fn without_tokens_no_request_is_left() {
    let reply = Reply::json(200, &said("{\"a\": 1}", "stop"))
        .with("x-ratelimit-remaining-requests", "57")
        .with("x-ratelimit-reset-requests", "1s")
        .with("x-ratelimit-remaining-tokens", "0")
        .with("x-ratelimit-reset-tokens", "1m7.5s");
    let fake = Fake::new([reply]).await;
    let answer = done(&model(&fake, Server::OpenAi, "gpt-5-mini"), &request(Some(schema()))).await;
    assert_eq!(answer.quota.map(|(left, resets_in)| (left, resets_in.as_millis())), Some((0, 67_500)));
}

#[tokio::test]
async fn openai_answers_with_json_its_usage_and_its_quota() {
    let reply = Reply::json(200, &said("{\"a\": 1}", "stop"))
        .with("x-ratelimit-remaining-requests", "7")
        .with("x-ratelimit-reset-requests", "1m7.5s");
    let fake = Fake::new([reply]).await;
    let model = model(&fake, Server::OpenAi, "gpt-5-mini");
    let request = request(Some(schema()));
    let most = model.estimate(&request).unwrap();
    let answer = done(&model, &request).await;
    assert_eq!((answer.value.text.as_str(), answer.value.finish), ("{\"a\":1}", Finish::Stop));
    assert_eq!((answer.usage.input_tokens, answer.usage.output_tokens), (40, 10));
    assert_eq!(answer.cost, Some(MicroUsd(30)), "40 × 0.25 + 10 × 2");
    assert!(most >= MicroUsd(30), "{most:?}");
    let (left, resets_in) = answer.quota.unwrap();
    assert_eq!((left, resets_in.as_millis()), (7, 67_500));
    assert_eq!(
        (answer.made_by.provider.as_str(), answer.made_by.model.as_str(), answer.made_by.version.as_str()),
        ("openai", "gpt-5-mini-2026-08-07", "fp_1")
    );
    let seen = fake.one();
    assert_eq!(seen.path, "/v1/chat/completions");
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    let body = seen.json();
    assert_eq!(body["messages"][1], json!({ "role": "user", "content": "Greet \"}{\\ me." }));
    assert_eq!((&body["max_completion_tokens"], &body["max_tokens"]), (&json!(100), &Value::Null));
    assert_eq!(body["response_format"]["json_schema"]["strict"], json!(true));
    assert_eq!(body["response_format"]["json_schema"]["schema"], schema());
    assert_eq!(body["temperature"], Value::Null, "models that reason refuse it");
}

#[tokio::test]
async fn a_stream_is_assembled_whatever_its_quirks() {
    for stream in [
        concat!(
            ": ping\n\n",
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],\"usage\":null}\n\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}],\"obfuscation\":\"x\"}\n\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\n",
            "data: [DONE]\n\n",
        ),
        // Without blanks, end mark and last line end.
        concat!(
            "event: x\r\ndata:{\"choices\":[{\"delta\":{\"content\":\"<think>hm</think>Hello\"}}]}\r\n\r\n",
            "data:{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}",
        ),
    ] {
        let fake = Fake::new([Reply::events(stream)]).await;
        let model = streaming(&fake, Server::OpenAi);
        let progress = Mutex::new(Vec::new());
        let note = |fraction: f32| progress.lock().unwrap().push(fraction);
        let begun = model.begin(&request(None), Context { key: "key", progress: &note }).await.unwrap();
        let Begun::Done(answer) = begun else { panic!("it answers at once") };
        assert_eq!((answer.value.text.as_str(), answer.value.finish), ("Hello", Finish::Stop));
        assert_eq!((answer.usage.input_tokens, answer.cost), (5, Some(MicroUsd(26))));
        assert!(progress.lock().unwrap().iter().is_sorted() && !progress.lock().unwrap().is_empty());
        let body = fake.one().json();
        assert_eq!((&body["stream"], &body["stream_options"]["include_usage"]), (&json!(true), &json!(true)));
    }
}

#[tokio::test]
async fn a_stream_that_ends_early_is_asked_for_where_it_is_charged_and_repeated_where_not() {
    let begun = "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n";
    for reply in [Reply::events(begun), Reply::events(begun).cut()] {
        let fake = Fake::new([reply.clone(), reply]).await;
        let paid = streaming(&fake, Server::OpenAi);
        assert_eq!(failed(&paid, &request(None)).await.remedy, Remedy::Look);
        assert_eq!(paid.look("key", None).await.unwrap(), CallProgress::CannotTell);
        let own = streaming(&fake, Server::Ollama);
        assert_eq!(failed(&own, &request(None)).await.remedy, Remedy::Retry);
        assert_eq!(own.look("key", None).await.unwrap(), CallProgress::NotFound);
    }
}

#[tokio::test]
async fn an_error_in_a_stream_is_an_error() {
    let broken = "data: {\"error\":{\"message\":\"The server had an error\",\"type\":\"server_error\",\"code\":\"server_error\"}}\n\ndata: [DONE]\n\n";
    let said = r#"{"content":"Hel"}"#;
    for (server, said, remedy, code) in [
        (Server::Vllm, said, Remedy::PutOff(None), "provider_unavailable"),
        // What it said until then may be charged, its thoughts included.
        (Server::OpenAi, said, Remedy::Look, "answer_lost"),
        (Server::OpenAi, r#"{"reasoning_content":"Hm"}"#, Remedy::Look, "answer_lost"),
    ] {
        let stream = format!("data: {{\"choices\":[{{\"delta\":{said}}}]}}\n\n{broken}");
        let fake = Fake::new([Reply::events(&stream)]).await;
        let error = failed(&streaming(&fake, server), &request(None)).await;
        assert_eq!((error.remedy, error.code.as_str()), (remedy, code));
        assert!(error.message.contains("The server had an error"), "{}", error.message);
    }
}

#[tokio::test]
async fn what_was_billed_is_an_answer_even_if_it_is_no_use() {
    let refusal = r#"{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"I cannot."}}],"usage":{"prompt_tokens":4,"completion_tokens":1}}"#;
    let replies = [
        Reply::json(200, &said("{\"a\": ", "length")),
        Reply::json(200, refusal),
        Reply::json(200, &said("", "content_filter")),
        Reply::json(200, &said("not JSON", "stop")),
    ];
    let fake = Fake::new(replies).await;
    let model = model(&fake, Server::OpenAi, "gpt-4.1");
    let mut found = Vec::new();
    for _ in 0..4 {
        let answer = done(&model, &request(Some(schema()))).await;
        assert!(answer.cost.unwrap() > MicroUsd(0));
        found.push((answer.value.text, answer.value.finish));
    }
    let expected = [
        ("{\"a\": ", Finish::Length),
        ("I cannot.", Finish::Filtered),
        ("", Finish::Filtered),
        ("not JSON", Finish::Stop),
    ];
    assert_eq!(found, expected.map(|(text, finish)| (text.to_owned(), finish)));
    assert_eq!(fake.seen().len(), 4, "nothing is charged twice");
}

#[tokio::test]
async fn a_server_that_takes_a_schema_for_a_hint_is_asked_once_more() {
    let replies = [
        Reply::json(200, &said("Sure! What is a?", "stop")),
        Reply::json(200, &said("```json\n{\"a\":2}\n```", "stop")),
    ];
    let fake = Fake::new(replies).await;
    let answer = done(&model(&fake, Server::Ollama, "llama3.2:3b"), &request(Some(schema()))).await;
    assert_eq!(answer.value.text, "{\"a\":2}");
    assert_eq!((answer.usage.input_tokens, answer.cost), (80, Some(MicroUsd(0))));
    let bodies: Vec<Value> = fake.seen().iter().map(crate::support::Seen::json).collect();
    assert_eq!((&bodies[0]["max_tokens"], &bodies[0]["max_completion_tokens"]), (&json!(100), &Value::Null));
    assert_eq!(bodies[0]["temperature"], json!(0.5));
    assert_eq!(bodies[1]["response_format"], json!({ "type": "json_object" }));
    assert_eq!(bodies[1]["messages"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn what_is_counted_is_asked_once_whatever_the_answer_is() {
    let fake = Fake::new([Reply::json(200, &said("{}", "stop"))]).await;
    let counted = CompleteRequest { once: true, ..request(Some(schema())) };
    let answer = done(&model(&fake, Server::Ollama, "llama3.2:3b"), &counted).await;
    assert_eq!((answer.value.text.as_str(), fake.seen().len()), ("{}", 1));
}

#[tokio::test]
async fn an_open_schema_is_sent_as_a_hint_and_a_price_that_is_unknown_stays_unknown() {
    let fake = Fake::new([Reply::json(200, r#"{"model":"gpt-99","choices":[{"message":{"content":"{}"}}]}"#)]).await;
    let model = model(&fake, Server::OpenAi, "gpt-99");
    let request = request(Some(json!({ "type": "object" })));
    assert_eq!(model.estimate(&request), None);
    assert_eq!(done(&model, &request).await.cost, None);
    assert_eq!(fake.one().json()["response_format"]["json_schema"]["strict"], json!(false));
}

#[tokio::test]
async fn conversations_that_cannot_be_are_refused_before_they_are_sent() {
    let fake = Fake::new([]).await;
    let model = model(&fake, Server::OpenAi, "gpt-4.1");
    let of = |text: String| CompleteRequest { messages: vec![Message { role: Role::User, text }], ..request(None) };
    for (bad, code) in [(of(" \n".to_owned()), "empty_text"), (of("x".repeat(2_000_001)), "text_too_long")] {
        assert!(model.accepts(&bad).is_err());
        let error = failed(&model, &bad).await;
        assert_eq!((error.remedy, error.code.as_str()), (Remedy::Fail, code));
    }
    assert!(model.accepts(&CompleteRequest { messages: Vec::new(), ..request(None) }).is_err());
    assert!(fake.seen().is_empty());
}
