//! Clients of services with OpenAI's shape, as the configuration has them.

use std::sync::Arc;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use sluice_app::providers::config::{Kind, ProviderSettings, Server as Configured};
use sluice_app::providers::open::{OpenError, Opened, Opening, Pages};
use sluice_capability::{Complete, Draw, Embed, Speak, Transcribe, VoiceInfo};
use sluice_outbound::Client;
use sluice_providers::http::Secret;
use sluice_providers::openai::{
    ChatModel, Delivery, EmbeddingModel, ImageModel, Server, Service, ServiceError, Settings, SpeechModel,
    TranscriptionModel, voices,
};
use sluice_providers::prices::Prices;

use super::services;

/// What they are opened with.
pub(super) struct OpenAiClients {
    pub(super) client: Client,
    pub(super) prices: Arc<Prices>,
}

fn failed(error: impl std::error::Error) -> OpenError {
    OpenError { message: error.to_string() }
}

/// The server behind a provider; none if it has another shape.
pub(super) fn server(settings: &ProviderSettings) -> Option<Server> {
    match settings.kind {
        Kind::OpenRouter => Some(Server::OpenRouter),
        Kind::OpenAi => Some(match settings.server.unwrap_or_default() {
            Configured::OpenAi => Server::OpenAi,
            Configured::Ollama => Server::Ollama,
            Configured::LlamaCpp => Server::LlamaCpp,
            Configured::Vllm => Server::Vllm,
            Configured::Speaches => Server::Speaches,
            Configured::Kokoro => Server::Kokoro,
        }),
        Kind::ElevenLabs | Kind::DId | Kind::Vision | Kind::Runner => None,
    }
}

impl OpenAiClients {
    fn service(&self, opening: &Opening<'_>, server: Server) -> Result<Service, OpenError> {
        let key = opening.key.map(|key| Secret::new(key.reveal())).transpose().map_err(failed)?;
        let settings = Settings {
            provider: Some(opening.name.to_owned()),
            address: opening.settings.url.clone(),
            key,
            fallbacks: opening.settings.fallbacks.clone(),
            ..Settings::new(server, opening.model.unwrap_or_default(), Arc::clone(&self.prices))
        };
        Service::new(self.client.clone(), settings).map_err(failed)
    }

    /// A model of a service, by what makes one of it.
    fn model<M>(
        &self,
        opening: &Opening<'_>,
        make: impl FnOnce(Service) -> Result<M, ServiceError>,
    ) -> Result<Option<Arc<M>>, OpenError> {
        let Some(server) = server(opening.settings) else { return Ok(None) };
        make(self.service(opening, server)?).map(|model| Some(Arc::new(model))).map_err(failed)
    }

    pub(super) fn complete(&self, opening: &Opening<'_>) -> Opened<dyn Complete> {
        let model = self.model(opening, |service| ChatModel::new(service, Delivery::Streamed))?;
        Ok(model.map(|model| model as Arc<dyn Complete>))
    }

    pub(super) fn draw(&self, opening: &Opening<'_>) -> Opened<dyn Draw> {
        Ok(self.model(opening, ImageModel::new)?.map(|model| model as Arc<dyn Draw>))
    }

    pub(super) fn embed(&self, opening: &Opening<'_>) -> Opened<dyn Embed> {
        Ok(self.model(opening, EmbeddingModel::new)?.map(|model| model as Arc<dyn Embed>))
    }

    pub(super) fn speak(&self, opening: &Opening<'_>) -> Opened<dyn Speak> {
        let Some(server) = server(opening.settings) else { return Ok(None) };
        let configured = services::voices(opening.settings);
        let voices = if configured.is_empty() { voices(server) } else { configured };
        let model = self.model(opening, |service| {
            SpeechModel::new(service, voices).map(|model| model.with_listed(opening.voices))
        })?;
        Ok(model.map(|model| model as Arc<dyn Speak>))
    }

    /// The voices that a server lists; none if it has no list.
    pub(super) fn voices(&self, opening: &Opening<'_>) -> Pages<'static, VoiceInfo> {
        if !server(opening.settings).is_some_and(Server::lists_voices) {
            return stream::empty().boxed();
        }
        match self.model(opening, |service| SpeechModel::new(service, Vec::new())) {
            Ok(Some(model)) => model.listed().map_err(super::check_error).boxed(),
            Ok(None) => stream::empty().boxed(),
            Err(error) => super::unopened(error),
        }
    }

    pub(super) fn transcribe(&self, opening: &Opening<'_>) -> Opened<dyn Transcribe> {
        Ok(self.model(opening, TranscriptionModel::new)?.map(|model| model as Arc<dyn Transcribe>))
    }
}
