//! The capability: a sound becomes a video of a presenter.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, MadeBy, Offered, Present, PresentRequest,
    Presented, Presenting, Profile, Remedy, Usage,
};
use sluice_domain::money::MicroUsd;

use super::account::Account;
use super::work::{Kind, Work, mark};
use crate::http::{Lost, Operation};
use crate::mp4;

/// Submitting. What is accepted is charged.
const SUBMIT: Operation = Operation { time: Duration::from_mins(1), body: 1024 * 1024, lost: Lost::Ask };
const DOWNLOAD: Operation =
    Operation { time: Duration::from_mins(15), body: 2 * 1024 * 1024 * 1024, lost: Lost::Repeat };
/// When a video may be ready.
const FIRST_LOOK: Duration = Duration::from_secs(10);
/// Each started stretch of this length is charged.
const CHARGED_MS: u64 = 15_000;

/// Presenters of one kind.
#[derive(Debug, Clone)]
pub struct Presenter {
    account: Account,
    kind: Kind,
    profile: Profile,
}

#[derive(Debug, Deserialize)]
struct Created {
    id: String,
}

impl Presenter {
    /// The presenters of an account.
    pub fn new(account: Account, kind: Kind) -> Self {
        let profile = Profile { provider: account.provider.clone(), is_local: false, languages: Vec::new() };
        Self { account, kind, profile }
    }

    fn cost(&self, media_ms: u64) -> Option<MicroUsd> {
        let charged = media_ms.div_ceil(CHARGED_MS) * CHARGED_MS;
        let usage = Usage { media_ms: charged, ..Usage::default() };
        self.account.settings.prices.cost(&self.account.provider, self.kind.name(), &usage)
    }

    fn check(&self, request: &PresentRequest) -> Result<(), (&'static str, String)> {
        let Some((name, _)) = self.kind.named(&request.presenter) else {
            let presenter = &request.presenter;
            let others = [Kind::Talk, Kind::Clip, Kind::Expressive];
            let what = match others.into_iter().find(|kind| kind.named(presenter).is_some()) {
                Some(other) => format!(
                    "\"{presenter}\" is one of D-ID's {}: a route with the model \"{}\" films it",
                    other.plural(),
                    other.name()
                ),
                None => format!("\"{presenter}\" is no presenter of D-ID's {}", self.kind.plural()),
            };
            return Err(("no_such_presenter", what));
        };
        if self.kind == Kind::Talk && !self.account.settings.faces.contains_key(name) {
            return Err(("no_such_presenter", format!("there is no face \"{name}\" in the configuration")));
        }
        let longest = self.kind.longest_ms();
        if request.duration_ms > longest {
            let message = format!("the sound is longer than {} minutes: split it", longest / 60_000);
            return Err(("sound_too_long", message));
        }
        Ok(())
    }

    /// What is submitted. D-ID refuses keys that it does not know.
    async fn body(&self, request: &PresentRequest, key: &str) -> Result<Value, CapabilityError> {
        let settings = &self.account.settings;
        let (name, variant) = self.kind.named(&request.presenter).unwrap_or_default();
        let sound = self.account.upload_sound(&request.sound).await?;
        let mut body = Map::new();
        let mut set = |name: &str, value: Value| body.insert(name.to_owned(), value);
        set("script", json!({ "type": "audio", "audio_url": sound }));
        set("name", mark(key).into());
        set("user_data", mark(key).into());
        // D-ID refuses work with any other address. What it does not report is polled.
        if let Some(url) = settings.webhook.as_ref().filter(|url| url.starts_with("https://")) {
            set("webhook", url.as_str().into());
        }
        match self.kind {
            Kind::Talk => {
                if let Some(face) = settings.faces.get(name) {
                    set("source_url", self.account.upload_face(face).await?.into());
                }
                set("config", json!({ "result_format": "mp4", "stitch": true }));
            }
            Kind::Clip => {
                set("presenter_id", name.into());
                set("config", json!({ "result_format": "mp4", "output_resolution": request.height.clamp(150, 1_080) }));
                if let Some(id) = variant {
                    set("driver_id", id.into());
                }
                if let Some(color) = &settings.background {
                    set("background", json!({ "color": color }));
                }
            }
            Kind::Expressive => {
                set("avatar_id", name.into());
                let height = [480, 720].into_iter().find(|height| *height >= request.height).unwrap_or(1_080);
                set("config", json!({ "result_format": "mp4", "output_resolution": height }));
                if let Some(id) = variant {
                    set("sentiment_id", id.into());
                }
                if let Some(color) = &settings.background {
                    set("background", json!({ "type": "color", "value": color }));
                }
            }
        }
        Ok(Value::Object(body))
    }

    /// One of the settings, as they are offered: with the name and the picture that the account's list has.
    fn configured(&self, name: &str) -> Offered {
        let (base, variant) = match name.split_once('/') {
            Some((base, variant)) => (base, Some(variant)),
            None => (name, None),
        };
        let id = self.kind.id(base);
        let listed = self.account.settings.listed.iter().find(|one| one.id == id);
        let shown = match (listed, variant) {
            (Some(listed), Some(variant)) => format!("{} ({variant})", listed.name),
            (Some(listed), None) => listed.name.clone(),
            (None, _) => name.to_owned(),
        };
        let picture = listed.and_then(|listed| listed.picture.clone());
        Offered { id: self.kind.id(name), name: shown, kind: Some(self.kind.name()), picture }
    }

    async fn submit(&self, request: &PresentRequest, key: &str) -> Result<Begun<Presented>, CapabilityError> {
        self.check(request).map_err(|(code, message)| CapabilityError::fail(code, message))?;
        let body = self.body(request, key).await?;
        let path = format!("/{}", self.kind.plural());
        match self.account.endpoint.post::<Created>(SUBMIT, &path, &body).await {
            Ok(reply) => Ok(Begun::Accepted { provider_id: reply.value.id, poll_after: FIRST_LOOK }),
            // A gateway may have given up on what goes on behind it: the lists tell.
            Err(mut error) if error.code == "provider_unavailable" || error.code == "bad_answer" => {
                error.remedy = Remedy::Look;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Downloads a finished video. Each look at the work signs its link anew, so that an expired one is tried once more.
    async fn download(&self, request: &PresentRequest, id: &str) -> Result<Answer<Presented>, CapabilityError> {
        let mut expired = None;
        for _ in 0..2 {
            let link = self.link(id).await?;
            match self.account.endpoint.download(DOWNLOAD, &link, &request.out).await {
                Ok(_) => return self.answer(request, id).await,
                Err(error) if ["forbidden", "not_found", "key_refused"].contains(&error.code.as_str()) => {
                    expired = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        let error =
            CapabilityError::put_off(None, "link_expired", "the link to the video is not valid: it is asked for again");
        Err(match expired {
            Some(cause) => error.because(cause),
            None => error,
        })
    }

    async fn link(&self, id: &str) -> Result<String, CapabilityError> {
        let gone = || CapabilityError::fail("not_found", "D-ID no longer has the video");
        let work: Work = self.account.work(self.kind, id).await?.ok_or_else(gone)?;
        let early = || CapabilityError::retry("not_ready", "the video has no link yet");
        work.link().map(str::to_owned).ok_or_else(early)
    }

    async fn answer(&self, request: &PresentRequest, id: &str) -> Result<Answer<Presented>, CapabilityError> {
        let video = match mp4::describe(&request.out).await {
            Ok(video) => video,
            Err(error) => {
                let _ = tokio::fs::remove_file(&request.out).await;
                let message = "what D-ID sent is no complete video: it is downloaded again";
                return Err(CapabilityError::retry("bad_answer", message).because(error));
            }
        };
        let mp4::Video { duration_ms, width, height } = video;
        let media_ms = u64::from(duration_ms);
        Ok(Answer {
            value: Presented { duration_ms, width, height, has_alpha: false },
            made_by: MadeBy {
                provider: self.account.provider.clone(),
                model: format!("{} {}", self.kind.name(), request.presenter),
                version: self.kind.version().to_owned(),
            },
            provider_id: Some(id.to_owned()),
            usage: Usage { media_ms, ..Usage::default() },
            cost: self.cost(media_ms),
            quota: None,
        })
    }
}

impl Present for Presenter {
    fn presenters(&self) -> Vec<Offered> {
        let settings = &self.account.settings;
        let names: Vec<&String> = match self.kind {
            Kind::Talk => settings.faces.keys().collect(),
            Kind::Clip | Kind::Expressive => settings.presenters.iter().collect(),
        };
        let configured = names.into_iter().map(|name| self.configured(name));
        let mut offered: Vec<Offered> = configured.filter(|one| self.kind.named(&one.id).is_some()).collect();
        let is_new = |one: &&Offered| offered.iter().all(|known| known.id != one.id);
        let new: Vec<Offered> = settings.listed.iter().filter(is_new).cloned().collect();
        offered.extend(new);
        offered
    }

    fn picture<'a>(&'a self, presenter: &'a str, out: &'a Path) -> Doing<'a, &'static str> {
        Box::pin(async move {
            let found = self.presenters().into_iter().find(|one| one.id == presenter).and_then(|one| one.picture);
            let missing = || {
                let message = format!("there is no picture of the presenter \"{presenter}\"");
                CapabilityError::fail("no_picture", message)
            };
            self.account.picture(&found.ok_or_else(missing)?, out).await
        })
    }
}

impl Does<Presenting> for Presenter {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn made_with(&self) -> String {
        self.kind.name().to_owned()
    }

    fn accepts(&self, request: &PresentRequest) -> Result<(), String> {
        self.check(request).map_err(|(_, message)| message)
    }

    fn estimate(&self, request: &PresentRequest) -> Option<MicroUsd> {
        self.cost(request.duration_ms.into())
    }

    fn begin<'a>(&'a self, request: &'a PresentRequest, context: Context<'a>) -> Doing<'a, Begun<Presented>> {
        Box::pin(self.submit(request, context.key))
    }

    fn look<'a>(&'a self, key: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(async move {
            let Some(id) = provider_id else { return self.account.outcome(self.kind, key).await };
            // Work that has no result was billed, as one that was deleted: it is not made again without being asked for.
            let work = self.account.work(self.kind, id).await?.filter(|work| !work.has_no_result());
            Ok(work.map_or(CallProgress::NotFound, |work| work.progress(|text| self.account.endpoint.shown(text))))
        })
    }

    fn fetch<'a>(&'a self, request: &'a PresentRequest, provider_id: &'a str) -> Doing<'a, Answer<Presented>> {
        Box::pin(self.download(request, provider_id))
    }
}
