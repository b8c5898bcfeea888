//! The connection pool for a PostgreSQL server, and the timeout on its answers.
//!
//! sqlx's own pool pings each connection when it is returned. That costs a round trip per unit of work, and the ping has no
//! timeout: if the server stops answering in that moment, the connection's slot is never freed, and closing the pool hangs.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::StoreError;

/// The pool's size, unless the options set another. The connections of the notifier are not part of the pool.
pub(crate) const CONNECTIONS: u32 = 10;
/// How long an answer of the server, or a free connection, is waited for, unless the options set another time. A peer that
/// has gone without closing its socket sends nothing at all.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// A server process accumulates memory for each connection, so a connection is replaced at this age.
const MAX_AGE: Duration = Duration::from_mins(30);
/// How long an orderly close may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A pool of connections, opened when they are needed.
pub(crate) struct ConnectionPool {
    options: PgConnectOptions,
    /// Statements that each new connection runs first; may be empty.
    settings: String,
    size: u32,
    answer_timeout: Duration,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Opened>>,
    /// When an answer last timed out.
    timed_out_at: Mutex<Option<Instant>>,
}

struct Opened {
    connection: Box<PgConnection>,
    opened_at: Instant,
}

/// A connection that is checked out of the pool. If it is dropped instead of released, it is closed, and the server rolls
/// back its transaction.
pub(crate) struct PooledConnection {
    opened: Opened,
    /// It was idle in the pool before, so the server may have closed it meanwhile.
    pub(crate) is_reused: bool,
    pool: Arc<ConnectionPool>,
    _permit: OwnedSemaphorePermit,
}

impl ConnectionPool {
    pub(crate) fn new(options: PgConnectOptions, settings: String, size: u32, answer_timeout: Duration) -> Arc<Self> {
        let size = size.max(1);
        let permits = Arc::new(Semaphore::new(size as usize));
        let (idle, timed_out_at) = (Mutex::default(), Mutex::default());
        Arc::new(Self { options, settings, size, answer_timeout, permits, idle, timed_out_at })
    }

    /// Checks out the most recently used idle connection, or opens one. Waits while all are in use.
    pub(crate) async fn get(self: &Arc<Self>) -> Result<PooledConnection, StoreError> {
        let permit = with_timeout(self.answer_timeout, Arc::clone(&self.permits).acquire_owned())
            .await
            .ok_or_else(|| {
                unreachable(
                    "all connections of this process were in use: allow more of them, or have less done at once",
                )
            })?
            .map_err(|_| unreachable("the pool was closed"))?;
        let idle = self.take_idle();
        let is_reused = idle.is_some();
        let opened = match idle {
            Some(idle) => idle,
            None => self.open().await?,
        };
        Ok(PooledConnection { opened, is_reused, pool: Arc::clone(self), _permit: permit })
    }

    /// The most recently used idle connection that may be reused. One that was opened before the last timeout is closed: its
    /// peer may be gone, too, and to wait for the timeout on each would take minutes, where a new one takes milliseconds.
    fn take_idle(&self) -> Option<Opened> {
        let timed_out_at = *self.timed_out_at.lock().unwrap_or_else(PoisonError::into_inner);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(opened) = idle.pop() {
            if opened.opened_at.elapsed() < MAX_AGE && timed_out_at.is_none_or(|at| at < opened.opened_at) {
                return Some(opened);
            }
            tokio::spawn(close(opened));
        }
        None
    }

    async fn open(&self) -> Result<Opened, StoreError> {
        let mut connection = self.answer(PgConnection::connect_with(&self.options)).await?;
        if !self.settings.is_empty() {
            self.answer(sqlx::raw_sql(AssertSqlSafe(self.settings.as_str())).execute(&mut connection)).await?;
        }
        Ok(Opened { connection: Box::new(connection), opened_at: Instant::now() })
    }

    /// Waits for an answer of the server, up to the timeout.
    pub(crate) async fn answer<T>(
        &self,
        answer: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        let answer = with_timeout(self.answer_timeout, answer).await;
        if answer.is_none() {
            *self.timed_out_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        Ok(answer.unwrap_or_else(|| Err(timed_out()))?)
    }

    /// Whether any answer has timed out since `then`.
    pub(crate) fn timed_out_since(&self, then: Instant) -> bool {
        self.timed_out_at.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at >= then)
    }

    /// Waits for the connections that are in use, and closes all.
    pub(crate) async fn close(&self) {
        let all = with_timeout(self.answer_timeout, self.permits.acquire_many(self.size)).await;
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for opened in idle {
            close(opened).await;
        }
        drop(all);
    }
}

impl PooledConnection {
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.opened.connection
    }

    pub(crate) fn pool(&self) -> &ConnectionPool {
        &self.pool
    }

    /// The connection and its pool.
    pub(crate) fn split(&mut self) -> (&mut PgConnection, &ConnectionPool) {
        (&mut self.opened.connection, &self.pool)
    }

    /// Returns it to the pool. No transaction may be open on it.
    pub(crate) fn release(self) {
        self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.opened);
    }
}

async fn close(opened: Opened) {
    // If the server does not confirm it in time, it sees the socket close.
    tokio::time::timeout(CLOSE_TIMEOUT, opened.connection.close()).await.ok();
}

/// The output of a future, or `None` if it takes longer than `limit`.
pub(crate) async fn with_timeout<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, future).await.ok()
}

/// The error for an answer that did not come in time.
pub(crate) fn timed_out() -> sqlx::Error {
    std::io::Error::new(std::io::ErrorKind::TimedOut, "the server did not answer in time").into()
}

fn unreachable(why: &'static str) -> StoreError {
    StoreError::Unreachable(why.into())
}
