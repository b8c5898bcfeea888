//! Waking other processes: NOTIFY after the commit, LISTEN on a connection of its own.
//!
//! A notification inside a transaction makes PostgreSQL's commits queue up behind one lock. Ours is sent after the
//! commit, by one task per process, and those that come while one is under way are one: it is only a hint, and who
//! misses it looks once a second.

use std::io::ErrorKind;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use crate::connections::{ANSWER_TIMEOUT, timed_out, with_timeout};
use crate::{Hint, Hints};

const CHANNEL: &str = "sluice";
/// Pause before a lost connection is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// Shortest time between two notifications: under load there is no need to tell of every commit.
const SPACING: Duration = Duration::from_millis(5);

/// After so long without a notification the connection that listens is tried.
const QUIET: Duration = Duration::from_secs(30);

/// What rings at other processes, and rings here when they do.
pub(crate) struct Notifier {
    pending: watch::Sender<Hint>,
    tasks: Vec<AbortOnDropHandle<()>>,
}

impl Notifier {
    /// Without a direct connection it is mute: then looking once a second is all there is.
    pub(crate) fn start(direct: Option<PgConnectOptions>, hints: &Hints) -> Self {
        let pending = watch::Sender::new(Hint::default());
        let Some(direct) = direct else { return Self { pending, tasks: Vec::new() } };
        // What this process told itself needs no echo.
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
            tracing::warn!(%error, "the connection that listens was lost; looking once a second until it is back");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_to_listen(direct: &PgConnectOptions, name: &str, hints: &Hints) -> Result<(), sqlx::Error> {
    // A pool waits for a server that starts, longer after each try: by seconds when it is there again. So it is asked
    // here whether it is, once a second, and the listener does not look for another connection by itself.
    with_timeout(ANSWER_TIMEOUT, direct.connect()).await.unwrap_or_else(|| Err(timed_out()))?.close().await?;
    let pool =
        PgPoolOptions::new().max_connections(1).acquire_timeout(ANSWER_TIMEOUT).connect_with(direct.clone()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    with_timeout(ANSWER_TIMEOUT, Box::pin(listener.listen(CHANNEL))).await.unwrap_or_else(|| Err(timed_out()))?;
    // Whatever came while nobody listened.
    hints.notify(Hint { work: true, events: true, rescan: true });
    loop {
        let Ok(heard) = tokio::time::timeout(QUIET, listener.try_recv()).await else {
            // Nothing is told, or the other end is gone without a word: an answer tells which.
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
        // A hint need not survive a crash.
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
