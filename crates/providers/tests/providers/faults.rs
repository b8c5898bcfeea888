//! What providers do wrong, and what follows from it.

use std::time::Duration;

use sluice_capability::Remedy;
use sluice_providers::http::Secret;
use sluice_providers::openai::{ChatModel, Delivery, Server, Service, ServiceError, Settings};
use tokio::net::TcpListener;

use crate::chat::request;
use crate::support::{Fake, KEY, Reply, client, failed};

fn model(fake: &Fake, server: Server) -> ChatModel {
    ChatModel::new(fake.service(server, "gpt-4.1"), Delivery::Whole).unwrap()
}

#[tokio::test]
async fn each_status_has_its_remedy() {
    let quota = r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#;
    let rate = r#"{"error":{"message":"Rate limit reached","type":"tokens","code":"rate_limit_exceeded"}}"#;
    let after = |seconds| Remedy::PutOff(Some(Duration::from_secs(seconds)));
    let date = ("date", "Sat, 28 Nov 2026 12:00:00 GMT");
    for (reply, remedy, code) in [
        (Reply::json(429, rate).with("retry-after", "7"), after(7), "rate_limited"),
        (
            Reply::json(429, rate).with(date.0, date.1).with("retry-after", "Sat, 28 Nov 2026 12:00:30 GMT"),
            after(30),
            "rate_limited",
        ),
        (Reply::json(429, rate), Remedy::PutOff(None), "rate_limited"),
        (Reply::json(429, quota), Remedy::Fail, "credits_gone"),
        (Reply::json(429, quota).with("x-should-retry", "true"), Remedy::Fail, "credits_gone"),
        (Reply::json(400, "{}").with("x-should-retry", "true"), Remedy::PutOff(None), "request_refused"),
        (Reply::json(429, rate).with("x-should-retry", "false"), Remedy::Fail, "rate_limited"),
        (
            Reply::json(503, r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#),
            Remedy::PutOff(None),
            "provider_unavailable",
        ),
        (Reply::json(500, ""), Remedy::PutOff(None), "provider_unavailable"),
        (
            Reply::new(502, "text/html", "<!DOCTYPE html><html><title>Bad gateway</title></html>"),
            Remedy::PutOff(None),
            "provider_unavailable",
        ),
        (Reply::json(408, ""), Remedy::Retry, "timed_out"),
        (Reply::json(409, ""), Remedy::Retry, "conflict"),
        (
            Reply::json(400, r#"{"object":"error","message":"flat","type":"BadRequestError","param":null,"code":400}"#),
            Remedy::Fail,
            "request_refused",
        ),
        (Reply::json(403, r#"{"detail":"Not authenticated"}"#), Remedy::Fail, "forbidden"),
        (Reply::json(404, r#"{"detail":"Model 'x' is not installed locally."}"#), Remedy::Fail, "not_found"),
        (
            Reply::json(422, r#"{"detail":[{"type":"missing","loc":["body","model"],"msg":"Field required"}]}"#),
            Remedy::Fail,
            "request_refused",
        ),
        (Reply::new(413, "text/html", "<html><head></head></html>"), Remedy::Fail, "too_large"),
        (
            Reply::json(501, r#"{"error":{"code":501,"message":"no","type":"not_supported_error"}}"#),
            Remedy::Fail,
            "unsupported",
        ),
    ] {
        let fake = Fake::new([reply.clone()]).await;
        let error = failed(&model(&fake, Server::OpenAi), &request(None)).await;
        assert_eq!((error.remedy, error.code.as_str()), (remedy, code), "{reply:?}");
        assert_eq!(fake.seen().len(), 1, "a request is sent once");
    }
}

#[tokio::test]
async fn messages_of_providers_are_shown_without_keys_and_without_end() {
    let echo = format!(
        r#"{{"error":{{"message":"Incorrect API key provided: {KEY} or sk-proj-abc*def. \r\n{}","code":"invalid_api_key"}}}}"#,
        "x".repeat(10_000)
    );
    let fake = Fake::new([Reply::json(401, &echo).with("x-request-id", "req_1")]).await;
    let error = failed(&model(&fake, Server::OpenAi), &request(None)).await;
    assert_eq!((error.remedy, error.code.as_str()), (Remedy::Fail, "key_refused"));
    let message = &error.message;
    assert!(message.contains("Incorrect API key provided: … or …"), "{message}");
    assert!(message.ends_with("[request req_1]") && message.len() < 500 && !message.contains('\n'), "{message}");
}

#[tokio::test]
async fn answers_that_are_none_are_told_apart() {
    let page = Reply::new(200, "text/html", "<!doctype html><html><head><title>Welcome</title></head></html>");
    let half = Reply::json(200, r#"{"choices":[{"message":{"content":"Hel"#);
    for (reply, paid, own, code) in [
        (page, Remedy::Fail, Remedy::Fail, "bad_answer"),
        (Reply::json(200, r#"{"choices":"none"}"#), Remedy::Fail, Remedy::Fail, "bad_answer"),
        (half.clone(), Remedy::Look, Remedy::Retry, "answer_lost"),
        (half.cut(), Remedy::Look, Remedy::Retry, "connection_broken"),
        (Reply::json(200, ""), Remedy::Look, Remedy::Retry, "answer_lost"),
    ] {
        let fake = Fake::new([reply.clone(), reply.clone()]).await;
        let of_paid = failed(&model(&fake, Server::OpenAi), &request(None)).await;
        let of_own = failed(&model(&fake, Server::LlamaCpp), &request(None)).await;
        assert_eq!((of_paid.remedy, of_paid.code.as_str()), (paid, code), "{reply:?}");
        assert_eq!((of_own.remedy, of_own.code.as_str()), (own, code), "{reply:?}");
    }
}

#[tokio::test]
async fn what_a_gateway_gave_up_on_may_be_charged() {
    let inside = Reply::json(200, r#"{"error":{"code":504,"message":"upstream timeout"}}"#);
    let page = |status| Reply::new(status, "text/html", "<html><title>timeout</title></html>");
    let hinted = page(504).with("x-should-retry", "true").with("retry-after", "1");
    for (reply, is_lost) in [
        (page(504), true),
        (page(524), true),
        (hinted, true),
        (inside, true),
        (page(503), false),
        (page(502), false),
        (page(529), false),
    ] {
        let fake = Fake::new([reply.clone(), reply.clone()]).await;
        let of_paid = failed(&model(&fake, Server::OpenAi), &request(None)).await;
        let of_own = failed(&model(&fake, Server::LlamaCpp), &request(None)).await;
        assert_eq!(of_paid.remedy == Remedy::Look, is_lost, "{reply:?}");
        assert_eq!(of_paid.code, if is_lost { "answer_lost" } else { "provider_unavailable" }, "{reply:?}");
        assert_eq!(of_paid.message.contains("may be charged"), is_lost, "{}", of_paid.message);
        assert!(matches!(of_own.remedy, Remedy::PutOff(_)), "a server of one's own charges nothing: {reply:?}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_given_up_at_its_limit() {
    // As large as the limit of a conversation, and a byte.
    let reply = Reply::json(200, &"1".repeat(16 * 1024 * 1024 + 1));
    let fake = Fake::new([reply.clone(), reply]).await;
    let of_paid = failed(&model(&fake, Server::OpenAi), &request(None)).await;
    assert_eq!((of_paid.remedy, of_paid.code.as_str()), (Remedy::Look, "answer_too_long"), "it may be charged");
    let of_own = failed(&model(&fake, Server::LlamaCpp), &request(None)).await;
    assert_eq!((of_own.remedy, of_own.code.as_str()), (Remedy::Fail, "answer_too_long"));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Fake::new([]).await;
    let away = Reply::json(307, "").with("location", format!("http://{}/v1/chat/completions", elsewhere.at));
    let fake = Fake::new([away]).await;
    let error = failed(&model(&fake, Server::OpenAi), &request(None)).await;
    assert_eq!((error.remedy, error.code.as_str()), (Remedy::Fail, "redirected"));
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn what_was_never_sent_may_be_tried_again() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let fake = Fake::new([]).await;
    let settings = Settings { address: Some(format!("http://{free}/v1")), ..fake.settings(Server::OpenAi, "gpt-4.1") };
    let model = ChatModel::new(Service::new(client(), settings).unwrap(), Delivery::Whole).unwrap();
    let error = failed(&model, &request(None)).await;
    assert_eq!((error.remedy, error.code.as_str()), (Remedy::Retry, "connection_failed"));
}

#[tokio::test]
async fn services_that_cannot_be_are_refused_when_they_are_set_up() {
    assert_eq!(
        Secret::new("sk-1\r\nX-Evil: 1").unwrap_err().to_string(),
        "the key has a line end in it: copy the key alone, on one line"
    );
    let fake = Fake::new([]).await;
    let with = |change: fn(&mut Settings)| {
        let mut settings = fake.settings(Server::OpenAi, "m");
        change(&mut settings);
        Service::new(client(), settings)
    };
    assert!(matches!(with(|settings| settings.key = None), Err(ServiceError::NoKey(_))));
    assert!(matches!(with(|settings| settings.model = " ".to_owned()), Err(ServiceError::NoModel(_))));
    let inner = with(|settings| settings.address = Some("https://10.0.0.1/v1".to_owned()));
    assert!(matches!(inner, Err(ServiceError::Endpoint(_))), "an inner address");
    let service = with(|_| {}).unwrap();
    assert!(!format!("{service:?}").contains(KEY), "{service:?}");
    let mute = fake.service(Server::Kokoro, "kokoro");
    assert!(matches!(ChatModel::new(mute, Delivery::Whole), Err(ServiceError::Unable { .. })));
}
