//! The remote providers of the configuration, with the clients that this program has.

mod hooks;
mod openai;
mod services;

use std::sync::Arc;

use anyhow::bail;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sluice_app::library::Library;
use sluice_app::providers::config::{ConfigProblem, Kind, PriceSettings, ProviderSettings, ProvidersConfig};
use sluice_app::providers::open::{CheckError, Checked, Hook, Open, OpenError, Opened, Opening, Price};
use sluice_app::providers::sealing::Secrets;
use sluice_app::providers::{BuiltIn, Key, Providers, Setup};
use sluice_capability::{CapabilityError, Complete, Draw, Embed, Offered, Present, Read, Speak, Transcribe, VoiceInfo};
use sluice_outbound::Client;
use sluice_providers::account::Account;
use sluice_providers::http::{InvalidSecret, Secret};
use sluice_providers::prices::{Amounts, Prices, PricesError};
use sluice_providers::{did, elevenlabs, vision};

use crate::config::Config;
use crate::engines::Engines;

use self::openai::OpenAiClients;
use self::services::Services;

/// The clients of remote services.
struct Clients {
    client: Client,
    openai: OpenAiClients,
    services: Services,
}

impl Open for Clients {
    fn complete(&self, opening: &Opening<'_>) -> Opened<dyn Complete> {
        self.openai.complete(opening)
    }

    fn draw(&self, opening: &Opening<'_>) -> Opened<dyn Draw> {
        self.openai.draw(opening)
    }

    fn embed(&self, opening: &Opening<'_>) -> Opened<dyn Embed> {
        self.openai.embed(opening)
    }

    fn present(&self, opening: &Opening<'_>) -> Opened<dyn Present> {
        self.services.present(opening)
    }

    fn read(&self, opening: &Opening<'_>) -> Opened<dyn Read> {
        self.services.read(opening)
    }

    fn speak(&self, opening: &Opening<'_>) -> Opened<dyn Speak> {
        match self.openai.speak(opening)? {
            None => self.services.speak(opening),
            found => Ok(found),
        }
    }

    fn transcribe(&self, opening: &Opening<'_>) -> Opened<dyn Transcribe> {
        match self.openai.transcribe(opening)? {
            None => self.services.transcribe(opening),
            found => Ok(found),
        }
    }

    fn hook(&self, kind: Kind) -> Option<Arc<dyn Hook>> {
        hooks::of(kind)
    }

    fn voices<'a>(&'a self, opening: Opening<'a>) -> BoxFuture<'a, Result<Option<Vec<VoiceInfo>>, CheckError>> {
        async move {
            if opening.settings.kind != Kind::ElevenLabs {
                return self.openai.voices(&opening).await;
            }
            let unreachable = |error: OpenError| CheckError::Unreachable { message: error.message };
            let account = self.services.account(&opening).map_err(unreachable)?;
            account.voices().await.map(Some).map_err(check_error)
        }
        .boxed()
    }

    fn presenters<'a>(&'a self, opening: Opening<'a>) -> BoxFuture<'a, Result<Option<Vec<Offered>>, CheckError>> {
        async move {
            let unreachable = |error: OpenError| CheckError::Unreachable { message: error.message };
            let Some((account, kind)) = self.services.listing(&opening).map_err(unreachable)? else { return Ok(None) };
            account.avatars(kind).await.map(Some).map_err(check_error)
        }
        .boxed()
    }

    fn prices(&self, opening: &Opening<'_>) -> Vec<Price> {
        self.openai.prices(opening)
    }

    fn check<'a>(&'a self, opening: Opening<'a>) -> BoxFuture<'a, Result<Checked, CheckError>> {
        async move {
            let Opening { name, settings, key, .. } = opening;
            let account = match settings.kind {
                Kind::OpenAi => Account::OpenAi,
                Kind::OpenRouter => Account::OpenRouter,
                Kind::ElevenLabs => Account::ElevenLabs,
                Kind::DId => Account::DId,
                Kind::Vision => Account::Vision,
                Kind::Runner => Account::Runner,
            };
            let secret = |key: &Key| Secret::new(key.reveal());
            let refused = |error: InvalidSecret| CheckError::Refused { message: error.to_string() };
            let key = key.map(secret).transpose().map_err(refused)?;
            let address = settings.url.as_deref();
            let said = account.check(self.client.clone(), name, address, key.as_ref()).await;
            said.map(|detail| Checked { detail }).map_err(check_error)
        }
        .boxed()
    }
}

/// Whether the key is to blame, or the way to the provider.
fn check_error(error: CapabilityError) -> CheckError {
    let message = error.message;
    match error.code.as_str() {
        "key_refused" | "forbidden" => CheckError::Refused { message },
        _ => CheckError::Unreachable { message },
    }
}

/// The providers, beside the built-in engines.
pub(crate) fn open(
    config: &Config,
    library: &Library,
    engines: &Engines,
    client: &Client,
) -> anyhow::Result<Providers> {
    let providers = configured(config)?;
    let options = &config.providers;
    let secrets = Secrets::new(options.secret_key.as_ref(), options.previous_secret_key.as_ref(), &config.data()?)?;
    let built_in = BuiltIn {
        embed: Some(engines.embedder.clone()),
        read: Some(Arc::new(library.reader.clone())),
        speak: Some(engines.voices.clone()),
        transcribe: Some(engines.transcriber.clone()),
        translate: Some(engines.translator.clone()),
    };
    let prices = Arc::new(prices(&providers)?);
    Ok(Providers::new(Setup {
        store: library.platform.store.clone(),
        config: providers,
        secrets,
        open: Arc::new(Clients {
            client: client.clone(),
            openai: OpenAiClients { client: client.clone(), prices: Arc::clone(&prices) },
            services: Services { client: client.clone(), prices },
        }),
        built_in,
        hooks_url: options.hooks_url.as_ref().map(ToString::to_string),
    }))
}

/// What the configuration says of them, without mistakes.
fn configured(config: &Config) -> anyhow::Result<ProvidersConfig> {
    let found = config.tables.providers()?;
    let said: Vec<String> = found.check().iter().chain(&price_problems(&found)).map(ToString::to_string).collect();
    if !said.is_empty() {
        bail!("{}", said.join("\n"));
    }
    Ok(found)
}

/// The table of prices by the names of the configuration, with what that says of single models.
fn prices(config: &ProvidersConfig) -> Result<Prices, PricesError> {
    let names: Vec<(&str, &str)> =
        config.providers.iter().map(|(name, settings)| (name.as_str(), table_of(name, settings))).collect();
    let mut prices = Prices::built_in()?.named(&names);
    for (name, settings) in &config.providers {
        for (model, price) in &settings.prices {
            prices = prices.with(name, model, amounts(price))?;
        }
    }
    Ok(prices)
}

/// The prices of the configuration that are none.
pub(crate) fn price_problems(config: &ProvidersConfig) -> Vec<ConfigProblem> {
    let mut problems = Vec::new();
    for (name, settings) in &config.providers {
        for (model, price) in &settings.prices {
            if let Err(error) = Prices::default().with(name, model, amounts(price)) {
                let key = format!("providers.{name}.prices.{model}");
                problems.push(ConfigProblem { key, message: error.to_string() });
            }
        }
    }
    problems
}

/// The name under which the table has what a provider charges.
fn table_of<'a>(name: &'a str, settings: &ProviderSettings) -> &'a str {
    match settings.kind {
        Kind::OpenAi | Kind::OpenRouter => match openai::server(settings) {
            Some(server) => server.name(),
            None => name,
        },
        Kind::ElevenLabs => elevenlabs::NAME,
        Kind::DId => did::NAME,
        Kind::Vision => vision::NAME,
        Kind::Runner => name,
    }
}

fn amounts(price: &PriceSettings) -> Amounts {
    let PriceSettings { input, cached_input, output, characters, minutes, pictures } = price.clone();
    Amounts { input, cached_input, output, characters, minutes, pictures }
}
