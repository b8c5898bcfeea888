//! Every fault does what it says, and is charged or not.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use serde_json::{Value, json};

use crate::support::{Arrived, Receiver, Twin, chat};

#[tokio::test]
async fn limits_of_rate_come_with_and_without_retry_after() {
    let twin = Twin::start().await;
    twin.fail("openai", "chat", json!({ "kind": "rate_limit", "retry_after": 2 })).await;
    let answer = twin.chat().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "2"));
    assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], "rate_limit_exceeded");
    twin.fail("openai", "chat", json!("rate_limit")).await;
    let answer = twin.chat().await.unwrap();
    assert!(answer.status() == 429 && !answer.headers().contains_key("retry-after"));
    twin.fail("openai", "chat", json!({ "kind": "rate_limit", "quota": true })).await;
    assert_eq!(twin.chat().await.unwrap().json::<Value>().await.unwrap()["error"]["type"], "insufficient_quota");
    assert_eq!(twin.charged().await, 0);
    assert_eq!(twin.chat().await.unwrap().status(), 200, "the plan is used up");
}

#[tokio::test]
async fn failures_of_servers_have_their_statuses_and_forms() {
    let twin = Twin::start().await;
    for status in [500, 502, 503] {
        twin.fail("openai", "chat", json!({ "kind": "status", "status": status })).await;
        let answer = twin.chat().await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        assert_eq!(answer.json::<Value>().await.unwrap()["error"]["type"], "server_error");
    }
    twin.fail("openai", "chat", json!("html")).await;
    let answer = twin.chat().await.unwrap();
    assert_eq!(answer.status(), 502);
    assert!(answer.text().await.unwrap().starts_with("<!DOCTYPE html>"));
    twin.fail("openai", "chat", json!("unauthorized")).await;
    assert_eq!(twin.chat().await.unwrap().status(), 401);
    twin.fail("openai", "chat", json!("redirect")).await;
    let answer = twin.chat().await.unwrap();
    assert_eq!(answer.status(), 307);
    assert!(answer.headers()["location"].to_str().unwrap().starts_with("http://169.254.169.254/"));
    assert_eq!(twin.charged().await, 0, "nothing was done");
}

#[tokio::test]
async fn bodies_are_empty_cut_malformed_or_errors() {
    let twin = Twin::start().await;
    twin.fail("openai", "chat", json!("empty_body")).await;
    assert_eq!(twin.chat().await.unwrap().text().await.unwrap(), "");
    twin.fail("openai", "chat", json!("truncated_body")).await;
    let answer = twin.chat().await.unwrap();
    assert!(answer.content_length().unwrap() > 100);
    assert!(answer.bytes().await.is_err(), "the connection ends before the body does");
    twin.fail("openai", "chat", json!("malformed_json")).await;
    let text = twin.chat().await.unwrap().text().await.unwrap();
    assert!(text.starts_with('{') && serde_json::from_str::<Value>(&text).is_err());
    twin.fail("openai", "chat", json!("error_inside")).await;
    let answer = twin.chat().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.json::<Value>().await.unwrap()["error"]["message"].is_string());
    assert_eq!(twin.charged().await, 4, "everything was done and charged");
}

#[tokio::test]
async fn a_connection_is_reset_before_and_after_billing() {
    let twin = Twin::start().await;
    twin.fail("openai", "chat", json!("reset_before")).await;
    assert!(twin.chat().await.is_err());
    assert_eq!(twin.charged().await, 0);
    twin.fail("openai", "chat", json!("reset_after")).await;
    assert!(twin.chat().await.is_err());
    assert_eq!(twin.charged().await, 1, "the reply is lost, the bill is not");
}

#[tokio::test]
async fn a_lost_reply_is_found_again() {
    let twin = Twin::start().await;
    twin.fail("d-id", "talks_create", json!("reset_after")).await;
    let talk = json!({ "script": { "type": "text", "input": "The lamp was lit." }, "user_data": "call-1" });
    assert!(twin.try_post("/d-id/talks", &talk).await.is_err());
    let talks = twin.json("/d-id/talks").await;
    // The list has no mark; the work itself does.
    let found = twin.json(&format!("/d-id/talks/{}", talks["talks"][0]["id"].as_str().unwrap())).await;
    assert_eq!((talks["talks"].as_array().unwrap().len(), &found["user_data"]), (1, &json!("call-1")));
    assert_eq!(twin.json("/twin/bill").await["entries"][0]["reference"], "call-1");
    twin.fail("openai", "chat", json!("reset_after")).await;
    let mut stored = chat();
    stored["store"] = json!(true);
    stored["metadata"] = json!({ "reference": "call-2" });
    assert!(twin.try_post("/openai/v1/chat/completions", &stored).await.is_err());
    let found = twin.json("/openai/v1/chat/completions?metadata[reference]=call-2").await;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    assert_eq!(twin.json("/openai/v1/chat/completions?metadata[reference]=call-3").await["data"], json!([]));
}

#[tokio::test]
async fn a_body_drips_or_is_huge() {
    let twin = Twin::start().await;
    twin.fail("openai", "models", json!({ "kind": "slow_drip", "ms": 5, "bytes": 64 })).await;
    let began = Instant::now();
    let body = twin.get("/v1/models").await.bytes().await.unwrap();
    let pieces = u32::try_from(body.len().div_ceil(64)).unwrap();
    assert!(pieces > 5 && serde_json::from_slice::<Value>(&body).is_ok());
    assert!(began.elapsed() >= Duration::from_millis(5) * pieces, "a piece every 5 ms");
    twin.fail("openai", "chat", json!("huge_body")).await;
    let mut read = 0;
    let mut pieces = twin.chat().await.unwrap().bytes_stream();
    while read < 64 << 20 {
        read += pieces.next().await.unwrap().unwrap().len();
    }
}

#[tokio::test]
async fn moderation_and_credits_are_in_the_providers_form() {
    let twin = Twin::start().await;
    let talk = json!({ "script": { "type": "text", "input": "The lamp was lit." } });
    twin.fail("d-id", "talks_create", json!("moderation")).await;
    let answer = twin.post("/d-id/talks", &talk).await;
    assert_eq!(answer.status(), 451);
    assert_eq!(answer.json::<Value>().await.unwrap()["kind"], "TextModerationError");
    twin.fail("d-id", "talks_create", json!("no_credits")).await;
    let answer = twin.post("/d-id/talks", &talk).await;
    assert_eq!(
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["kind"].clone()),
        (402, json!("InsufficientCreditsError"))
    );
    let settings = twin.post("/twin/settings", &json!({ "did_credits": 1 })).await;
    assert_eq!(settings.status(), 200);
    assert_eq!(twin.post("/d-id/talks", &talk).await.status(), 201);
    assert_eq!(twin.post("/d-id/talks", &talk).await.status(), 402, "the one credit is used");
    assert_eq!(twin.json("/d-id/credits").await["remaining"], 0);
    twin.fail("openrouter", "chat", json!("no_credits")).await;
    assert_eq!(twin.post("/openrouter/api/v1/chat/completions", &chat()).await.status(), 402);
}

#[tokio::test]
async fn jobs_fail_never_end_and_their_links_expire() {
    let twin = Twin::start().await;
    let talk = json!({ "script": { "type": "text", "input": "The lamp was lit." } });
    let made = async |fault: &str| {
        twin.fail("d-id", "clips_create", json!(fault)).await;
        let job: Value = twin.post("/d-id/clips", &talk).await.json().await.unwrap();
        format!("/d-id/clips/{}", job["id"].as_str().unwrap())
    };
    let failed = made("job_error").await;
    let job = twin.finished(&failed).await;
    assert_eq!((&job["status"], &job["error"]["kind"]), (&json!("error"), &json!("InternalServerError")));
    let rejected = made("job_rejected").await;
    assert_eq!(twin.finished(&rejected).await["status"], "rejected");
    assert_eq!(twin.charged().await, 0, "what fails gives its credits back");
    let endless = made("never_ends").await;
    let expired = made("link_expired").await;
    let job = twin.finished(&expired).await;
    let link = job["result_url"].as_str().unwrap();
    let answer = twin.bare(link).await;
    assert_eq!(answer.status(), 403);
    assert!(answer.text().await.unwrap().contains("Request has expired"));
    let again = twin.json(&expired).await;
    let video = twin.bare(again["result_url"].as_str().unwrap()).await;
    assert_eq!(video.status(), 200);
    assert_eq!(&video.bytes().await.unwrap()[4..8], b"ftyp");
    let job = twin.json(&endless).await;
    assert_eq!(job["status"], "started", "it was made before the one that is done");
    assert_eq!(twin.delete(&endless).await.status(), 409);
}

#[tokio::test]
async fn webhooks_come_early_twice_forged_old_or_never() {
    let twin = Twin::start().await;
    let mut receiver = Receiver::start(0).await;
    let talk = json!({ "script": { "type": "text", "input": "The lamp was lit." }, "webhook": receiver.url, "user_data": "ours" });
    let made = async |fault: Value| -> String {
        twin.fail("d-id", "talks_create", fault).await;
        let job: Value = twin.post("/d-id/talks", &talk).await.json().await.unwrap();
        job["id"].as_str().unwrap().to_owned()
    };
    let id = made(json!("webhook_early")).await;
    let early = receiver.try_next().expect("it comes before the reply").body();
    assert_eq!((&early["id"], &early["status"], &early["user_data"]), (&json!(id), &json!("done"), &json!("ours")));
    let id = made(json!("webhook_twice")).await;
    let (first, second) = (receiver.next().await, receiver.next().await);
    assert_eq!((&first.body()["id"], first.text), (&json!(id), second.text));
    made(json!("webhook_forged")).await;
    let (forged, real) = (receiver.next().await.body(), receiver.next().await.body());
    assert_eq!((&forged["status"], &real["status"]), (&json!("error"), &json!("done")));
    made(json!("webhook_old")).await;
    assert!(receiver.next().await.body()["created_at"].as_str().unwrap().starts_with("2025-01-02"));
    let id = made(json!("webhook_never")).await;
    twin.finished(&format!("/d-id/talks/{id}")).await;
    // A later one comes: that of the job before it did not.
    let later = made(json!({ "kind": "delay", "ms": 1 })).await;
    assert_eq!(receiver.next().await.body()["id"], later);
}

fn sent_at(arrived: &Arrived) -> i64 {
    arrived.headers["webhook-timestamp"].to_str().unwrap().parse().unwrap()
}

/// Whether the runner signed it, by the reference library; its time is that of the test.
fn is_signed(arrived: &Arrived) -> bool {
    let secret = standardwebhooks::Webhook::new(sluice_twin::RUNNER_WEBHOOK_SECRET).unwrap();
    let id = arrived.headers["webhook-id"].to_str().unwrap();
    secret.sign(id, sent_at(arrived), arrived.text.as_bytes()).unwrap()
        == arrived.headers["webhook-signature"].to_str().unwrap()
}

#[tokio::test]
async fn a_webhook_that_is_refused_is_sent_again_three_times() {
    let twin = Twin::start().await;
    let mut receiver = Receiver::start(3).await;
    let job = json!({ "callback_url": receiver.url });
    twin.run(&job).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        let arrived = receiver.next().await;
        assert!(is_signed(&arrived));
        ids.push(arrived.headers["webhook-id"].clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "repetitions have the same id");
    twin.fail("runner", "submit", json!("webhook_forged")).await;
    twin.run(&job).await;
    let forged = receiver.next().await;
    assert!(!is_signed(&forged));
    assert_eq!(receiver.next().await.body()["type"], "job.completed");
    twin.fail("runner", "submit", json!("webhook_old")).await;
    twin.run(&job).await;
    let old = receiver.next().await;
    assert!(is_signed(&old));
    assert!(sent_at(&old) < 1_767_323_045 - 364 * 86_400);
}

#[tokio::test]
async fn a_long_submission_is_redirected_to_its_reply() {
    let twin = Twin::start().await;
    twin.fail("runner", "submit", json!({ "kind": "see_other", "hops": 2 })).await;
    let mut answer = twin.run(&json!({})).await;
    for _ in 0..2 {
        assert_eq!(answer.status(), 303);
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(twin.bare(&location).await.status(), 401, "the key is needed on every hop");
        answer = twin.get(location.strip_prefix(&twin.url("")).unwrap()).await;
    }
    assert_eq!(answer.status(), 202);
    assert!(answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().starts_with("fc-"));
    assert_eq!(twin.charged().await, 1);
}

#[tokio::test]
async fn models_refuse_stop_early_ignore_schemas_and_make_things_up() {
    let twin = Twin::start().await;
    let mut asked = chat();
    asked["response_format"] = json!({ "type": "json_schema", "json_schema": { "name": "quote", "strict": true, "schema": {
        "type": "object", "additionalProperties": false, "required": ["text"], "properties": { "text": { "type": "string" } },
    } } });
    let answer = async |fault: Value| -> Value {
        twin.fail("openai", "chat", fault).await;
        twin.post("/v1/chat/completions", &asked).await.json().await.unwrap()
    };
    let refused = answer(json!("refusal")).await;
    assert!(
        refused["choices"][0]["message"]["refusal"].is_string()
            && refused["choices"][0]["message"]["content"].is_null()
    );
    let cut = answer(json!("cut_by_length")).await;
    assert_eq!(cut["choices"][0]["finish_reason"], "length");
    let content = |reply: &Value| reply["choices"][0]["message"]["content"].as_str().unwrap().to_owned();
    assert!(serde_json::from_str::<Value>(&content(&cut)).is_err());
    assert!(serde_json::from_str::<Value>(&content(&answer(json!("ignores_schema")).await)).is_err());
    let invented: Value = serde_json::from_str(&content(&answer(json!("invents")).await)).unwrap();
    assert!(invented["text"].as_str().unwrap().contains("4711"));
    asked["stream"] = json!(true);
    twin.fail("openai", "chat", json!("stream_error")).await;
    let text = twin.post("/v1/chat/completions", &asked).await.text().await.unwrap();
    assert!(text.contains("\"error\"") && !text.contains("[DONE]"));
}

#[tokio::test]
async fn a_script_counts_and_the_seed_decides_what_is_random() {
    let twin = Twin::start().await;
    twin.plan(json!([{ "match": { "operation": "chat", "nth": 2, "count": 2 }, "fault": "no_credits" }])).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(twin.chat().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 429, 429, 200]);
    let random = json!({ "random": { "rate": 0.5, "faults": [{ "kind": "status", "status": 503 }, "html"] } });
    let run = async |seed| {
        let twin = Twin::with_seed(seed).await;
        twin.plan(random.clone()).await;
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(twin.chat().await.unwrap().status().as_u16());
        }
        statuses
    };
    let first = run(1).await;
    assert_eq!(first, run(1).await, "the same seed, the same faults");
    assert_ne!(first, run(2).await);
    let count = first.iter().filter(|status| **status != 200).count();
    assert!((8..=32).contains(&count), "{count} of 40 at a rate of a half");
    let answer = twin.post("/twin/faults", &json!([{ "fault": "no_such_fault" }])).await;
    assert_eq!(answer.status(), 400);
    for (matches, names) in [
        (json!({ "provider": "open-ai" }), "elevenlabs, openai, openrouter"),
        (json!({ "provider": "openai", "operation": "talks_create" }), "chat"),
        (json!({ "operation": "no_such_operation" }), "talks_create"),
    ] {
        let rule = json!({ "match": matches, "fault": "html" });
        let random = json!({ "random": { "rate": 1.0, "faults": ["html"], "match": matches } });
        for plan in [json!([rule]), random] {
            let answer = twin.post("/twin/faults", &plan).await;
            assert_eq!(answer.status(), 400, "{plan}");
            let said: Value = answer.json().await.unwrap();
            assert!(said["error"].as_str().unwrap().contains(names), "{said}");
        }
    }
}
