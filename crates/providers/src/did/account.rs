//! An account: its key, its credits, and its lists.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use sluice_capability::{CapabilityError, Offered};
use sluice_outbound::Client;

use super::NAME;
use super::uploads::Face;
use crate::http::{Endpoint, EndpointError, InvalidSecret, Operation, Secret, lost};
use crate::pages::Page;
use crate::prices::Prices;

const ADDRESS: &str = "https://api.d-id.com";
/// The most pages of a list that are read.
pub(super) const PAGES: usize = 20;

/// How the key is sent after `Basic`. Documentation and accounts differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeyForm {
    /// As the studio shows it.
    #[default]
    Verbatim,
    /// In Base64.
    Base64,
}

impl KeyForm {
    /// The key as it is sent.
    pub fn of(self, key: &Secret) -> Result<Secret, InvalidSecret> {
        match self {
            Self::Verbatim => Ok(key.clone()),
            Self::Base64 => Secret::new(&STANDARD.encode(key.reveal())),
        }
    }
}

/// How an account is used.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The provider's name in health, limits and prices; the usual one if there is none. Two accounts need two.
    pub provider: Option<String>,
    /// Its address; D-ID's own if there is none.
    pub address: Option<String>,
    /// Its key, `user:secret`.
    pub key: Secret,
    /// How the key is sent.
    pub key_form: KeyForm,
    /// Where D-ID reports the end of work, by https, with an unguessable token in its path. Without one it is polled.
    pub webhook: Option<String>,
    /// The colour behind a presenter, `#rrggbb`; the presenter's own background if there is none.
    pub background: Option<String>,
    /// Faces for talks, by name.
    pub faces: BTreeMap<String, Face>,
    /// The presenters of clips, or the avatars of expressives, that are offered, by their ids at D-ID. Others can be named too.
    pub presenters: Vec<String>,
    /// Those whom the account listed, as [`Account::avatars`] lists them; they are offered after those of the settings.
    pub listed: Vec<Offered>,
    /// What it charges: per minute, for the models `talk`, `clip` and `expressive`.
    pub prices: Arc<Prices>,
    /// How long after a miss the lists are read once more, as work that was just submitted may not be in them yet.
    pub settle: Duration,
}

impl Settings {
    /// An account at the usual address.
    pub fn new(key: Secret, prices: Arc<Prices>) -> Self {
        Self {
            provider: None,
            address: None,
            key,
            key_form: KeyForm::default(),
            webhook: None,
            background: None,
            faces: BTreeMap::new(),
            presenters: Vec::new(),
            listed: Vec::new(),
            prices,
            settle: Duration::from_secs(5),
        }
    }
}

/// An account. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Account {
    pub(super) endpoint: Endpoint,
    pub(super) provider: String,
    pub(super) settings: Arc<Settings>,
}

/// What is left of the account's credits. They may be fractions.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Credits {
    /// What is left.
    pub remaining: f64,
    /// What there was.
    pub total: f64,
}

impl Account {
    /// With these settings. Nothing is sent.
    pub fn new(client: Client, settings: Settings) -> Result<Self, EndpointError> {
        let key = settings.key_form.of(&settings.key)?;
        let address = settings.address.as_deref().unwrap_or(ADDRESS);
        let provider = settings.provider.clone().unwrap_or_else(|| NAME.to_owned());
        let endpoint = Endpoint::new(client, &provider, address)?.with_key("Basic", &key)?;
        Ok(Self { endpoint, provider, settings: Arc::new(settings) })
    }

    /// What is left of its credits. An account without any answers 404.
    pub async fn credits(&self) -> Result<Credits, CapabilityError> {
        match self.endpoint.get(Operation::QUESTION, "/credits").await {
            Ok(reply) => Ok(reply.value),
            Err(error) if error.code == "not_found" => Ok(Credits { remaining: 0.0, total: 0.0 }),
            Err(error) => Err(error),
        }
    }

    /// The items of a list, and whether that is all of them.
    pub(super) async fn listed<T: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        field: &str,
    ) -> Result<(Vec<T>, bool), CapabilityError> {
        let (mut items, mut token) = (Vec::new(), None::<String>);
        for _ in 0..PAGES {
            let page = self.page::<T>(path, field, token.as_deref()).await?;
            items.extend(page.items);
            if page.next.is_none() {
                return Ok((items, true));
            }
            if page.next == token {
                break;
            }
            token = page.next;
        }
        Ok((items, false))
    }

    /// A page of the list at a path, which may have a query. Items that cannot be read are left out; an answer that is no such list
    /// is an error, and not an empty list.
    pub(super) async fn page<T: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        field: &str,
        token: Option<&str>,
    ) -> Result<Page<T>, CapabilityError> {
        let operation = Operation { body: 8 * 1024 * 1024, ..Operation::QUESTION };
        let mut path = path.to_owned();
        if let Some(token) = token {
            path.push_str(if path.contains('?') { "&token=" } else { "?token=" });
            path.extend(percent_encoding::utf8_percent_encode(token, percent_encoding::NON_ALPHANUMERIC));
        }
        let mut page: Value = self.endpoint.get(operation, &path).await?.value;
        let Some(Value::Array(all)) = page.get_mut(field).map(Value::take) else {
            return Err(lost(
                operation,
                "bad_answer",
                format!("the provider sent something else than a list of {field}"),
            ));
        };
        let next = page.get("token").and_then(Value::as_str).filter(|token| !token.is_empty());
        let items = all.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect();
        Ok(Page { items, next: next.map(str::to_owned) })
    }
}
