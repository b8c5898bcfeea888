//! Webhooks: endpoints of others are notified of an owner's events, by Standard Webhooks (<https://www.standardwebhooks.com>).
//!
//! | file | holds |
//! |---|---|
//! | `endpoints` | what owners do with their endpoints |
//! | `history` | deliveries: looking at them, sending them again, a test |
//! | `outbox` | from the event log to deliveries |
//! | `deliver` | the job that sends the deliveries of one endpoint |
//! | `outcome` | what follows from an answer, or from none |
//! | `hosts` | how many are sent to one host at a time, and which hosts do not answer |
//! | `sign` | secrets and signatures |

pub mod deliver;
pub mod endpoints;
pub mod history;
mod hosts;
mod outbox;
mod outcome;
pub mod sign;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use sluice_domain::ids::WebhookId;
use sluice_engine::{Builder, Engine};
use sluice_outbound::{AddressError, Client};
use sluice_store::StoreError;
use tokio::time::Instant;

use self::deliver::{Deliver, Desk};
use self::hosts::Hosts;
use crate::platform::Platform;

/// The pool of the job. Its jobs wait for others nearly all of their time, so that many run at once.
pub const POOL: &str = "webhooks";
/// How many endpoints each process sends to at a time.
const AT_ONCE: usize = 32;
/// The most endpoints of an owner.
pub const ENDPOINTS: u32 = 20;
/// The most pending deliveries of an endpoint. The events after them stay in the log, and follow.
pub const PENDING: u32 = 10_000;

/// The endpoints of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    platform: Platform,
    engine: Engine,
    client: Client,
    /// Endpoints that take no more events now, and until when they are not looked at.
    full: Arc<Mutex<HashMap<WebhookId, Instant>>>,
}

impl Webhooks {
    /// With an engine that has their job.
    pub(crate) fn new(platform: Platform, engine: Engine, client: Client) -> Self {
        Self { platform, engine, client, full: Arc::default() }
    }
}

/// Registers the job.
pub(crate) fn register(engine: Builder, platform: &Platform, client: &Client) -> Builder {
    let desk =
        Desk { client: client.clone(), hosts: Arc::new(Hosts::default()), randomness: platform.randomness.clone() };
    engine.pool(POOL, AT_ONCE).register::<Deliver>(desk)
}

/// Why something about an endpoint cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Its owner has as many as there may be.
    #[error("There are {ENDPOINTS} endpoints already. Delete one that is not needed.")]
    TooMany,
    /// Its address cannot be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Something else about it cannot be used.
    #[error("{0}")]
    Invalid(String),
    /// It is disabled.
    #[error("The endpoint is disabled, so that nothing is sent to it. Enable it first.")]
    Disabled,
    /// There is no such endpoint or delivery.
    #[error("there is no such endpoint or delivery")]
    NotFound,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
