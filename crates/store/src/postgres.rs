//! Notifies other processes: NOTIFY after the commit, LISTEN on a dedicated connection.
//!
//! A NOTIFY inside a transaction makes PostgreSQL serialise commits behind one lock. Here it is sent after the commit, by one
//! task per process, which merges the notifications that arrive while it sends. They are only hints: a process that misses
//! one polls once a second.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use crate::connections::{ANSWER_TIMEOUT, timed_out, with_timeout};
use crate::{Hint, Hints};

const CHANNEL: &str = "sluice";
/// Pause before reconnecting.
const PAUSE: Duration = Duration::from_secs(1);
/// The shortest time between two notifications: under load, not every commit needs one.
const SPACING: Duration = Duration::from_millis(5);

/// After this long without a notification, the listening connection is checked.
const QUIET: Duration = Duration::from_secs(30);

/// Sends this process's notifications, and wakes its tasks on those of other processes.
pub(crate) struct Notifier {
    pending: watch::Sender<Hint>,
    tasks: Vec<AbortOnDropHandle<()>>,
}

impl Notifier {
    /// Without a direct connection there are no notifications, only polling once a second.
    pub(crate) fn start(direct: Option<PgConnectOptions>, hints: &Hints) -> Self {
        let pending = watch::Sender::new(Hint::default());
        let Some(direct) = direct else { return Self { pending, tasks: Vec::new() } };
        // A process ignores its own notifications.
        let name = format!("{:016x}", std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), CHANNEL));
        let tasks = vec![
            AbortOnDropHandle::new(tokio::spawn(listen(direct.clone(), name.clone(), hints.clone()))),
            AbortOnDropHandle::new(tokio::spawn(publish(direct, name, pending.clone()))),
        ];
        Self { pending, tasks }
    }

    pub(crate) fn notify(&self, hint: Hint) {
        if hint.is_any() && !self.tasks.is_empty() {
            self.pending.send_modify(|pending| *pending = pending.union(hint));
        }
    }

    pub(crate) fn close(&self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn listen(direct: PgConnectOptions, name: String, hints: Hints) {
    loop {
        if let Err(error) = Box::pin(try_to_listen(&direct, &name, &hints)).await {
            tracing::warn!(%error, "the listening connection was lost; polling once a second until it is back");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_to_listen(direct: &PgConnectOptions, name: &str, hints: &Hints) -> Result<(), sqlx::Error> {
    // sqlx's pool retries with a growing backoff, which delays the listener by seconds once the server is back. So the
    // server is probed here, once a second, and the listener does not reconnect by itself.
    with_timeout(ANSWER_TIMEOUT, direct.connect()).await.unwrap_or_else(|| Err(timed_out()))?.close().await?;
    let pool =
        PgPoolOptions::new().max_connections(1).acquire_timeout(ANSWER_TIMEOUT).connect_with(direct.clone()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    with_timeout(ANSWER_TIMEOUT, Box::pin(listener.listen(CHANNEL))).await.unwrap_or_else(|| Err(timed_out()))?;
    // Notifications may have been missed while nobody listened.
    hints.notify(Hint { work: true, events: true, rescan: true });
    loop {
        let Ok(heard) = tokio::time::timeout(QUIET, listener.try_recv()).await else {
            // Either there was nothing to notify, or the peer is gone: a query tells which.
            with_timeout(ANSWER_TIMEOUT, Box::pin(sqlx::raw_sql("SELECT 1").execute(&mut listener)))
                .await
                .unwrap_or_else(|| Err(timed_out()))?;
            continue;
        };
        let Some(notification) = heard? else { return Err(std::io::Error::from(ErrorKind::UnexpectedEof).into()) };
        let Some((sender, what)) = notification.payload().split_once(' ') else { continue };
        if sender != name {
            let has = |letter| what.contains(letter);
            hints.notify(Hint { work: has('w'), events: has('e'), rescan: has('r') });
        }
    }
}

async fn publish(direct: PgConnectOptions, name: String, pending: watch::Sender<Hint>) {
    let mut changed = pending.subscribe();
    loop {
        let Some(Ok(mut connection)) = with_timeout(ANSWER_TIMEOUT, direct.connect()).await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // A notification need not survive a crash.
        let set =
            with_timeout(ANSWER_TIMEOUT, sqlx::raw_sql("SET synchronous_commit = off").execute(&mut connection)).await;
        if !matches!(set, Some(Ok(_))) {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        while changed.wait_for(|hint| hint.is_any()).await.is_ok() {
            let hint = pending.send_replace(Hint::default());
            let letters = [(hint.work, 'w'), (hint.events, 'e'), (hint.rescan, 'r')];
            let letters = letters.iter().filter(|(is_set, _)| *is_set).map(|(_, letter)| letter);
            let text = format!("{name} {}", letters.collect::<String>());
            let notify = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(text);
            if !matches!(with_timeout(ANSWER_TIMEOUT, notify.execute(&mut connection)).await, Some(Ok(_))) {
                break;
            }
            tokio::time::sleep(SPACING).await;
        }
    }
}
