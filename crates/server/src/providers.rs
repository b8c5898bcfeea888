//! The remote providers of the configuration, with the clients that this program has.

mod hooks;
mod openai;
mod services;

use std::sync::Arc;

use anyhow::bail;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use sluice_app::library::Library;
use sluice_app::providers::config::{ConfigProblem, Kind, PriceSettings, ProviderSettings, ProvidersConfig};
use sluice_app::providers::open::{CheckError, Checked, Hook, Open, OpenError, Opened, Opening, Pages, Price};
use sluice_app::providers::sealing::Secrets;
use sluice_app::providers::{BuiltIn, Key, Providers, Setup};
use sluice_capability::{CapabilityError, Complete, Draw, Embed, Offered, Present, Read, Speak, Transcribe, VoiceInfo};
use sluice_domain::money::MicroUsd;
use sluice_outbound::Client;
use sluice_providers::account::Account;
use sluice_providers::http::{InvalidSecret, Secret};
use sluice_providers::openai::Server;
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

    fn voices<'a>(&'a self, opening: Opening<'a>) -> Pages<'a, VoiceInfo> {
        if opening.settings.kind != Kind::ElevenLabs {
            return self.openai.voices(&opening);
        }
        match self.services.account(&opening) {
            Ok(account) => account.voices().map_err(check_error).boxed(),
            Err(error) => unopened(error),
        }
    }

    fn presenters<'a>(&'a self, opening: Opening<'a>) -> Pages<'a, Offered> {
        match self.services.listing(&opening) {
            Ok(Some((account, kind))) => account.avatars(kind).map_err(check_error).boxed(),
            Ok(None) => stream::empty().boxed(),
            Err(error) => unopened(error),
        }
    }

    fn prices(&self, opening: &Opening<'_>) -> Vec<Price> {
        priced(&self.openai.prices, opening.name, opening.model.unwrap_or_default())
    }

    fn table(&self, kind: Kind, model: &str) -> Vec<Price> {
        priced(&self.openai.prices, table_of_kind(kind).unwrap_or_default(), model)
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
            let secret = |key: &Key| match settings.kind {
                Kind::DId => services::key_form(settings).of(&Secret::new(key.reveal())?),
                _ => Secret::new(key.reveal()),
            };
            let refused = |error: InvalidSecret| CheckError::Refused { message: error.to_string() };
            let key = key.map(secret).transpose().map_err(refused)?;
            let address = settings.url.as_deref();
            let said = account.check(self.client.clone(), name, address, key.as_ref()).await;
            said.map(|detail| Checked { detail }).map_err(|error| match check_error(error) {
                CheckError::Refused { message } if settings.kind == Kind::DId => {
                    CheckError::Refused { message: format!("{message} ({})", services::sent_as(settings)) }
                }
                other => other,
            })
        }
        .boxed()
    }
}

/// The pages of a provider whose client cannot be opened: the error alone.
fn unopened<T: Send + 'static>(error: OpenError) -> Pages<'static, T> {
    let error = CheckError::Unreachable { message: error.message };
    stream::once(async move { Err(error) }).boxed()
}

/// Maps an error to an invalid key, or to an unreachable provider.
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

/// The configured providers and routes, without mistakes.
fn configured(config: &Config) -> anyhow::Result<ProvidersConfig> {
    let found = config.tables.providers()?;
    let said: Vec<String> = found.check(&[]).iter().chain(&price_problems(&found)).map(ToString::to_string).collect();
    if !said.is_empty() {
        bail!("{}", said.join("\n"));
    }
    Ok(found)
}

/// The table of prices by the configured names, with the prices that are configured for single models.
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

/// The configured prices that are invalid.
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

/// The name of a provider's prices in the table.
fn table_of<'a>(name: &'a str, settings: &ProviderSettings) -> &'a str {
    openai::server(settings).map(Server::name).or_else(|| table_of_kind(settings.kind)).unwrap_or(name)
}

/// The same of a kind at its public address; none of a runner, which has no public address.
const fn table_of_kind(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::OpenAi => Some(Server::OpenAi.name()),
        Kind::OpenRouter => Some(Server::OpenRouter.name()),
        Kind::ElevenLabs => Some(elevenlabs::NAME),
        Kind::DId => Some(did::NAME),
        Kind::Vision => Some(vision::NAME),
        Kind::Runner => None,
    }
}

/// The prices of a model.
fn priced(prices: &Prices, provider: &str, model: &str) -> Vec<Price> {
    let Some(price) = prices.of(provider, model) else { return Vec::new() };
    let million = 1_000_000;
    let parts = [
        ("input tokens", price.input, million),
        ("cached input tokens", price.cached_input, million),
        ("output tokens", price.output, million),
        ("characters", price.characters, million),
        ("minutes", price.minutes, 1),
        ("pictures", price.pictures, 1),
    ];
    let shown = |(unit, price, per): (&str, Option<i64>, u64)| {
        Some(Price { unit: unit.to_owned(), price: MicroUsd(price?), per })
    };
    parts.into_iter().filter_map(shown).collect()
}

fn amounts(price: &PriceSettings) -> Amounts {
    let PriceSettings { input, cached_input, output, characters, minutes, pictures } = price.clone();
    Amounts { input, cached_input, output, characters, minutes, pictures }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::get;
    use serde_json::json;
    use sluice_outbound::{Rules, Settings};

    use super::*;

    #[tokio::test]
    async fn a_key_of_d_id_is_sent_in_the_form_of_the_configuration() {
        let credits = |headers: HeaderMap| async move {
            // `user:secret`
            let is_encoded = headers.get("authorization").is_some_and(|given| given == "Basic dXNlcjpzZWNyZXQ=");
            let status = if is_encoded { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
            (status, axum::Json(json!({ "remaining": 7, "total": 9, "message": "Unauthorized" })))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/credits", get(credits));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let rules = Rules::new(vec!["127.0.0.1".parse().unwrap()]);
        let client = Client::new(&Settings { rules, ..Settings::new("test") }).unwrap();
        let prices = Arc::new(Prices::default());
        let openai = OpenAiClients { client: client.clone(), prices: Arc::clone(&prices) };
        let clients = Clients { client: client.clone(), openai, services: Services { client, prices } };
        let key = Key::new("user:secret".to_owned()).unwrap();
        for (form, expected) in [(Some("base64"), None), (Some("verbatim"), Some("base64")), (None, Some("base64"))] {
            let settings: ProviderSettings =
                serde_json::from_value(json!({ "kind": "d-id", "url": url, "key_form": form })).unwrap();
            let said = clients.check(Opening::new("faces", &settings, None, Some(&key))).await;
            match (said, expected) {
                (Ok(checked), None) => assert_eq!(checked.detail, "7 of 9 credits left"),
                (Err(CheckError::Refused { message }), Some(hint)) => assert!(message.contains(hint), "{message}"),
                (said, _) => panic!("{form:?}: {said:?}"),
            }
        }
    }
}
