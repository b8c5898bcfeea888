//! Remote providers: their health, what is spent at them, and the keys with which they are asked.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sluice_app::providers::open::CheckError;
use sluice_app::providers::{KeyView, ProviderError, ProviderView, RouteView, Tested, Whose};
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::provider_keys::Purpose;
use utoipa::ToSchema;

use super::Api;
use super::errors::{conflict, invalid};
use super::extract::{Json, NoBody, Path};
use super::identity::{Admin, Owner};
use super::problem::Problem;

/// A provider of the configuration.
#[derive(Serialize, ToSchema)]
pub(crate) struct Provider {
    /// Its name.
    name: String,
    /// What it speaks: `openai`, `openrouter`, `elevenlabs`, `d-id`, `vision` or `runner`.
    kind: &'static str,
    /// Whether it is on this server's machine.
    is_local: bool,
    /// Whether it is of no use without a key.
    needs_key: bool,
    health: ProviderHealth,
    /// What was spent there today, in UTC: by who asks; by everybody, for administrators of the installation.
    micro_usd_today: i64,
    /// What was spent there this month.
    micro_usd_this_month: i64,
    /// Calls of today whose cost is not known: they are in no amount.
    unpriced_today: u64,
    /// Why its voices could not be listed when they were last asked for, or not all of them; null if they could. Those that are known are offered.
    voices_trouble: Option<String>,
    /// Why its presenters could not be listed when they were last asked for, or not all of them; null if they could. Those that are known are offered.
    presenters_trouble: Option<String>,
    /// The key with which it is asked; null if there is none.
    key: Option<ProviderKey>,
    /// Where it stands among the routes.
    routes: Vec<ProviderRoute>,
    /// Where it sends its notifications, for administrators; null if it is polled.
    hook_url: Option<String>,
}

/// Whether a provider is asked now.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderHealth {
    /// `closed` while all is well, `open` while it is not asked, `half_open` while one call tries it.
    circuit: &'static str,
    /// When an open circuit is tried.
    #[schema(value_type = Option<i64>)]
    until: Option<Timestamp>,
    /// Calls that failed since the last one that did not.
    failures: u32,
    /// Why the last one failed, for administrators.
    reason: Option<String>,
}

/// A key, without what is secret in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderKey {
    /// `own` or `installation`.
    whose: &'static str,
    /// Its last characters behind dots; null of another's.
    masked: Option<String>,
    /// When it was saved.
    #[schema(value_type = i64)]
    set_at: Timestamp,
    /// When the provider last accepted it.
    #[schema(value_type = Option<i64>)]
    checked_at: Option<Timestamp>,
    /// Whether it can be decrypted. One that cannot has to be saved again.
    is_readable: bool,
}

/// A route to a provider.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderRoute {
    /// The capability: `speak`, `complete`.
    capability: &'static str,
    /// Its place among the routes of the capability, from 1.
    place: usize,
    /// The model that the route names.
    model: Option<String>,
    /// Only these languages; empty: any.
    languages: Vec<&'static str>,
    /// The greatest length, in the capability's unit: milliseconds, characters, pages, texts.
    longest: Option<u64>,
    /// The least length.
    shortest: Option<u64>,
    /// The greatest cost, in millionths of a US dollar.
    cost_cap: Option<u32>,
}

/// Who looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Viewer {
    Person,
    Installation,
}

impl Provider {
    fn of(api: &Api, view: ProviderView, viewer: Viewer) -> Result<Self, ProviderError> {
        let is_admin = viewer == Viewer::Installation;
        let hook_url = if is_admin { api.app.providers.hook_address(&view.name)? } else { None };
        let health = view.health.as_ref();
        Ok(Self {
            hook_url,
            kind: view.settings.kind.as_str(),
            is_local: view.settings.is_local(),
            needs_key: view.settings.needs_key(),
            health: ProviderHealth {
                circuit: health.map_or("closed", |health| health.circuit.as_str()),
                until: health.and_then(|health| health.until),
                failures: health.map_or(0, |health| health.failures),
                reason: health.filter(|it| is_admin && !it.reason.is_empty()).map(|it| it.reason.clone()),
            },
            micro_usd_today: view.today.0,
            micro_usd_this_month: view.this_month.0,
            unpriced_today: view.unpriced_today,
            voices_trouble: view.voices_trouble,
            presenters_trouble: view.presenters_trouble,
            key: view.key.map(ProviderKey::from),
            routes: view.routes.into_iter().map(ProviderRoute::from).collect(),
            name: view.name,
        })
    }
}

/// The word for whose a key is.
pub(crate) const fn whose(whose: Whose) -> &'static str {
    match whose {
        Whose::Own => "own",
        Whose::Installation => "installation",
    }
}

/// The end of a key behind dots.
pub(crate) fn masked(ending: &str) -> String {
    format!("••••{ending}")
}

impl From<KeyView> for ProviderKey {
    fn from(view: KeyView) -> Self {
        Self {
            whose: whose(view.whose),
            masked: view.ending.as_deref().map(masked),
            set_at: view.set_at,
            checked_at: view.checked_at,
            is_readable: view.is_readable,
        }
    }
}

impl From<RouteView> for ProviderRoute {
    fn from(RouteView { served, place, settings }: RouteView) -> Self {
        Self {
            capability: served.as_str(),
            place: place + 1,
            model: settings.model,
            languages: settings.languages.iter().map(|language| language.code()).collect(),
            longest: settings.longest,
            shortest: settings.shortest,
            cost_cap: settings.cost_cap,
        }
    }
}

/// A key to save.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderKeyRequest {
    /// As the provider shows it.
    #[schema(min_length = 1, max_length = 512, pattern = "^[!-~]+$")]
    key: String,
}

/// What a provider said when its key was tried.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderTest {
    /// Whose key it was: `own` or `installation`; null of a server that needs none.
    whose: Option<&'static str>,
    /// What the provider said of the account behind it, such as its credits; may be empty.
    detail: String,
}

impl From<Tested> for ProviderTest {
    fn from(tested: Tested) -> Self {
        Self { whose: tested.whose.map(whose), detail: tested.detail }
    }
}

impl From<ProviderError> for Problem {
    fn from(error: ProviderError) -> Self {
        let text = error.to_string();
        match error {
            ProviderError::Unknown { .. } => Self::not_found("provider"),
            ProviderError::NoKey { .. } => Self::not_found("key of this provider"),
            ProviderError::Key(_) | ProviderError::HookSecret { .. } => invalid("invalid_key", text),
            ProviderError::Unsigned { .. } => invalid("hook_unsigned", text),
            ProviderError::Check(CheckError::Refused { .. }) => invalid("key_refused", text),
            ProviderError::Check(CheckError::Unreachable { .. }) => {
                Self::new(StatusCode::BAD_GATEWAY, "provider_unreachable", "The provider could not be asked", text)
            }
            ProviderError::Check(CheckError::NoClient) | ProviderError::Unserved { .. } => {
                invalid("provider_unsupported", text)
            }
            ProviderError::Unopened { source, .. } => invalid("provider_unsupported", format!("{text}: {source}")),
            ProviderError::Keyless { .. } => invalid("no_provider", text),
            ProviderError::Undecryptable { .. } => conflict("key_undecryptable", &error),
            ProviderError::Secret(error) => Self::internal(&error),
            ProviderError::Store(error) => error.into(),
        }
    }
}

async fn list_of(api: &Api, owner: &OwnerId, viewer: Viewer) -> Result<Json<Vec<Provider>>, Problem> {
    let views = api.app.providers.list(owner).await?;
    let all: Result<Vec<_>, _> = views.into_iter().map(|view| Provider::of(api, view, viewer)).collect();
    Ok(Json(all?))
}

/// The providers, as this account uses them.
#[utoipa::path(get, path = "/api/v1/providers", operation_id = "list_providers", tag = "providers",
    responses((status = 200, body = Vec<Provider>)))]
pub(crate) async fn list(Owner(owner): Owner, State(api): State<Api>) -> Result<Json<Vec<Provider>>, Problem> {
    list_of(&api, &owner, Viewer::Person).await
}

/// Saves this account's own key for a provider, after the provider accepted it. It is used before that of the installation.
#[utoipa::path(put, path = "/api/v1/providers/{name}/key", operation_id = "set_provider_key", tag = "providers",
    params(("name" = String, Path)), request_body = ProviderKeyRequest,
    responses((status = 200, body = ProviderKey), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn set_key(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(name): Path<String>,
    Json(request): Json<ProviderKeyRequest>,
) -> Result<Json<ProviderKey>, Problem> {
    Ok(Json(api.app.providers.set_key(&owner, &name, request.key).await?.into()))
}

/// Removes this account's own key for a provider.
#[utoipa::path(delete, path = "/api/v1/providers/{name}/key", operation_id = "remove_provider_key", tag = "providers",
    params(("name" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn remove_key(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    api.app.providers.remove_key(&owner, &name, Purpose::Call).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks a provider whether it accepts the key that this account's requests are made with, by a request that costs nothing.
#[utoipa::path(post, path = "/api/v1/providers/{name}/test", operation_id = "test_provider", tag = "providers",
    params(("name" = String, Path)),
    responses((status = 200, body = ProviderTest), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn test(
    Owner(owner): Owner,
    State(api): State<Api>,
    Path(name): Path<String>,
    _: NoBody,
) -> Result<Json<ProviderTest>, Problem> {
    Ok(Json(api.app.providers.test(&owner, &name).await?.into()))
}

/// The providers, as the installation has them: its keys, and what everybody spends.
#[utoipa::path(get, path = "/api/v1/admin/providers", operation_id = "list_installation_providers", tag = "administration",
    responses((status = 200, body = Vec<Provider>)))]
pub(crate) async fn list_all(State(api): State<Api>, _: Admin) -> Result<Json<Vec<Provider>>, Problem> {
    list_of(&api, &OwnerId::system(), Viewer::Installation).await
}

/// Saves the installation's key for a provider, after the provider accepted it: that of everybody who has none.
#[utoipa::path(put, path = "/api/v1/admin/providers/{name}/key", operation_id = "set_installation_key", tag = "administration",
    params(("name" = String, Path)), request_body = ProviderKeyRequest,
    responses((status = 200, body = ProviderKey), (status = 404, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn set_installation_key(
    State(api): State<Api>,
    Admin(identity): Admin,
    Path(name): Path<String>,
    Json(request): Json<ProviderKeyRequest>,
) -> Result<Json<ProviderKey>, Problem> {
    let saved = api.app.providers.set_key(&OwnerId::system(), &name, request.key).await?;
    tracing::info!(by = %identity.owner, provider = name, "an administrator saved the installation's key");
    Ok(Json(saved.into()))
}

/// Removes the installation's key for a provider.
#[utoipa::path(delete, path = "/api/v1/admin/providers/{name}/key", operation_id = "remove_installation_key", tag = "administration",
    params(("name" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn remove_installation_key(
    State(api): State<Api>,
    Admin(identity): Admin,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    api.app.providers.remove_key(&OwnerId::system(), &name, Purpose::Call).await?;
    tracing::info!(by = %identity.owner, provider = name, "an administrator removed the installation's key");
    Ok(StatusCode::NO_CONTENT)
}

/// Asks a provider whether it accepts the installation's key.
#[utoipa::path(post, path = "/api/v1/admin/providers/{name}/test", operation_id = "test_installation_provider", tag = "administration",
    params(("name" = String, Path)),
    responses((status = 200, body = ProviderTest), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn test_installation(
    State(api): State<Api>,
    _: Admin,
    Path(name): Path<String>,
    _: NoBody,
) -> Result<Json<ProviderTest>, Problem> {
    Ok(Json(api.app.providers.test(&OwnerId::system(), &name).await?.into()))
}
