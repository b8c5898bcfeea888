//! `sluice providers`: remote providers, their keys, their health and their prices.

use std::io::{self, Read as _};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use sluice_app::app::App;
use sluice_app::providers::config::Kind;
use sluice_app::providers::open::{CheckError, Price};
use sluice_app::providers::{KeyView, ProviderError, ProviderView, Providers};
use sluice_capability::Offered;
use sluice_domain::ids::OwnerId;
use sluice_store::provider_keys::Purpose;

use super::{Failure, say};
use crate::config::Config;
use crate::http::providers::{masked, whose};
use crate::wiring;

/// Longest input that may be a key with what is around it.
const INPUT: u64 = 4096;

#[derive(Debug, Subcommand)]
pub(crate) enum ProvidersCommand {
    /// Lists the providers of the configuration: health, spending, keys, routes, where they send notifications, and why their voices
    /// or presenters cannot be listed now.
    List {
        #[command(flatten)]
        of: Of,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Asks a provider whether it accepts the key, by a request that costs nothing.
    Test {
        /// The provider's name.
        name: String,
        #[command(flatten)]
        of: Of,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Lists the presenters of a provider, with their ids: those of the configuration, and those that it lists for the key.
    Presenters {
        /// The provider's name.
        name: String,
        #[command(flatten)]
        of: Of,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Shows what models cost: of a provider of the configuration, or of a kind of provider.
    Price {
        /// Provider and model, such as openai/gpt-5-mini.
        #[arg(id = "priced", value_name = "NAME/MODEL", required = true)]
        models: Vec<String>,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Saves a key that is read from standard input, after the provider accepted it.
    SetKey {
        /// The provider's name.
        name: String,
        #[command(flatten)]
        of: Of,
        /// It is the secret with which the provider signs its notifications. It is not tried.
        #[arg(long, conflicts_with = "owner")]
        hook: bool,
    },
    /// Removes a key.
    RemoveKey {
        /// The provider's name.
        name: String,
        #[command(flatten)]
        of: Of,
        /// It is the secret with which the provider signs its notifications.
        #[arg(long, conflicts_with = "owner")]
        hook: bool,
    },
    /// Encrypts every key under the present secret that is encrypted under the one before it.
    Reencrypt {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// Whose keys.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// The owner [default: the installation].
    #[arg(long, value_name = "OWNER")]
    owner: Option<OwnerId>,
}

impl Of {
    fn owner(&self) -> OwnerId {
        self.owner.clone().unwrap_or_else(OwnerId::system)
    }
}

pub(crate) async fn run(config: &Config, command: ProvidersCommand) -> anyhow::Result<()> {
    let app = wiring::open(config).await?;
    let done = run_on(&app, command).await;
    app.platform.store.close().await;
    done
}

async fn run_on(app: &App, command: ProvidersCommand) -> anyhow::Result<()> {
    let providers = &app.providers;
    match command {
        ProvidersCommand::List { of, json } => list(providers, &of.owner(), json).await,
        ProvidersCommand::Test { name, of, json } => test(providers, &of.owner(), &name, json).await,
        ProvidersCommand::Presenters { name, of, json } => presenters(providers, &of.owner(), &name, json).await,
        ProvidersCommand::Price { models, json } => prices(providers, &models, json),
        ProvidersCommand::SetKey { name, of, hook } => set_key(providers, &name, &of.owner(), purpose(hook)).await,
        ProvidersCommand::RemoveKey { name, of, hook } => {
            providers.remove_key(&of.owner(), &name, purpose(hook)).await.map_err(failure)?;
            say(&format!("the key for {name} is removed"))
        }
        ProvidersCommand::Reencrypt { json } => reencrypt(providers, json).await,
    }
}

const fn purpose(is_hook: bool) -> Purpose {
    if is_hook { Purpose::Hook } else { Purpose::Call }
}

async fn set_key(providers: &Providers, name: &str, owner: &OwnerId, purpose: Purpose) -> anyhow::Result<()> {
    let mut text = String::new();
    io::stdin().lock().take(INPUT).read_to_string(&mut text).context("the key cannot be read from standard input")?;
    // The line end that echo and editors add is not part of it; any other is refused.
    let key = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line)).to_owned();
    match purpose {
        Purpose::Hook => {
            providers.set_hook_secret(name, key).await.map_err(failure)?;
            say(&format!("the secret of the notifications of {name} is saved"))
        }
        Purpose::Call => {
            let saved = providers.set_key(owner, name, key).await.map_err(failure)?;
            say(&format!("{name} accepts the key {}, which is saved", shown(&saved)))
        }
    }
}

async fn test(providers: &Providers, owner: &OwnerId, name: &str, json: bool) -> anyhow::Result<()> {
    let tested = providers.test(owner, name).await.map_err(failure)?;
    let of = tested.whose.map(whose);
    if json {
        return say(&json!({ "name": name, "whose": of, "detail": tested.detail }).to_string());
    }
    let key = of.map_or_else(|| "asks for no key".to_owned(), |of| format!("accepts the {of} key"));
    let detail = if tested.detail.is_empty() { String::new() } else { format!(": {}", tested.detail) };
    say(&format!("{name} {key}{detail}"))
}

async fn presenters(providers: &Providers, owner: &OwnerId, name: &str, json: bool) -> anyhow::Result<()> {
    providers.show(owner, name).await.map_err(failure)?;
    providers.ask_for_presenters(owner).await.map_err(failure)?;
    let router = providers.presenters(owner).await.map_err(failure)?;
    let its = router.implementations().filter(|one| one.profile().provider == name);
    let offered: Vec<Offered> = its.flat_map(|one| one.presenters()).collect();
    // After they were asked for.
    let trouble = providers.show(owner, name).await.map_err(failure)?.presenters_trouble;
    if json {
        let one = |one: &Offered| json!({ "id": one.id, "name": one.name, "kind": one.kind });
        let all: Vec<Value> = offered.iter().map(one).collect();
        return say(&json!({ "name": name, "presenters": all, "trouble": trouble }).to_string());
    }
    for Offered { id, name, kind, .. } in &offered {
        say(&format!("{id}  {name}{}", kind.map_or_else(String::new, |kind| format!(" ({kind})"))))?;
    }
    if let Some(trouble) = trouble {
        return say(&format!("its list could not be fetched, or not all of it: {trouble}"));
    }
    if offered.is_empty() {
        say(&format!("{name} offers no presenters, or no route for present leads to it"))
    } else {
        Ok(())
    }
}

async fn reencrypt(providers: &Providers, json: bool) -> anyhow::Result<()> {
    let done = providers.reencrypt().await.map_err(failure)?;
    let failed: Vec<String> = done.failed.iter().map(|(owner, provider)| format!("{owner} for {provider}")).collect();
    if json {
        say(&json!({ "changed": done.changed, "failed": failed }).to_string())?;
    } else {
        say(&format!("{} keys were encrypted anew", done.changed))?;
    }
    if failed.is_empty() {
        return Ok(());
    }
    let detail = format!(
        "no known secret decrypts the keys of {}: bring back the secret under which they were saved, or save them again",
        failed.join(", ")
    );
    Err(Failure::new("key_undecryptable", "Keys cannot be decrypted", detail).into())
}

/// What the models cost, each for itself; in the end it is said which of them belong to no provider.
fn prices(providers: &Providers, models: &[String], json: bool) -> anyhow::Result<()> {
    let (mut all, mut failed) = (Vec::new(), None);
    for text in models {
        let Some((name, model)) = text.split_once('/').filter(|(_, model)| !model.is_empty()) else {
            bail!("\"{text}\" is no provider with a model: write it as openai/gpt-5-mini");
        };
        match providers.prices(name, model) {
            Ok(found) => all.push((text, Some(found))),
            Err(error) => {
                all.push((text, None));
                failed.get_or_insert(error);
            }
        }
    }
    // Of one alone the failure says everything.
    let shown = if all.iter().all(|(_, found)| found.is_none()) { &[][..] } else { &all[..] };
    if json && !shown.is_empty() {
        let one = |price: &Price| json!({ "unit": price.unit, "micro_usd": price.price.0, "per": price.per });
        let listed = |found: &Option<(Kind, Vec<Price>)>| -> Vec<Value> {
            found.iter().flat_map(|(_, prices)| prices).map(one).collect()
        };
        let of = |(text, found): &(&String, Option<_>)| json!({ "model": text, "prices": listed(found) });
        say(&json!({ "models": shown.iter().map(of).collect::<Vec<_>>() }).to_string())?;
    } else {
        for (text, found) in shown {
            say(&format!("{text}: {}", price_text(found.as_ref())))?;
        }
    }
    failed.map_or(Ok(()), |error| Err(failure(error)))
}

fn price_text(found: Option<&(Kind, Vec<Price>)>) -> String {
    // Units are in the plural: "minutes", "input tokens".
    let per = |price: &Price| match price.per {
        1 => format!("one {}", price.unit.strip_suffix('s').unwrap_or(&price.unit)),
        1_000_000 => format!("a million {}", price.unit),
        count => format!("{count} {}", price.unit),
    };
    let one = |price: &Price| format!("{} for {}", price.price.exact(), per(price));
    match found {
        None => "the price is unknown: no provider and no kind of provider has this name".to_owned(),
        Some((_, prices)) if !prices.is_empty() => prices.iter().map(one).collect::<Vec<_>>().join(", "),
        Some((Kind::OpenRouter, _)) => {
            "the price is unknown before a call, and OpenRouter says with each answer what it cost: a cap on money lets nothing \
             through, and calls are capped by their number"
                .to_owned()
        }
        Some(_) => {
            "the price is unknown: a cap on money lets nothing through, and calls are capped by their number; what your plan \
             charges can be said in the configuration (docs/providers.md, Prices)"
                .to_owned()
        }
    }
}

fn shown(key: &KeyView) -> String {
    key.ending.as_deref().map_or_else(|| "of the installation".to_owned(), masked)
}

async fn list(providers: &Providers, owner: &OwnerId, json: bool) -> anyhow::Result<()> {
    if let Err(error) = providers.ask_for_lists(owner).await {
        // A key that cannot be read is shown as such.
        tracing::debug!(%error, "the lists of providers are not asked for");
    }
    let views = providers.list(owner).await.map_err(failure)?;
    let with_hooks: Result<Vec<_>, _> =
        views.into_iter().map(|view| Ok((providers.hook_address(&view.name)?, view))).collect();
    let with_hooks = with_hooks.map_err(failure)?;
    if json {
        let all: Vec<Value> = with_hooks.iter().map(|(hook, view)| as_json(hook.as_deref(), view)).collect();
        return say(&json!({ "providers": all }).to_string());
    }
    if with_hooks.is_empty() {
        return say("no provider is configured: the built-in engines do everything that they can");
    }
    for (hook, view) in &with_hooks {
        say(&as_text(hook.as_deref(), view))?;
    }
    Ok(())
}

fn as_json(hook: Option<&str>, view: &ProviderView) -> Value {
    let health = view.health.as_ref();
    let route = |route: &sluice_app::providers::RouteView| json!({ "capability": route.served.as_str(), "place": route.place + 1, "model": route.settings.model });
    json!({
        "name": view.name,
        "kind": view.settings.kind.as_str(),
        "circuit": health.map_or("closed", |health| health.circuit.as_str()),
        "reason": health.map(|health| health.reason.as_str()).filter(|reason| !reason.is_empty()),
        "micro_usd_today": view.today.0,
        "micro_usd_this_month": view.this_month.0,
        "unpriced_today": view.unpriced_today,
        "voices_trouble": view.voices_trouble,
        "presenters_trouble": view.presenters_trouble,
        "key": view.key.as_ref().map(|key| json!({
            "whose": whose(key.whose), "masked": key.ending.as_deref().map(masked), "set_at": key.set_at,
            "checked_at": key.checked_at, "is_readable": key.is_readable,
        })),
        "routes": view.routes.iter().map(route).collect::<Vec<_>>(),
        "hook_url": hook,
    })
}

fn as_text(hook: Option<&str>, view: &ProviderView) -> String {
    let health = view.health.as_ref();
    let circuit = health.map_or("closed", |health| health.circuit.as_str());
    let reason = health.map(|health| health.reason.as_str()).filter(|reason| !reason.is_empty());
    let key = match &view.key {
        Some(key) if !key.is_readable => format!("{} cannot be decrypted", shown(key)),
        Some(key) => shown(key),
        None if view.settings.needs_key() => "missing".to_owned(),
        None => "none needed".to_owned(),
    };
    let routes: Vec<String> =
        view.routes.iter().map(|route| format!("{} {}", route.served.as_str(), route.place + 1)).collect();
    let mut lines = vec![
        format!("{} ({})", view.name, view.settings.kind.as_str()),
        format!("  circuit  {circuit}{}", reason.map_or_else(String::new, |reason| format!(": {reason}"))),
        format!("  spent    {} today, {} this month{}", view.today, view.this_month, unpriced(view.unpriced_today)),
        format!("  key      {key}"),
        format!("  routes   {}", if routes.is_empty() { "none".to_owned() } else { routes.join(", ") }),
    ];
    lines.extend(view.voices_trouble.as_ref().map(|trouble| format!("  voices   not all listed: {trouble}")));
    let trouble = view.presenters_trouble.as_ref();
    lines.extend(trouble.map(|trouble| format!("  faces    presenters not all listed: {trouble}")));
    lines.extend(hook.map(|hook| format!("  hook     {hook}")));
    lines.join("\n")
}

fn unpriced(calls: u64) -> String {
    match calls {
        0 => String::new(),
        1 => "; one call of today has no known price".to_owned(),
        calls => format!("; {calls} calls of today have no known price"),
    }
}

fn failure(error: ProviderError) -> anyhow::Error {
    let code = match &error {
        ProviderError::Unknown { .. } => "no_such_provider",
        ProviderError::Key(_) | ProviderError::HookSecret { .. } => "invalid_key",
        ProviderError::Unsigned { .. } => "hook_unsigned",
        ProviderError::Check(CheckError::Refused { .. }) => "key_refused",
        ProviderError::Check(CheckError::Unreachable { .. }) => "provider_unreachable",
        ProviderError::Check(CheckError::NoClient)
        | ProviderError::Unserved { .. }
        | ProviderError::Unopened { .. } => "provider_unsupported",
        ProviderError::NoKey { .. } | ProviderError::Keyless { .. } => "no_key",
        ProviderError::Undecryptable { .. } => "key_undecryptable",
        ProviderError::Secret(_) => "secret_unusable",
        // With the code and the title of the database's own error.
        ProviderError::Store(_) => return error.into(),
    };
    Failure::new(code, "The provider cannot be used like this", format!("{:#}", anyhow::Error::new(error))).into()
}
