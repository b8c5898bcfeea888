//! A transcript becomes that of its session, in one unit of work with what is on top of it: the edits of an earlier one, and the
//! voices of its speakers.

use std::collections::HashMap;

use serde_json::{Value, json};
use sluice_engine::{JobError, Run};
use sluice_store::Tx;
use sluice_store::scribe::{self, EditRow, NamedSpeaker, RecordingId, SpeakerRow, VoiceId};

use super::context::ScribeApp;
use super::notify::changed;
use super::people::{Person, recognised};
use super::sounds::deleted;
use super::transcript::{Passage, Transcription};
use super::words;

/// Publishes a transcript with the people who speak in it, in the order of their numbers.
pub(super) async fn transcript(
    run: &Run,
    app: &ScribeApp,
    id: &RecordingId,
    whole: &Transcription,
    people: &[Person],
) -> Result<(), JobError> {
    let bytes = serde_json::to_vec(whole).map_err(|error| JobError::fail("bad_transcript", error.to_string()))?;
    let stored = app.platform.media.keep_bytes(bytes).await?;
    let owner = run.owner();
    run.write(async |tx: &mut Tx| {
        scribe::lock_voices(tx, owner).await?;
        if scribe::lock(tx, owner, id).await?.is_none() {
            return Ok(());
        }
        let known = scribe::voices(tx, owner).await?;
        let before = scribe::speakers(tx, owner, id).await?;
        let speakers = recognised(people.to_vec(), &known, || run.new_id(VoiceId::new));
        let edits = scribe::edits(tx, owner, id).await?;
        let (kept, dropped) = carried(edits, &whole.passages, &renumbered(&before, &speakers));
        scribe::replace_edits(tx, owner, id, &kept, dropped).await?;
        scribe::set_speakers(tx, owner, id, &speakers).await?;
        scribe::set_transcript(tx, owner, id, stored.hash.as_str()).await?;
        // What was heard while it was recorded is in the transcript now.
        scribe::forget_live(tx, owner, id).await?;
        changed(tx, owner, id)
    })
    .await?;
    Ok(())
}

/// The new number of each speaker whose voice is still heard.
fn renumbered(before: &[NamedSpeaker], now: &[SpeakerRow]) -> HashMap<u32, u32> {
    let number = |old: &NamedSpeaker| Some((old.number, now.iter().find(|row| row.voice == old.voice)?.number));
    before.iter().filter_map(number).collect()
}

/// The edits of passages in which the same was heard at the same time; and how many others there are.
fn carried(edits: Vec<EditRow>, passages: &[Passage], speakers: &HashMap<u32, u32>) -> (Vec<EditRow>, u32) {
    let place = |passage: &Passage| (passage.segment, passage.start_ms, passage.end_ms);
    let by_place: HashMap<_, &Passage> = passages.iter().map(|passage| (place(passage), passage)).collect();
    let (mut kept, mut dropped) = (Vec::with_capacity(edits.len()), 0);
    for edit in edits {
        let same = by_place.get(&(edit.segment, edit.start_ms, edit.end_ms));
        let speaker = edit.speaker.and_then(|speaker| speakers.get(&speaker).copied());
        match same.filter(|passage| passage.text == edit.heard) {
            Some(passage) if speaker.is_some() || edit.text.is_some() => {
                dropped += u32::from(speaker.is_none() && edit.speaker.is_some());
                kept.push(EditRow { passage: passage.number, speaker, ..edit });
            }
            _ => dropped += 1,
        }
    }
    (kept, dropped)
}

/// What the job says at its end.
pub(super) async fn result(run: &Run, app: &ScribeApp, id: &RecordingId) -> Result<Value, JobError> {
    let (_, whole) = words::load(app, run.owner(), id).await.map_err(words::failed)?.ok_or_else(deleted)?;
    Ok(json!({
        "words": whole.words(),
        "language": whole.language,
        "speakers": whole.speakers.len(),
        "edits_dropped": whole.edits_dropped,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(number: u32, start_ms: u64, text: &str) -> Passage {
        let end_ms = start_ms + 1_000;
        let text = text.to_owned();
        Passage { number, segment: 0, start_ms, end_ms, text, words: Vec::new(), speaker: None, edited: false }
    }

    fn edit(passage: u32, start_ms: u64, heard: &str, text: Option<&str>, speaker: Option<u32>) -> EditRow {
        let (end_ms, heard, text) = (start_ms + 1_000, heard.to_owned(), text.map(str::to_owned));
        EditRow { passage, segment: 0, start_ms, end_ms, heard, text, speaker }
    }

    #[test]
    fn edits_follow_what_was_heard_and_others_are_counted() {
        let now = [passage(0, 0, "one"), passage(1, 2_000, "to"), passage(2, 5_000, "three")];
        let speakers = HashMap::from([(0, 1)]);
        let edits = vec![
            edit(3, 2_000, "to", Some("two"), None),
            edit(4, 5_000, "free", Some("three"), None),
            edit(5, 0, "one", None, Some(0)),
            edit(6, 9_000, "four", Some("for"), None),
        ];
        let kept = vec![edit(1, 2_000, "to", Some("two"), None), edit(0, 0, "one", None, Some(1))];
        assert_eq!(carried(edits, &now, &speakers), (kept, 2));
        // Who said it is not heard any more: what they said stays.
        let edits = vec![edit(0, 0, "one", Some("won"), Some(7)), edit(1, 2_000, "to", None, Some(7))];
        assert_eq!(carried(edits, &now, &speakers), (vec![edit(0, 0, "one", Some("won"), None)], 2));
    }
}
