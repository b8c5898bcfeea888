//! What is on top of a transcript: edits, speakers, voices, and what is made of it.

use serde_json::json;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::Store;
use sluice_store::scribe::{self, EditRow, Made, NamedSpeaker, RecordingId, RecordingRow, SpeakerRow, VoiceId};

use crate::scribe::session;
use crate::{ada, omar, on_both_databases};

on_both_databases!(
    an_edit_changes_the_revision_and_is_its_owners,
    edits_are_replaced_with_another_transcript,
    a_voice_has_one_name_in_all_sessions,
    a_voice_that_is_heard_nowhere_is_forgotten,
    what_is_made_is_replaced_and_goes_with_its_session,
);

fn edit_of(passage: u32, text: &str) -> EditRow {
    EditRow {
        passage,
        segment: 0,
        start_ms: 1_000,
        end_ms: 2_000,
        heard: "the tied".to_owned(),
        text: Some(text.to_owned()),
        speaker: None,
    }
}

async fn edits(store: &Store, owner: &OwnerId, row: &RecordingRow) -> Vec<EditRow> {
    store.read(async |tx| scribe::edits(tx, owner, &row.id).await).await.unwrap()
}

async fn edit(store: &Store, owner: &OwnerId, id: &RecordingId, edit: &EditRow) -> Option<u64> {
    store.write(async |tx| scribe::edit(tx, owner, id, edit).await).await.unwrap()
}

async fn an_edit_changes_the_revision_and_is_its_owners(store: &Store) {
    let row = session(store, &ada(), 1).await;
    assert_eq!(edit(store, &omar(), &row.id, &edit_of(0, "his")).await, None);
    assert_eq!(edit(store, &ada(), &row.id, &edit_of(4, "the tide")).await, Some(1));
    let given = EditRow { text: None, speaker: Some(1), ..edit_of(2, "") };
    assert_eq!(edit(store, &ada(), &row.id, &given).await, Some(2));
    assert_eq!(edit(store, &ada(), &row.id, &edit_of(4, "the tides")).await, Some(3));
    assert_eq!(edits(store, &ada(), &row).await, [given.clone(), edit_of(4, "the tides")]);
    assert_eq!(edits(store, &omar(), &row).await, []);
    let delete = async |owner: OwnerId, passage| {
        store.write(async |tx| scribe::delete_edit(tx, &owner, &row.id, passage).await).await.unwrap()
    };
    assert_eq!(delete(omar(), 4).await, None);
    assert_eq!(delete(ada(), 4).await, Some(4));
    assert_eq!(delete(ada(), 4).await, None, "what has no edit is not changed");
    assert_eq!(edits(store, &ada(), &row).await, [given]);
    let found = store.read(async |tx| scribe::find(tx, &ada(), &row.id).await).await.unwrap().unwrap();
    assert_eq!((found.revision, found.edits_dropped), (4, 0));
}

async fn edits_are_replaced_with_another_transcript(store: &Store) {
    let row = session(store, &ada(), 1).await;
    edit(store, &ada(), &row.id, &edit_of(4, "the tide")).await;
    edit(store, &ada(), &row.id, &edit_of(5, "the ebb")).await;
    let replace = async |owner: OwnerId| {
        let kept = [edit_of(7, "the tide")];
        store.write(async |tx| scribe::replace_edits(tx, &owner, &row.id, &kept, 1).await).await.unwrap();
    };
    replace(ada()).await;
    assert_eq!(edits(store, &ada(), &row).await, [edit_of(7, "the tide")]);
    let found = store.read(async |tx| scribe::find(tx, &ada(), &row.id).await).await.unwrap().unwrap();
    assert_eq!((found.revision, found.edits_dropped), (2, 1));
}

fn speaker(number: u32, voice: &VoiceId, first: f32) -> SpeakerRow {
    SpeakerRow {
        number,
        voice: voice.clone(),
        embedding: vec![first, 0.25],
        model: "model 1".to_owned(),
        heard_ms: 5_000,
    }
}

fn voice(random: u8) -> VoiceId {
    VoiceId::new(Timestamp::from_millis(1), [random; 10])
}

async fn set(store: &Store, row: &RecordingRow, speakers: &[SpeakerRow]) {
    store
        .write(async |tx| {
            scribe::lock_voices(tx, &row.owner).await?;
            scribe::set_speakers(tx, &row.owner, &row.id, speakers).await
        })
        .await
        .unwrap();
}

async fn speakers(store: &Store, owner: &OwnerId, row: &RecordingRow) -> Vec<NamedSpeaker> {
    store.read(async |tx| scribe::speakers(tx, owner, &row.id).await).await.unwrap()
}

async fn a_voice_has_one_name_in_all_sessions(store: &Store) {
    let (first, second) = (session(store, &ada(), 1).await, session(store, &ada(), 2).await);
    set(store, &first, &[speaker(0, &voice(1), 0.1), speaker(1, &voice(2), 0.9)]).await;
    set(store, &second, &[speaker(0, &voice(2), 0.8)]).await;
    let name = async |owner: OwnerId, number, name: Option<&str>| {
        store.write(async |tx| scribe::name_speaker(tx, &owner, &first.id, number, name).await).await.unwrap()
    };
    assert_eq!(name(omar(), 1, Some("Omar")).await, None);
    assert_eq!(name(ada(), 2, Some("Nobody")).await, None);
    let mut heard_in = name(ada(), 1, Some("Amal")).await.unwrap();
    heard_in.sort();
    let mut both = [first.id.clone(), second.id.clone()];
    both.sort();
    assert_eq!(heard_in, both);
    let named = |number, random, name: Option<&str>| NamedSpeaker {
        number,
        voice: voice(random),
        name: name.map(str::to_owned),
    };
    assert_eq!(speakers(store, &ada(), &first).await, [named(0, 1, None), named(1, 2, Some("Amal"))]);
    assert_eq!(speakers(store, &ada(), &second).await, [named(0, 2, Some("Amal"))]);
    assert_eq!(speakers(store, &omar(), &second).await, []);
    assert!(name(ada(), 1, None).await.is_some());
    assert_eq!(speakers(store, &ada(), &second).await, [named(0, 2, None)]);

    let known = async |owner: OwnerId| store.read(async |tx| scribe::voices(tx, &owner).await).await.unwrap();
    let mut voices = known(ada()).await;
    voices.sort_by(|one, other| one.embedding[0].total_cmp(&other.embedding[0]));
    assert_eq!(voices, [speaker(0, &voice(1), 0.1), speaker(0, &voice(2), 0.8), speaker(1, &voice(2), 0.9)]);
    assert_eq!(known(omar()).await, []);
}

async fn a_voice_that_is_heard_nowhere_is_forgotten(store: &Store) {
    let (first, second) = (session(store, &ada(), 1).await, session(store, &ada(), 2).await);
    set(store, &first, &[speaker(0, &voice(1), 0.1), speaker(1, &voice(2), 0.9)]).await;
    set(store, &second, &[speaker(0, &voice(2), 0.8)]).await;
    let named = async || {
        let name =
            async |tx: &mut sluice_store::Tx| scribe::name_speaker(tx, &ada(), &second.id, 0, Some("Amal")).await;
        store.write(name).await.unwrap();
    };
    named().await;
    assert!(store.write(async |tx| scribe::delete(tx, &ada(), &first.id).await).await.unwrap());
    let name = async || speakers(store, &ada(), &second).await[0].name.clone();
    assert_eq!(name().await.as_deref(), Some("Amal"), "it is still heard here");
    set(store, &second, &[]).await;
    set(store, &second, &[speaker(0, &voice(2), 0.8)]).await;
    assert_eq!(name().await, None, "it was forgotten with its name");
    assert!(store.write(async |tx| scribe::delete(tx, &ada(), &second.id).await).await.unwrap());
}

async fn what_is_made_is_replaced_and_goes_with_its_session(store: &Store) {
    let row = session(store, &ada(), 1).await;
    let made = async |owner: OwnerId, kind| {
        let made = store.read(async |tx| scribe::made(tx, &owner, &row.id, kind).await).await.unwrap();
        made.map(|(value, _)| value)
    };
    let set = async |owner: OwnerId, value| {
        store.write(async |tx| scribe::set_made(tx, &owner, &row.id, Made::Summary, &value).await).await.unwrap()
    };
    assert_eq!(made(ada(), Made::Summary).await, None);
    assert!(!set(omar(), json!({ "his": true })).await);
    assert!(set(ada(), json!({ "terms": ["tide"] })).await);
    assert!(set(ada(), json!({ "terms": ["ebb"] })).await);
    assert_eq!(made(ada(), Made::Summary).await, Some(json!({ "terms": ["ebb"] })));
    assert_eq!((made(omar(), Made::Summary).await, made(ada(), Made::Waveform).await), (None, None));
    assert!(store.write(async |tx| scribe::delete(tx, &ada(), &row.id).await).await.unwrap());
    assert_eq!(made(ada(), Made::Summary).await, None);
    assert!(!set(ada(), json!({})).await);
}
