//! Clients of services with a shape of their own, as the configuration has them.

use std::sync::Arc;

use sluice_app::providers::config::{KeyForm, Kind, ProviderSettings};
use sluice_app::providers::open::{OpenError, Opened, Opening};
use sluice_capability::{Present, Read, Speak, Transcribe, VoiceInfo};
use sluice_domain::language::LanguageCode;
use sluice_outbound::Client;
use sluice_providers::http::Secret;
use sluice_providers::prices::Prices;
use sluice_providers::runner::{Access, Kind as Task, Runner};
use sluice_providers::{did, elevenlabs, runner, vision};

/// What they are opened with.
pub(super) struct Services {
    pub(super) client: Client,
    pub(super) prices: Arc<Prices>,
}

fn failed(error: impl std::error::Error) -> OpenError {
    OpenError { message: error.to_string() }
}

fn key(opening: &Opening<'_>) -> Result<Secret, OpenError> {
    let missing = || OpenError { message: format!("there is no key for {}", opening.name) };
    Secret::new(opening.key.ok_or_else(missing)?.reveal()).map_err(failed)
}

/// The voices of the configuration, by language and name.
pub(super) fn voices(settings: &ProviderSettings) -> Vec<(LanguageCode, String)> {
    let of_language = |(code, names): (&String, &Vec<String>)| {
        let language = LanguageCode::from_code(code)?;
        Some(names.iter().map(|name| (language, name.clone())).collect::<Vec<_>>())
    };
    settings.voices.iter().filter_map(of_language).flatten().collect()
}

/// How D-ID gets its key.
pub(super) fn key_form(settings: &ProviderSettings) -> did::KeyForm {
    match settings.key_form.unwrap_or_default() {
        KeyForm::Verbatim => did::KeyForm::Verbatim,
        KeyForm::Base64 => did::KeyForm::Base64,
    }
}

/// How D-ID got a key that it refused, and how else it could get it.
pub(super) fn sent_as(settings: &ProviderSettings) -> &'static str {
    match settings.key_form.unwrap_or_default() {
        KeyForm::Verbatim => {
            "the key was sent as it is: key_form = \"base64\" sends it in Base64, as some accounts want it"
        }
        KeyForm::Base64 => "the key was sent in Base64, as key_form says: leave that out to send it as it is",
    }
}

impl Services {
    pub(super) fn present(&self, opening: &Opening<'_>) -> Opened<dyn Present> {
        match opening.settings.kind {
            Kind::DId => {
                let (account, kind) = self.presenting(opening)?;
                Ok(Some(Arc::new(did::Presenter::new(account, kind))))
            }
            Kind::Runner => {
                let names = opening.settings.presenters.iter().cloned();
                Ok(Some(Arc::new(self.runner(opening, Task::Present)?.with_presenters(names))))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn read(&self, opening: &Opening<'_>) -> Opened<dyn Read> {
        if opening.settings.kind != Kind::Vision {
            return Ok(None);
        }
        let feature = match opening.model {
            None => vision::Feature::default(),
            Some(name) => [vision::Feature::Document, vision::Feature::Sparse]
                .into_iter()
                .find(|feature| feature.name() == name)
                .ok_or_else(|| no_model(name, "DOCUMENT_TEXT_DETECTION and TEXT_DETECTION"))?,
        };
        let settings = vision::Settings {
            provider: Some(opening.name.to_owned()),
            address: opening.settings.url.clone(),
            key: key(opening)?,
            feature,
            prices: Arc::clone(&self.prices),
        };
        Ok(Some(Arc::new(vision::Vision::new(self.client.clone(), settings).map_err(failed)?)))
    }

    pub(super) fn speak(&self, opening: &Opening<'_>) -> Opened<dyn Speak> {
        match opening.settings.kind {
            Kind::ElevenLabs => {
                let mut voices = elevenlabs::voices(voices(opening.settings));
                let is_new = |listed: &&VoiceInfo| voices.iter().all(|known| known.id != listed.id);
                let new: Vec<VoiceInfo> = opening.voices.iter().filter(is_new).cloned().collect();
                voices.extend(new);
                let mut settings = elevenlabs::SpeechSettings::default();
                if let Some(model) = opening.model {
                    model.clone_into(&mut settings.model);
                }
                let model = elevenlabs::SpeechModel::new(self.account(opening)?, settings, voices);
                // Until all of the account's voices are known, ElevenLabs says which it does not have.
                let is_known = opening.has_all_voices && !opening.voices.is_empty();
                Ok(Some(Arc::new(if is_known { model } else { model.with_others() })))
            }
            Kind::Runner => Ok(Some(Arc::new(self.runner(opening, Task::Speak)?))),
            _ => Ok(None),
        }
    }

    pub(super) fn transcribe(&self, opening: &Opening<'_>) -> Opened<dyn Transcribe> {
        match opening.settings.kind {
            Kind::ElevenLabs => {
                let by_webhook = opening.settings.by_webhook;
                let mut settings = elevenlabs::TranscriptionSettings { by_webhook, ..Default::default() };
                if let Some(model) = opening.model {
                    model.clone_into(&mut settings.model);
                }
                Ok(Some(Arc::new(elevenlabs::TranscriptionModel::new(self.account(opening)?, settings))))
            }
            Kind::Runner => Ok(Some(Arc::new(self.runner(opening, Task::Transcribe)?))),
            _ => Ok(None),
        }
    }

    pub(super) fn account(&self, opening: &Opening<'_>) -> Result<elevenlabs::Account, OpenError> {
        let settings = elevenlabs::Settings {
            provider: Some(opening.name.to_owned()),
            address: opening.settings.url.clone(),
            key: key(opening)?,
            prices: Arc::clone(&self.prices),
        };
        elevenlabs::Account::new(self.client.clone(), settings).map_err(failed)
    }

    /// The account that lists the presenters of a route, and their kind; none if there is no such list.
    pub(super) fn listing(&self, opening: &Opening<'_>) -> Result<Option<(did::Account, did::Kind)>, OpenError> {
        if opening.settings.kind != Kind::DId {
            return Ok(None);
        }
        // The faces of talks are those of the settings.
        Ok(Some(self.presenting(opening)?).filter(|(_, kind)| *kind != did::Kind::Talk))
    }

    /// An account of D-ID, and the kind of presenters that the model names: `talk`, `clip` (the usual one) or `expressive`.
    fn presenting(&self, opening: &Opening<'_>) -> Result<(did::Account, did::Kind), OpenError> {
        let kind = match opening.model {
            None => did::Kind::Clip,
            Some(name) => [did::Kind::Talk, did::Kind::Clip, did::Kind::Expressive]
                .into_iter()
                .find(|kind| kind.name() == name)
                .ok_or_else(|| no_model(name, "talk, clip and expressive"))?,
        };
        let face = |(name, place): (&String, &String)| {
            let is_link = ["https://", "http://", "s3://"].iter().any(|scheme| place.starts_with(scheme));
            let face = if is_link { did::Face::Link(place.clone()) } else { did::Face::File(place.into()) };
            (name.clone(), face)
        };
        let settings = did::Settings {
            provider: Some(opening.name.to_owned()),
            address: opening.settings.url.clone(),
            key_form: key_form(opening.settings),
            webhook: opening.hook.map(str::to_owned),
            faces: opening.settings.faces.iter().map(face).collect(),
            presenters: opening.settings.presenters.clone(),
            listed: opening.presenters.to_vec(),
            ..did::Settings::new(key(opening)?, Arc::clone(&self.prices))
        };
        let account = did::Account::new(self.client.clone(), settings).map_err(failed)?;
        Ok((account, kind))
    }

    /// A runner for one of the kinds of jobs: which of them it does is said by the routes to it.
    fn runner(&self, opening: &Opening<'_>, task: Task) -> Result<Runner, OpenError> {
        let no_address = || OpenError { message: "a runner has no public address: give its url".to_owned() };
        let access = match opening.key {
            None => Access::Open,
            Some(_) => Access::of(&key(opening)?).map_err(failed)?,
        };
        let voice = |(language, name): (LanguageCode, String)| VoiceInfo {
            id: format!("{}:{language}:{name}", opening.name),
            language,
            name,
            engine: Kind::Runner.as_str(),
            licence: "the runner's terms".to_owned(),
            installed: true,
        };
        let settings = runner::Settings {
            provider: opening.name.to_owned(),
            address: opening.settings.url.clone().ok_or_else(no_address)?,
            access,
            kinds: [task].into(),
            voices: voices(opening.settings).into_iter().map(voice).collect(),
            webhook: opening.hook.map(str::to_owned),
            prices: Arc::clone(&self.prices),
        };
        Runner::new(self.client.clone(), settings).map_err(failed)
    }
}

fn no_model(name: &str, known: &str) -> OpenError {
    OpenError { message: format!("there is no model \"{name}\": there are {known}") }
}
