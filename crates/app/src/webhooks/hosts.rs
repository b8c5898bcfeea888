//! A concurrency limit and a circuit breaker for each host: whoever has endpoints there, a dead host holds at most a few of this
//! process's slots, and is retried with growing pauses.
//!
//! The state is in memory: after a restart a dead host has to be detected again, which takes one timeout.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The most requests to one host at a time.
const TO_ONE: u32 = 8;
/// The pause after the first request without an answer; it doubles up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(5);
/// The pause if a host is busy.
const BUSY: Duration = Duration::from_secs(1);
/// Jobs that wait for a host retry this far apart: each retry is an attempt of a job, and thousands of endpoints may wait for the
/// same host.
const APART: Duration = Duration::from_millis(10);
/// The same for a host that does not respond, where nearly all retries are in vain.
const APART_IF_SILENT: Duration = Duration::from_millis(50);

/// All hosts with open requests, or with an open circuit.
#[derive(Default)]
pub(super) struct Hosts {
    hosts: Mutex<HashMap<String, Host>>,
}

#[derive(Default)]
struct Host {
    open: u32,
    silent: u32,
    quiet_until: Option<Instant>,
    /// When the last of the waiting jobs retries.
    last_turn: Option<Instant>,
}

impl Host {
    /// When another waiting job retries, `earliest` at the earliest.
    fn turn(&mut self, earliest: Instant) -> Instant {
        let apart = if self.silent > 0 { APART_IF_SILENT } else { APART };
        let turn = self.last_turn.map_or(earliest, |last| earliest.max(last + apart));
        self.last_turn = Some(turn);
        turn
    }
}

/// The right to send one request to a host.
pub(super) struct Permit {
    hosts: Arc<Hosts>,
    name: String,
}

impl Hosts {
    /// The right to send to a host, or the time after which to retry.
    pub(super) fn enter(self: &Arc<Self>, name: &str) -> Result<Permit, Duration> {
        let mut hosts = self.lock();
        let host = hosts.entry(name.to_owned()).or_default();
        let now = Instant::now();
        if let Some(until) = host.quiet_until.filter(|until| *until > now) {
            return Err(host.turn(until) - now);
        }
        // A host that did not respond is probed with one request.
        let most = if host.silent > 0 { 1 } else { TO_ONE };
        if host.open >= most {
            return Err(host.turn(now + BUSY) - now);
        }
        host.open += 1;
        Ok(Permit { hosts: Arc::clone(self), name: name.to_owned() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// Notes that the host responded, with whatever status.
    pub(super) fn answered(&self) {
        if let Some(host) = self.hosts.lock().get_mut(&self.name) {
            host.silent = 0;
            host.quiet_until = None;
            // New requests do not queue behind the jobs that waited for a response.
            host.last_turn = None;
        }
    }

    /// Notes that the host did not respond.
    pub(super) fn was_silent(&self) {
        if let Some(host) = self.hosts.lock().get_mut(&self.name) {
            let now = Instant::now();
            // Several concurrent requests that failed count once.
            if host.quiet_until.is_none_or(|until| until <= now) {
                let pause = FIRST.saturating_mul(1 << host.silent.min(10)).min(LONGEST);
                host.silent += 1;
                host.quiet_until = Some(now + pause);
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut hosts = self.hosts.lock();
        if let Some(host) = hosts.get_mut(&self.name) {
            host.open -= 1;
        }
        let now = Instant::now();
        // A host that is forgotten and still dead is detected again by one request.
        let kept = |host: &Host| host.open > 0 || host.quiet_until.is_some_and(|until| until + LONGEST > now);
        hosts.retain(|_, host| kept(host));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_host_is_sent_few_requests_at_a_time_and_a_silent_one_ever_more_rarely() {
        let hosts = Arc::new(Hosts::default());
        let permits: Vec<_> = (0..TO_ONE).map(|_| hosts.enter("a:443").ok().unwrap()).collect();
        assert_eq!(hosts.enter("a:443").err(), Some(BUSY));
        assert!(hosts.enter("b:443").is_ok());
        for permit in &permits {
            permit.was_silent();
        }
        drop(permits);
        tokio::time::advance(FIRST / 2).await;
        assert_eq!(hosts.enter("a:443").err(), Some(FIRST / 2 + APART_IF_SILENT), "those at a time count once");
        for pause in [2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            tokio::time::advance(LONGEST).await;
            let probe = hosts.enter("a:443").ok().unwrap();
            assert_eq!(hosts.enter("a:443").err(), Some(BUSY), "one probe at a time");
            probe.was_silent();
            assert_eq!(hosts.enter("a:443").err(), Some(Duration::from_secs(pause)));
        }
        tokio::time::advance(LONGEST).await;
        hosts.enter("a:443").ok().unwrap().answered();
        let again: Vec<_> = (0..TO_ONE).map(|_| hosts.enter("a:443").ok().unwrap()).collect();
        drop(again);
        assert!(hosts.lock().is_empty(), "nothing is kept of hosts that answer");
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_wait_for_a_host_ask_again_one_after_the_other() {
        let hosts = Arc::new(Hosts::default());
        let permits: Vec<_> = (0..TO_ONE).map(|_| hosts.enter("a:443").ok().unwrap()).collect();
        let pauses: Vec<_> = (0..1_000).map(|_| hosts.enter("a:443").err().unwrap()).collect();
        assert_eq!(pauses[0], BUSY);
        assert!(pauses.is_sorted_by(|one, next| *next == *one + APART), "a hundred in a second");
        permits[0].was_silent();
        let next = hosts.enter("a:443").err().unwrap();
        assert_eq!(next, pauses[999] + APART_IF_SILENT, "and then twenty");
        permits[1].answered();
        assert_eq!(hosts.enter("a:443").err(), Some(BUSY), "nobody waits behind those");
    }
}
