//! The connections to a PostgreSQL server, and how long its answers are waited for.
//!
//! sqlx's own pool asks each connection for a sign of life when it comes back. That is one more way to the server for
//! each unit of work, and one without a limit: a server that falls silent in that moment keeps the connection's place
//! for ever, and whoever closes the pool.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::StoreError;

/// Connections of one process, when nothing else is set; those that listen and notify are not counted.
pub(crate) const CONNECTIONS: u32 = 10;
/// Longest time that the server may take for an answer, unless a test sets another, and that a caller waits for a free
/// connection: one whose other end is gone says nothing at all.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);
/// A server's process for a connection gathers memory: after so long it is replaced.
const LIFETIME: Duration = Duration::from_mins(30);
/// Longest time to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// Connections, made when they are needed and kept.
pub(crate) struct Connections {
    options: PgConnectOptions,
    /// What a new one is told first, if anything.
    settings: String,
    /// At most so many.
    size: u32,
    limit: Duration,
    free: Arc<Semaphore>,
    idle: Mutex<Vec<Open>>,
    silent_at: Mutex<Option<Instant>>,
}

struct Open {
    connection: Box<PgConnection>,
    opened_at: Instant,
}

/// A connection in use. Dropped, it is cut, and the server undoes what was open on it.
pub(crate) struct Lent {
    open: Open,
    /// It was used before: the other end may have gone meanwhile.
    pub(crate) used_before: bool,
    all: Arc<Connections>,
    _place: OwnedSemaphorePermit,
}

impl Connections {
    pub(crate) fn new(options: PgConnectOptions, settings: String, size: u32, limit: Duration) -> Arc<Self> {
        let size = size.max(1);
        let free = Arc::new(Semaphore::new(size as usize));
        Arc::new(Self { options, settings, size, limit, free, idle: Mutex::default(), silent_at: Mutex::default() })
    }

    /// One of them, the last used first; waits while all are in use.
    pub(crate) async fn get(self: &Arc<Self>) -> Result<Lent, StoreError> {
        let place = in_time(self.limit, Arc::clone(&self.free).acquire_owned())
            .await
            .ok_or_else(|| {
                unreachable(
                    "all connections of this process were in use: allow more of them, or have less done at once",
                )
            })?
            .map_err(|_| unreachable("it was closed"))?;
        let kept = self.keep_sound();
        let used_before = kept.is_some();
        let open = match kept {
            Some(open) => open,
            None => self.open().await?,
        };
        Ok(Lent { open, used_before, all: Arc::clone(self), _place: place })
    }

    /// The last used one that is to be used again. One that is older than the last silence may be as dead as the one
    /// on which an answer did not come: to try each for the limit would take minutes, and a new one takes milliseconds.
    fn keep_sound(&self) -> Option<Open> {
        let silent_at = *self.silent_at.lock().unwrap_or_else(PoisonError::into_inner);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(open) = idle.pop() {
            if open.opened_at.elapsed() < LIFETIME && silent_at.is_none_or(|at| at < open.opened_at) {
                return Some(open);
            }
            tokio::spawn(goodbye(open));
        }
        None
    }

    async fn open(&self) -> Result<Open, StoreError> {
        let mut connection = self.answer(PgConnection::connect_with(&self.options)).await?;
        if !self.settings.is_empty() {
            self.answer(sqlx::raw_sql(AssertSqlSafe(self.settings.as_str())).execute(&mut connection)).await?;
        }
        Ok(Open { connection: Box::new(connection), opened_at: Instant::now() })
    }

    /// Waits for an answer for as long as the server may take.
    pub(crate) async fn answer<T>(
        &self,
        answer: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        let answer = in_time(self.limit, answer).await;
        if answer.is_none() {
            *self.silent_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        Ok(answer.unwrap_or_else(|| Err(silent()))?)
    }

    /// Some answer since then did not come.
    pub(crate) fn was_silent_since(&self, then: Instant) -> bool {
        self.silent_at.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at >= then)
    }

    /// Waits for those that are in use, and says goodbye.
    pub(crate) async fn close(&self) {
        let everyone = in_time(self.limit, self.free.acquire_many(self.size)).await;
        self.free.close();
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for open in idle {
            goodbye(open).await;
        }
        drop(everyone);
    }
}

impl Lent {
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.open.connection
    }

    pub(crate) fn all(&self) -> &Connections {
        &self.all
    }

    /// The connection, and those that it is one of.
    pub(crate) fn both(&mut self) -> (&mut PgConnection, &Connections) {
        (&mut self.open.connection, &self.all)
    }

    /// Nothing is open on it: the next one may have it.
    pub(crate) fn give_back(self) {
        self.all.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.open);
    }
}

async fn goodbye(open: Open) {
    // Who does not hear it sees the connection end.
    tokio::time::timeout(GOODBYE, open.connection.close()).await.ok();
}

/// Nothing when it takes longer than the server may take.
pub(crate) async fn in_time<T>(limit: Duration, answer: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, answer).await.ok()
}

/// No answer came in time.
pub(crate) fn silent() -> sqlx::Error {
    std::io::Error::new(std::io::ErrorKind::TimedOut, "the server did not answer in time").into()
}

fn unreachable(why: &'static str) -> StoreError {
    StoreError::Unreachable(why.into())
}
