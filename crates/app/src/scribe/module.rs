//! Scribe as a module of the process.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;
use sluice_engine::{Builder, Engine};
use sluice_store::{StoreError, Tx, scribe};
use utoipa::ToSchema;

use super::context::ScribeApp;
use super::end::{self, EndAbandoned};
use super::file::{self, FILE_BYTES, NewFile};
use super::languages;
use super::live::HearSession;
use super::session::{self, SessionError};
use super::summary::SummariseSession;
use super::transcribe::TranscribeSession;
use super::view::RecordingSummary;
use super::{CHUNK_BYTES, MOST_CHUNKS, MOST_WAITING};
use crate::intake::{Incoming, Intake, Taking};
use crate::module::Module;
use crate::tiers::Tiers;

/// The most sessions of a snapshot.
const LATEST: u32 = 12;

/// The limits of the protocol.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScribeChoices {
    /// Most bytes of a chunk.
    pub chunk_bytes: u64,
    /// Most chunks of a segment.
    pub most_chunks: u32,
    /// Most chunks of a session that are sent at the same time.
    pub most_waiting: u32,
    /// Whether words are heard while a session is recorded.
    pub live: bool,
    /// Most bytes of a file that becomes a session.
    pub file_bytes: u64,
    /// The languages that a person may choose, by their codes: those that something that hears is routed for.
    #[schema(value_type = Vec<String>, max_items = 200)]
    pub languages: Vec<&'static str>,
}

/// Scribe's part of a snapshot.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScribeSnapshot {
    /// The newest sessions; at most 12.
    #[schema(max_items = 12)]
    pub latest: Vec<RecordingSummary>,
}

impl Module for ScribeApp {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn events(&self) -> &'static [&'static str] {
        &["scribe.changed", "scribe.deleted", "scribe.heard", "scribe.room"]
    }

    fn intake(&self) -> Option<Intake> {
        Some(file::INTAKE)
    }

    fn take<'a>(&'a self, incoming: Incoming<'a>) -> Taking<'a> {
        let Incoming { owner, file, name, engine, resumed, said } = incoming;
        async move {
            let language = file::language_of(&said)?;
            let language = languages::chosen(self, owner, language).await.map_err(|error| file::unfit(&error))?;
            let new = NewFile { file, name, title: None, language, request_key: None };
            Ok(file::take(self, engine, owner, new, resumed).await?.to_string())
        }
        .boxed()
    }

    fn register(&self, engine: Builder) -> Builder {
        engine
            .register::<TranscribeSession>(self.clone())
            .register::<SummariseSession>(self.clone())
            .register::<HearSession>(self.clone())
            .register::<EndAbandoned>(())
    }

    fn schedule<'a>(&'a self, engine: &'a Engine) -> BoxFuture<'a, Result<(), StoreError>> {
        end::schedule(engine).boxed()
    }

    fn tiers(&self) -> Option<&dyn Tiers> {
        Some(self)
    }

    fn leave<'a>(&'a self, tx: &'a mut Tx, owner: &'a OwnerId, limit: u32) -> BoxFuture<'a, Result<u64, StoreError>> {
        async move {
            let sessions = scribe::of_owner(tx, owner, limit).await?;
            for id in &sessions {
                scribe::delete(tx, owner, id).await?;
            }
            Ok(sessions.len() as u64)
        }
        .boxed()
    }

    fn choices(&self) -> Value {
        json!(ScribeChoices {
            chunk_bytes: CHUNK_BYTES,
            most_chunks: MOST_CHUNKS,
            most_waiting: MOST_WAITING,
            live: self.listening.can(),
            file_bytes: FILE_BYTES,
            languages: languages::heard(self.hearing.configured()),
        })
    }

    fn snapshot<'a>(&'a self, owner: &'a OwnerId) -> BoxFuture<'a, Result<Value, StoreError>> {
        async move {
            match session::page(self, owner, "", None, LATEST).await {
                Ok(page) => Ok(json!(ScribeSnapshot { latest: page.items })),
                Err(SessionError::Store(error)) => Err(error),
                Err(error) => Err(StoreError::Unreadable { what: error.to_string() }),
            }
        }
        .boxed()
    }
}
