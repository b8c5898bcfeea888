//! Who speaks when in a segment: one call, whose result is kept. A transcript without speakers is better than none, so that a
//! call that fails for good is no failure of the job.

use std::path::Path;

use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{MadeBy, TellApartRequest, Transcript, Voices, Wish};
use sluice_engine::{Called, JobError, Run};

use super::context::ScribeApp;
use super::hearing::Sounding;
use super::sounds::keeping;
use super::transcript::ToldApart;
use crate::asking::goes_on;
use crate::routing::{self, Made};

/// Changes with what is made of the same sound.
const VERSION: &str = "tell-apart/1";
/// Most bytes of a stored answer.
const VOICES_BYTES: u64 = 64 * 1024 * 1024;

/// What is known of the speakers of a segment.
pub(super) enum Told {
    /// When they speak, and what they sound like to a model.
    Voices { voices: Voices, model: String },
    /// Nothing was said.
    Nobody,
    /// They were not told apart.
    Not(ToldApart),
}

/// Tells the speakers of a segment apart, in which this was heard.
pub(super) async fn ask(
    run: &Run,
    app: &ScribeApp,
    of: &Sounding<'_>,
    heard: &Transcript,
) -> Result<Called<Told>, JobError> {
    if heard.segments.is_empty() {
        return Ok(Called::Done(Told::Nobody));
    }
    let Sounding { sound, length_ms: duration_ms, .. } = *of;
    let names: Vec<&str> = sound.parts.iter().map(|(hash, _)| hash.as_str()).collect();
    let key = BlobHash::of(json!([VERSION, sound.media_type, names]).to_string().as_bytes()).to_string();
    let is_sent = routing::is_sent::<_, _, BlobHash>(run, &key, &app.telling_apart).await?;
    let file = if is_sent { Path::new(&sound.name) } else { of.file(run, app).await? };
    let request = TellApartRequest { sound: file.to_owned(), duration_ms, people: None };
    let wish = Wish { length: Some(duration_ms), ..Wish::default() };
    let keep = keeping::<Voices>(app.platform.media.clone());
    let asked = routing::ask(run, &key, &app.telling_apart, &request, &wish, keep).await;
    let Made { value, made_by } = match asked {
        Ok(Called::Done(made)) => made,
        Ok(Called::Pending(pending)) => return Ok(Called::Pending(pending)),
        Err(error) if goes_on(run, &error) => return Err(error),
        Err(error) if error.code == "no_provider" => return Ok(Called::Done(Told::Not(ToldApart::NotInstalled))),
        Err(error) => {
            tracing::warn!(job = %run.job_id(), %error, "speakers are not told apart");
            run.log(format!("speakers are not told apart: {error}"));
            return Ok(Called::Done(Told::Not(ToldApart::Failed)));
        }
    };
    let bytes = app.platform.media.read(&value, VOICES_BYTES).await?;
    let voices = serde_json::from_slice(&bytes).map_err(|error| JobError::fail("bad_voices", error.to_string()))?;
    Ok(Called::Done(Told::Voices { voices, model: model_of(&made_by) }))
}

/// Only embeddings of the same model and version can be compared.
pub(super) fn model_of(made_by: &MadeBy) -> String {
    [&made_by.provider, &made_by.model, &made_by.version].map(String::as_str).join(" ").trim().to_owned()
}
