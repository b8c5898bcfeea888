//! What apps may ask for, whoever does it: one trait per capability with its request and answer, and the router that picks
//! who does it. Nothing native and no HTTP: `local` has the built-in engines, `providers` the remote services.
//!
//! [`Does`] is what all implementations have in common: who they are, what they may cost, and how they are asked. One that
//! answers at once returns [`Begun::Done`]; one that works while nobody waits returns [`Begun::Accepted`] and is polled and
//! fetched from later. Both can be asked what became of a question whose answer was lost ([`Does::look`]), so that the
//! engine pays nobody twice. The traits of the capabilities ([`Speak`], [`Read`], …) add what their apps ask besides.
//!
//! Requests and answers are owned. Large things are files: a request names the file to read or to write, in the job's work
//! folder, and whoever asked moves what was written to where it is kept.

mod answer;
mod complete;
mod draw;
mod embed;
mod error;
mod present;
mod read;
mod router;
mod speak;
mod transcribe;
mod translate;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sluice_domain::language::Language;
use sluice_domain::money::MicroUsd;

pub use answer::{Answer, MadeBy, Usage};
pub use complete::{Complete, CompleteRequest, Completing, Completion, Finish, Message, Role};
pub use draw::{Draw, DrawRequest, Drawing, Drawn};
pub use embed::{Embed, EmbedRequest, Embedding, Embeddings, Purpose};
pub use error::{CapabilityError, Remedy};
pub use present::{Present, PresentRequest, Presented, Presenting};
pub use read::{Read, ReadRequest, Reading};
pub use router::{Attempt, Health, NoRoute, Route, Router, Skip, When, Wish};
pub use sluice_domain::call::CallProgress;
pub use speak::{Speak, SpeakRequest, Speaking, VoiceInfo};
pub use transcribe::{Segment, Transcribe, TranscribeRequest, Transcribing, Transcript, Word};
pub use translate::{Translate, TranslateRequest, Translating, Translation};

/// A capability: what is asked, and what is answered.
pub trait Capability: Send + Sync + 'static {
    /// Its name: `speak`, `read`.
    const NAME: &'static str;
    /// A question.
    type Request: Serialize + DeserializeOwned + Send + Sync;
    /// What an answer gives.
    type Output: Serialize + DeserializeOwned + Send;
}

/// Work that an implementation does.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, CapabilityError>> + Send + 'a>>;

/// Who does it, the same for every question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The provider, as in the engine's health and limits: `openai`, `d-id`; `local` for engines of this program.
    pub provider: String,
    /// What is sent stays on this machine.
    pub is_local: bool,
    /// What it can do it in; empty is any language.
    pub languages: Vec<Language>,
}

/// What a question comes with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The same for the same question, also after a crash: an idempotency key.
    pub key: &'a str,
    /// Takes how far it is, from 0 to 1.
    pub progress: &'a (dyn Fn(f32) + Send + Sync),
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun<T> {
    /// The answer.
    Done(Answer<T>),
    /// It is at work on it: ask [`Does::look`] later.
    Accepted {
        /// Its id of the work.
        provider_id: String,
        /// When to look for the first time, unless it says something before.
        poll_after: Duration,
    },
}

/// An implementation of a capability.
pub trait Does<C: Capability>: Send + Sync {
    /// Who it is.
    fn profile(&self) -> &Profile;

    /// Whether it can do this at all, as far as that can be told without asking it: a voice that it does not have, a model
    /// that is not installed. The reason is for the reader.
    fn accepts(&self, _request: &C::Request) -> Result<(), String> {
        Ok(())
    }

    /// The most that a question will cost; nothing when its price is not known.
    fn estimate(&self, request: &C::Request) -> Option<MicroUsd>;

    /// Asks.
    fn begin<'a>(&'a self, request: &'a C::Request, context: Context<'a>) -> Doing<'a, Begun<C::Output>>;

    /// Looks what became of a question, by the provider's id of it or, when the reply was lost, by its key. An engine of
    /// this program keeps nothing: it is asked again.
    fn look<'a>(&'a self, _key: &'a str, _provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(async { Ok(CallProgress::NotFound) })
    }

    /// Fetches an answer that is ready; files are written where the request says. May be called again after a crash.
    fn fetch<'a>(&'a self, _request: &'a C::Request, provider_id: &'a str) -> Doing<'a, Answer<C::Output>> {
        Box::pin(async move {
            Err(CapabilityError::fail("nothing_to_fetch", format!("there is nothing kept under \"{provider_id}\"")))
        })
    }

    /// Stops work that nobody wants any more: gives what it cost, or nothing when it goes on.
    fn cancel<'a>(&'a self, _provider_id: &'a str) -> Doing<'a, Option<MicroUsd>> {
        Box::pin(async { Ok(None) })
    }
}
