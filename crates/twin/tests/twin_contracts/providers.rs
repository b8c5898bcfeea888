//! What each provider does when nothing fails.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{Receiver, Twin, chat};

fn file(name: &str, kind: &str, bytes: Vec<u8>) -> Part {
    Part::bytes(bytes).file_name(name.to_owned()).mime_str(kind).unwrap()
}

#[tokio::test]
async fn who_has_no_key_is_refused_in_the_providers_form() {
    let twin = Twin::start().await;
    for (path, pointer) in [
        ("/openai/v1/models", "/error/message"),
        ("/openrouter/api/v1/key", "/error/code"),
        ("/elevenlabs/v1/user", "/detail/status"),
        ("/d-id/credits", "/message"),
    ] {
        let answer = twin.bare(&twin.url(path)).await;
        assert_eq!(answer.status(), 401, "{path}");
        assert!(answer.json::<Value>().await.unwrap().pointer(pointer).is_some(), "{path}");
    }
    let answer = twin.bare(&twin.url("/runner/jobs")).await;
    assert_eq!(answer.status(), 401);
    assert!(answer.text().await.unwrap().starts_with("modal-http:"));
}

#[tokio::test]
async fn what_is_spoken_is_heard_again() {
    let twin = Twin::start().await;
    let text = "The lamp was lit before dusk. Ships passed the rock.";
    for format in ["mp3", "wav", "opus"] {
        let order = json!({ "model": "tts-1", "voice": "alloy", "input": text, "response_format": format });
        let sound = twin.post("/v1/audio/speech", &order).await.bytes().await.unwrap();
        let ending = if format == "opus" { "ogg" } else { format };
        let form = Form::new()
            .text("model", "whisper-1")
            .text("response_format", "verbose_json")
            .text("timestamp_granularities[]", "word")
            .text("timestamp_granularities[]", "segment")
            .part("file", file(&format!("sound.{ending}"), "audio/wav", sound.to_vec()));
        let heard: Value = twin.form("/v1/audio/transcriptions", form).await.json().await.unwrap();
        assert_eq!((&heard["text"], &heard["language"]), (&json!(text), &json!("english")));
        assert_eq!(heard["segments"].as_array().unwrap().len(), 2);
        let words = heard["words"].as_array().unwrap();
        assert_eq!((words.len(), &words[3]["word"]), (10, &json!("lit")));
        let end = words[9]["end"].as_f64().unwrap();
        assert!(end > 2.5 && end <= heard["duration"].as_f64().unwrap());
    }
}

#[tokio::test]
async fn what_is_too_much_is_refused_and_not_charged() {
    let twin = Twin::start().await;
    let long = json!({ "model": "tts-1", "voice": "alloy", "input": "a".repeat(1_000_000) });
    assert_eq!(twin.post("/v1/audio/speech", &long).await.status(), 400);
    let long = json!({ "text": "a".repeat(1_000_000) });
    let answer = twin.post("/elevenlabs/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb", &long).await;
    assert_eq!(answer.json::<Value>().await.unwrap()["detail"]["status"], "max_character_limit_exceeded");
    let form = Form::new().text("model", "whisper-1").part("file", file("a.wav", "audio/wav", vec![0; 26_214_401]));
    assert_eq!(twin.form("/v1/audio/transcriptions", form).await.status(), 413);
    let many = json!({ "model": "text-embedding-3-small", "input": vec!["a"; 2_049] });
    assert_eq!(twin.post("/v1/embeddings", &many).await.status(), 400);
    assert_eq!(twin.charged().await, 0);
}

#[tokio::test]
async fn a_script_quotes_its_pages() {
    let twin = Twin::start().await;
    let data = json!({ "pages": [
        { "page": 2, "text": "The tower is 35 m high. It was built in 1811." },
        { "page": 3, "text": "The lamp burns clean oil. Two keepers live there." },
    ] });
    let sentence = json!({ "type": "object", "additionalProperties": false, "required": ["text", "page"],
        "properties": { "text": { "type": "string" }, "page": { "type": "integer" } } });
    let schema = json!({ "type": "object", "additionalProperties": false, "required": ["title", "scenes", "question"], "properties": {
        "title": { "type": "string" }, "question": { "type": "string" },
        "scenes": { "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["heading", "sentences"],
            "properties": { "heading": { "type": "string" }, "sentences": { "type": "array", "items": sentence } } } },
    } });
    let asked = json!({
        "model": "gpt-4o-mini", "response_format": { "type": "json_schema", "json_schema": { "name": "s", "strict": true, "schema": schema } },
        "messages": [{ "role": "system", "content": "Write from 120 to 300 words, best about 200." },
                     { "role": "user", "content": format!("Write the narration.\nDATA 1\n{data}\nDATA 1 END") }],
    });
    let reply: Value = twin.post("/openai/v1/chat/completions", &asked).await.json().await.unwrap();
    let script: Value = serde_json::from_str(reply["choices"][0]["message"]["content"].as_str().unwrap()).unwrap();
    let mut words = 0;
    for scene in script["scenes"].as_array().unwrap() {
        for sentence in scene["sentences"].as_array().unwrap() {
            let text = sentence["text"].as_str().unwrap();
            let page = data["pages"].as_array().unwrap().iter().find(|page| page["page"] == sentence["page"]).unwrap();
            assert!(page["text"].as_str().unwrap().contains(text), "{sentence}");
            words += text.split(' ').count();
        }
    }
    assert!((120..300).contains(&words), "{words} words");
    assert!(script["question"].as_str().unwrap().ends_with('?'));
}

#[tokio::test]
async fn openrouter_says_what_it_cost() {
    let twin = Twin::start().await;
    let answer = twin.post("/openrouter/api/v1/chat/completions", &chat()).await;
    let id = answer.headers()["x-generation-id"].to_str().unwrap().to_owned();
    let reply: Value = answer.json().await.unwrap();
    let cost = reply["usage"]["cost"].as_f64().unwrap();
    let looked_up = twin.json(&format!("/openrouter/api/v1/generation?id={id}")).await;
    assert_eq!(looked_up["data"]["total_cost"].as_f64(), Some(cost));
    let charged = twin.json("/twin/bill").await["total_micro_usd"].as_f64().unwrap();
    assert!((cost * 1e6 - charged).abs() < 0.5);
    twin.fail("openrouter", "chat", json!("error_inside")).await;
    let answer = twin.post("/openrouter/api/v1/chat/completions", &chat()).await;
    assert_eq!(
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["error"]["code"].clone()),
        (200, json!(502))
    );
}

#[tokio::test]
async fn alignment_is_as_long_as_its_sound() {
    let twin = Twin::start().await;
    let text = "Ein Fräulein \u{1f56f} las.";
    let path = "/elevenlabs/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/with-timestamps?output_format=pcm_8000";
    let answer = twin.post(path, &json!({ "text": text })).await;
    assert_eq!(answer.headers()["character-cost"].to_str().unwrap(), text.chars().count().to_string());
    let reply: Value = answer.json().await.unwrap();
    let sound = BASE64_STANDARD.decode(reply["audio_base64"].as_str().unwrap()).unwrap();
    let seconds = f64::from(u32::try_from(sound.len()).unwrap()) / 16_000.0;
    let characters: Vec<&str> =
        reply["alignment"]["characters"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    assert_eq!(characters.concat(), text);
    let ends = reply["alignment"]["character_end_times_seconds"].as_array().unwrap();
    assert_eq!(ends.len(), characters.len());
    assert!((ends.last().unwrap().as_f64().unwrap() - seconds).abs() < 0.01);
    let history = twin.json("/elevenlabs/v1/history").await;
    assert_eq!(history["history"][0]["text"], text);
}

#[tokio::test]
async fn presenters_speak_what_was_uploaded() {
    let twin = Twin::start().await;
    let order = json!({ "model": "tts-1", "voice": "alloy", "input": "The lamp was lit. ".repeat(8), "response_format": "wav" });
    let sound = twin.post("/v1/audio/speech", &order).await.bytes().await.unwrap();
    let form = Form::new().part("audio", file("voice.wav", "audio/wav", sound.to_vec()));
    let audio: Value = twin.form("/d-id/audios", form).await.json().await.unwrap();
    let mut receiver = Receiver::start(0).await;
    let asked = json!({ "avatar_id": "avt_twin_mary", "script": { "type": "audio", "audio_url": audio["url"] }, "webhook": receiver.url });
    let made = twin.post("/d-id/expressives", &asked).await;
    assert_eq!(made.status(), 201);
    let made: Value = made.json().await.unwrap();
    assert_eq!((&made["status"], &made["object"]), (&json!("created"), &json!("expressive")));
    let job = twin.finished(&format!("/d-id/expressives/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(job["status"], "done");
    let [film, sound] = [&job, &audio].map(|one| one["duration"].as_f64().unwrap());
    assert!((film - sound).abs() <= 0.001, "{film} s for {sound} s");
    assert_eq!(receiver.next().await.body()["id"], made["id"]);
    let tampered = job["result_url"].as_str().unwrap().replace("Expires=1", "Expires=2");
    assert_eq!(twin.bare(&tampered).await.status(), 403);
}

#[tokio::test]
async fn did_refuses_what_it_does_not_know() {
    let twin = Twin::start().await;
    let script = json!({ "type": "text", "input": "The lamp was lit." });
    for wrong in [
        json!({ "script": script, "persist": true }),
        json!({ "script": script, "webhook": "http://example.org/hook" }),
        json!({ "script": script, "user_data": "two\nlines" }),
        json!({ "script": { "type": "audio", "audio_url": "https://example.org/sound" } }),
        json!({}),
    ] {
        let answer = twin.post("/d-id/talks", &wrong).await;
        assert_eq!(answer.status(), 400, "{wrong}");
        assert_eq!(answer.json::<Value>().await.unwrap()["kind"], "ValidationError");
    }
    let first = twin.json("/d-id/clips/presenters?limit=2").await;
    let token = first["token"].as_str().unwrap();
    let second = twin.json(&format!("/d-id/clips/presenters?limit=2&token={token}")).await;
    assert_eq!((second["presenters"].as_array().unwrap().len(), second.get("token")), (1, None));
    let form = Form::new().part("image", file("face.gif", "image/gif", vec![1]));
    assert_eq!(twin.form("/d-id/images", form).await.status(), 415);
}

#[tokio::test]
async fn the_runner_knows_a_job_by_its_key() {
    let twin = Twin::start().await;
    let job = json!({ "key": "k-1" });
    let first: Value = twin.run(&job).await.json().await.unwrap();
    let second: Value = twin.run(&job).await.json().await.unwrap();
    assert_eq!(first["id"], second["id"]);
    let path = format!("/runner/jobs/{}", first["id"].as_str().unwrap());
    let done = twin.finished(&path).await;
    assert_eq!((&done["status"], &done["cost_usd"]), (&json!("succeeded"), &json!(0.005)));
    assert_eq!(done["result"]["words"].as_array().unwrap().len(), 4);
    let file = twin.get(&format!("{path}/file")).await;
    assert_eq!((file.status().as_u16(), &file.headers()["content-type"]), (200, &"audio/wav".parse().unwrap()));
    let known = async |key: &str| twin.json(&format!("/runner/jobs?key={key}")).await["jobs"].as_array().unwrap().len();
    assert_eq!((known("k-1").await, known("k-2").await), (1, 0));
    for bad in [json!({ "kind": "sing" }), json!({ "request": { "voice": "ada" } }), json!({ "kind": "present" })] {
        assert_eq!(twin.run(&bad).await.status(), 422, "{bad}");
    }
    let bill = twin.json("/twin/bill").await;
    assert_eq!((&bill["count"], &bill["entries"][0]["idempotency_key"]), (&json!(1), &json!("k-1")));
    assert_eq!(twin.json("/twin/requests").await["runner"]["submit"], 5);
    twin.post("/twin/reset", &json!({})).await;
    assert_eq!(twin.charged().await, 0);
    assert_eq!(twin.get(&path).await.status(), 404);
}

#[tokio::test]
async fn an_image_is_read_word_by_word() {
    let twin = Twin::start().await;
    let drawn: Value = twin
        .post("/v1/images/generations", &json!({ "model": "gpt-image-1", "prompt": "a lamp", "size": "1024x1536" }))
        .await
        .json()
        .await
        .unwrap();
    let image = drawn["data"][0]["b64_json"].as_str().unwrap();
    assert!(BASE64_STANDARD.decode(image).unwrap().starts_with(b"\x89PNG"));
    let request = |image: &str| json!({ "requests": [{ "image": { "content": image }, "features": [{ "type": "DOCUMENT_TEXT_DETECTION" }] }] });
    let read: Value = twin.post("/vision/v1/images:annotate", &request(image)).await.json().await.unwrap();
    let page = &read["responses"][0]["fullTextAnnotation"]["pages"][0];
    assert_eq!((&page["width"], &page["height"]), (&json!(1_024), &json!(1_536)));
    let words = read["responses"][0]["textAnnotations"].as_array().unwrap().len() - 1;
    let text = read["responses"][0]["fullTextAnnotation"]["text"].as_str().unwrap();
    assert_eq!(text.split_whitespace().count(), words);
    let wrong: Value = twin.post("/vision/v1/images:annotate", &request("bm8=")).await.json().await.unwrap();
    assert_eq!(wrong["responses"][0]["error"]["code"], 3);
    assert_eq!(twin.charged().await, 2, "what cannot be read is not charged");
}
