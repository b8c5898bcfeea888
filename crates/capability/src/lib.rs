//! Provider-independent capabilities for apps: one trait per capability with its request and answer, and the router that
//! picks an implementation. Nothing native and no HTTP: `local` has the built-in engines, `providers` the remote services.
//!
//! [`Does`] is common to all implementations: who they are, what they may cost, and how they are called. A synchronous one
//! returns [`Begun::Done`]; an asynchronous one returns [`Begun::Accepted`], and is polled and fetched from later. Both can be
//! asked for the outcome of a request whose response was lost ([`Does::look`]), so that nothing is paid twice. The traits of
//! the capabilities ([`Speak`], [`Read`], …) add what is particular to them.
//!
//! Requests and answers are owned. Large data are files: a request names the file to read or to write, in the job's work
//! folder, and the caller moves what was written to its destination.

mod answer;
mod complete;
mod draw;
mod embed;
mod error;
mod listen;
mod present;
mod read;
mod router;
mod speak;
mod tell_apart;
mod transcribe;
mod translate;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sluice_domain::language::LanguageCode;
use sluice_domain::money::MicroUsd;

pub use answer::{Answer, MadeBy, Usage};
pub use complete::{Complete, CompleteRequest, Completing, Completion, Finish, Message, Role};
pub use draw::{Draw, DrawRequest, Drawing, Drawn};
pub use embed::{Embed, EmbedRequest, Embedding, Embeddings, Purpose, Truncated};
pub use error::{CapabilityError, Remedy};
pub use listen::{Listen, ListenRequest, Listened};
pub use present::{Offered, Present, PresentRequest, Presented, Presenting};
pub use read::{Read, ReadRequest, Reading};
pub use router::{Attempt, Health, NoRoute, Route, Router, Skip, When, Wish};
pub use sluice_domain::call::CallProgress;
pub use speak::{Speak, SpeakRequest, Speaking, VoiceInfo};
pub use tell_apart::{TellApart, TellApartRequest, TellingApart, VoiceTurn, Voices};
pub use transcribe::{
    PartOf, Segment, Suppressed, Suppression, Transcribe, TranscribeRequest, Transcribing, Transcript, Unwritten, Word,
};
pub use translate::{Translate, TranslateRequest, Translating, Translation};

/// A capability: the types of its request and its answer.
pub trait Capability: Send + Sync + 'static {
    /// Its name: `speak`, `read`.
    const NAME: &'static str;
    /// A request.
    type Request: Serialize + DeserializeOwned + Send + Sync;
    /// The value of an answer.
    type Output: Serialize + DeserializeOwned + Send;
}

/// A future of an implementation.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, CapabilityError>> + Send + 'a>>;

/// An implementation's identity, the same for every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The provider, as in the engine's health and limits: `openai`, `d-id`; `local` for engines of this program.
    pub provider: String,
    /// Requests stay on this machine.
    pub is_local: bool,
    /// The languages that it supports; empty means any.
    pub languages: Vec<LanguageCode>,
}

/// The context of a request.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// An idempotency key: the same for the same request, also after a crash.
    pub key: &'a str,
    /// Receives the progress, from 0 to 1.
    pub progress: &'a (dyn Fn(f32) + Send + Sync),
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The response to a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun<T> {
    /// The answer.
    Done(Answer<T>),
    /// The work was accepted: poll with [`Does::look`] later.
    Accepted {
        /// Its id of the work.
        provider_id: String,
        /// When to poll first, unless it notifies us before.
        poll_after: Duration,
    },
}

/// An implementation of a capability.
pub trait Does<C: Capability>: Send + Sync {
    /// Who it is.
    fn profile(&self) -> &Profile;

    /// What its answers are made with, as far as that may be another for the same request tomorrow: the model that is configured,
    /// the version of an engine. Results are stored under it, so that one of another model is not taken for its own. Empty if
    /// nothing but the request decides it.
    fn made_with(&self) -> String {
        String::new()
    }

    /// Whether it can serve this request at all, as far as that is known without calling it: a missing voice, a model that is not
    /// installed. The reason is for people.
    fn accepts(&self, _request: &C::Request) -> Result<(), String> {
        Ok(())
    }

    /// The most that a request will cost; `None` if its price is not known.
    fn estimate(&self, request: &C::Request) -> Option<MicroUsd>;

    /// Makes the request.
    fn begin<'a>(&'a self, request: &'a C::Request, context: Context<'a>) -> Doing<'a, Begun<C::Output>>;

    /// Asks for the outcome of a request, by the provider's id of it or, if the response was lost, by its key. A built-in engine
    /// stores nothing: it is called again.
    fn look<'a>(&'a self, _key: &'a str, _provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(async { Ok(CallProgress::NotFound) })
    }

    /// Fetches a ready answer; files are written where the request says. May be called again after a crash.
    fn fetch<'a>(&'a self, _request: &'a C::Request, provider_id: &'a str) -> Doing<'a, Answer<C::Output>> {
        Box::pin(async move {
            Err(CapabilityError::fail("nothing_to_fetch", format!("there is nothing kept under \"{provider_id}\"")))
        })
    }

    /// Cancels work that is no longer wanted; returns what it cost, or `None` if it continues.
    fn cancel<'a>(&'a self, _provider_id: &'a str) -> Doing<'a, Option<MicroUsd>> {
        Box::pin(async { Ok(None) })
    }
}
