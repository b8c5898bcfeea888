//! Embeddings.

use serde_json::json;
use sluice_capability::{Does as _, EmbedRequest, Purpose, Remedy};
use sluice_domain::money::MicroUsd;
use sluice_providers::openai::{EmbeddingModel, Server};

use crate::support::{Fake, Reply, done, failed};

fn request(texts: &[&str]) -> EmbedRequest {
    EmbedRequest { texts: texts.iter().map(|text| (*text).to_owned()).collect(), purpose: Purpose::Query }
}

fn model(fake: &Fake) -> EmbeddingModel {
    EmbeddingModel::new(fake.service(Server::OpenAi, "text-embedding-3-small")).unwrap()
}

#[tokio::test]
async fn vectors_come_in_the_order_of_the_texts() {
    let reply = json!({
        "object": "list", "model": "text-embedding-3-small",
        "data": [{ "object": "embedding", "index": 1, "embedding": [0.0, 2.0] }, { "object": "embedding", "index": 0, "embedding": [3.0, 4.0] }],
        "usage": { "prompt_tokens": 100, "total_tokens": 100 },
    });
    let fake = Fake::new([Reply::json(200, &reply.to_string())]).await;
    let answer = done(&model(&fake), &request(&["a", "b"])).await;
    assert_eq!(answer.value.vectors, [[0.6, 0.8], [0.0, 1.0]]);
    assert_eq!((answer.cost, answer.usage.input_tokens), (Some(MicroUsd(2)), 100));
    let body = json!({ "model": "text-embedding-3-small", "input": ["a", "b"], "encoding_format": "float" });
    assert_eq!(fake.one().json(), body);
}

#[tokio::test]
async fn vectors_that_do_not_fit_are_refused() {
    for data in [
        json!([{ "index": 0, "embedding": [1.0] }]),
        json!([{ "index": 0, "embedding": [1.0] }, { "index": 0, "embedding": [1.0] }]),
        json!([{ "index": 0, "embedding": [1.0] }, { "index": 1, "embedding": [1.0, 0.0] }]),
        json!([{ "index": 0, "embedding": [1.0] }, { "index": 1, "embedding": [0.0] }]),
        json!([{ "index": 0, "embedding": [1.0] }, { "index": 1, "embedding": [] }]),
    ] {
        let fake = Fake::new([Reply::json(200, &json!({ "data": data }).to_string())]).await;
        let error = failed(&model(&fake), &request(&["a", "b"])).await;
        assert_eq!((error.remedy, error.code.as_str()), (Remedy::Fail, "bad_answer"), "{data}");
    }
}

#[tokio::test]
async fn texts_that_would_be_refused_are_not_sent() {
    let fake = Fake::new([]).await;
    let model = model(&fake);
    let long = "x".repeat(100_001);
    let many = vec!["x"; 2_049];
    let sum = "x".repeat(90_000);
    for (texts, code) in [
        (vec![], "empty_text"),
        (vec!["a", ""], "empty_text"),
        (vec![long.as_str()], "text_too_long"),
        (vec![sum.as_str(); 12], "text_too_long"),
        (many, "too_many_texts"),
    ] {
        assert!(model.accepts(&request(&texts)).is_err());
        assert_eq!(failed(&model, &request(&texts)).await.code, code);
    }
    assert!(fake.seen().is_empty());
}
