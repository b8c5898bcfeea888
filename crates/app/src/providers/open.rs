//! What opens clients of remote services. This crate knows none of them.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::HeaderMap;
use sluice_capability::{Complete, Draw, Embed, Offered, Present, Read, Speak, Transcribe, Translate, VoiceInfo};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;

use super::Key;
use super::config::{Kind, ProviderSettings};

/// What a client is opened with.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// The provider's name, under which its health and its spending are kept.
    pub name: &'a str,
    /// Its settings.
    pub settings: &'a ProviderSettings,
    /// The model; the client's own choice if there is none.
    pub model: Option<&'a str>,
    /// The key; none of a server that needs none.
    pub key: Option<&'a Key>,
    /// The address for its notifications; none if it cannot reach this installation, and is polled.
    pub hook: Option<&'a str>,
    /// The voices that it listed for this key, beside those of its settings; empty while that is not known.
    pub voices: &'a [VoiceInfo],
    /// Whether these are all that it has: a list may come in part, or not at all.
    pub has_all_voices: bool,
    /// The presenters that it listed for this key, beside those of its settings.
    pub presenters: &'a [Offered],
}

impl<'a> Opening<'a> {
    /// Without notifications, and without what it listed.
    pub const fn new(
        name: &'a str,
        settings: &'a ProviderSettings,
        model: Option<&'a str>,
        key: Option<&'a Key>,
    ) -> Self {
        Self { name, settings, model, key, hook: None, voices: &[], has_all_voices: false, presenters: &[] }
    }
}

/// What a provider said when its key was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// What is known of the account behind the key, for people: its credits, its plan; may be empty.
    pub detail: String,
}

/// Why a check did not succeed. Neither text holds the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The provider does not accept the key.
    #[error("the provider does not accept the key: {message}")]
    Refused {
        /// What it said.
        message: String,
    },
    /// The provider could not be asked.
    #[error("the provider could not be asked: {message}")]
    Unreachable {
        /// What happened.
        message: String,
    },
    /// This program has no client of that kind.
    #[error("this version has no client of that kind")]
    NoClient,
}

/// What a model costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// What is counted: `input tokens`, `characters`.
    pub unit: String,
    /// The price of `per` of them.
    pub price: MicroUsd,
    /// How many.
    pub per: u64,
}

/// A client that cannot be opened with these settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OpenError {
    /// What is wrong with them; it does not hold the key.
    pub message: String,
}

/// A list, page by page. An error ends it: what came before is a part of the list.
pub type Pages<'a, T> = BoxStream<'a, Result<Vec<T>, CheckError>>;

/// A client; none if the kind of provider cannot do that, or this program has no client of it.
pub type Opened<I> = Result<Option<Arc<I>>, OpenError>;

/// Opens clients.
pub trait Open: Send + Sync {
    /// Text from a language model.
    fn complete(&self, _: &Opening<'_>) -> Opened<dyn Complete> {
        Ok(None)
    }

    /// Pictures.
    fn draw(&self, _: &Opening<'_>) -> Opened<dyn Draw> {
        Ok(None)
    }

    /// Texts as vectors.
    fn embed(&self, _: &Opening<'_>) -> Opened<dyn Embed> {
        Ok(None)
    }

    /// A presenter.
    fn present(&self, _: &Opening<'_>) -> Opened<dyn Present> {
        Ok(None)
    }

    /// Documents to text.
    fn read(&self, _: &Opening<'_>) -> Opened<dyn Read> {
        Ok(None)
    }

    /// Text to speech.
    fn speak(&self, _: &Opening<'_>) -> Opened<dyn Speak> {
        Ok(None)
    }

    /// Speech to text.
    fn transcribe(&self, _: &Opening<'_>) -> Opened<dyn Transcribe> {
        Ok(None)
    }

    /// Texts in another language.
    fn translate(&self, _: &Opening<'_>) -> Opened<dyn Translate> {
        Ok(None)
    }

    /// Asks the provider whether it accepts the key, by a request that costs nothing.
    fn check<'a>(&'a self, _: Opening<'a>) -> BoxFuture<'a, Result<Checked, CheckError>> {
        async { Err(CheckError::NoClient) }.boxed()
    }

    /// Asks the provider for the voices that it has for this key; none of a kind that has no such list.
    fn voices<'a>(&'a self, _: Opening<'a>) -> Pages<'a, VoiceInfo> {
        stream::empty().boxed()
    }

    /// Asks the provider for the presenters that it has for this key; none of a kind that has no such list.
    fn presenters<'a>(&'a self, _: Opening<'a>) -> Pages<'a, Offered> {
        stream::empty().boxed()
    }

    /// What a model costs; empty if that is not known.
    fn prices(&self, _: &Opening<'_>) -> Vec<Price> {
        Vec::new()
    }

    /// What the table has for a model of a kind of provider, whether one is configured or not; empty if it has nothing.
    fn table(&self, _: Kind, _model: &str) -> Vec<Price> {
        Vec::new()
    }

    /// Reads the notifications of a kind of provider; none if it sends none.
    fn hook(&self, _: Kind) -> Option<Arc<dyn Hook>> {
        None
    }
}

/// A notification, as it came.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body.
    pub body: &'a [u8],
    /// With which it is signed, if a secret was set for this provider's hook.
    pub secret: Option<&'a Key>,
    /// The time.
    pub now: Timestamp,
}

/// What a notification says. None of it is trusted: the provider is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it may be about: the provider's id of a call, and what it echoes of ours.
    pub ids: Vec<String>,
    /// What is the same when it is repeated, and for no other; none to take the hash of the body.
    pub event: Option<String>,
}

/// Why a notification is not acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    /// Its signature is missing or wrong.
    #[error("the notification is not signed with the secret that was set for this provider's hook")]
    Unsigned,
    /// It was signed too long ago, or in the future.
    #[error("the notification was signed too long ago, or in the future")]
    OutOfWindow,
    /// It is not what this kind of provider sends.
    #[error("the notification is not what this provider sends")]
    Unreadable,
}

/// Reads the notifications of a kind of provider.
pub trait Hook: Send + Sync {
    /// Whether they are signed, with a secret that can be set.
    fn is_signed(&self) -> bool {
        true
    }

    /// Whether a text can be the secret with which they are signed; otherwise the form that it has, for people.
    fn check_secret(&self, _secret: &Key) -> Result<(), &'static str> {
        Ok(())
    }

    /// Verifies a notification, where there is a signature, and reads it.
    fn read(&self, delivery: &Delivery<'_>) -> Result<Notice, Unacceptable>;
}
