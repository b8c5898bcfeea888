//! The consequences of an attempt: when a delivery is retried, how long its endpoint rests, and when either is given up.

use std::time::Duration;

use sluice_domain::time::Timestamp;
use sluice_outbound::{Answer, SendError};
use sluice_store::webhooks::WebhookRow;
use sluice_store::webhooks::deliveries::{AttemptRow, DeliveryRow, DeliveryState};

use super::endpoints::healthy;

const fn minutes(number: u64) -> Duration {
    Duration::from_secs(number * 60)
}

/// The delays before the attempts after the first one, from the standard: ten attempts over about 76 hours.
const SCHEDULE: [Duration; 9] = [
    Duration::from_secs(5),
    minutes(5),
    minutes(30),
    minutes(2 * 60),
    minutes(5 * 60),
    minutes(10 * 60),
    minutes(14 * 60),
    minutes(20 * 60),
    minutes(24 * 60),
];
/// The part of a delay that is added as random jitter, so that deliveries that failed together are not retried together.
const JITTER: f64 = 0.2;
/// The lifetime of a delivery that no endpoint has answered. Many deliveries may wait for one silent host, and be tried rarely.
const LIFE: Duration = minutes(96 * 60);
/// The pause of an endpoint after a failure; it doubles up to [`LONGEST_REST`].
const FIRST_REST: Duration = Duration::from_secs(5);
const LONGEST_REST: Duration = minutes(10);
/// The longest `Retry-After` that is respected.
const LONGEST_RETRY_AFTER: Duration = minutes(24 * 60);

/// What happens to the endpoint of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It stays enabled.
    Stays,
    /// It is disabled, since it answered 410.
    Gone,
    /// It is disabled, since no delivery has succeeded since this one was queued.
    Failing,
}

/// An attempt, with its result.
pub(super) struct Tried {
    pub(super) at: Timestamp,
    pub(super) took: Duration,
    pub(super) result: Result<Answer, SendError>,
}

impl Tried {
    /// Its row.
    pub(super) fn row(&self, n: u32) -> AttemptRow {
        let took_ms = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        let row = AttemptRow { n, at: self.at, took_ms, status: None, answer: None, error: None, message: None };
        match &self.result {
            Err(error) => AttemptRow { error: Some(error.code().to_owned()), message: Some(error.to_string()), ..row },
            Ok(answer) => {
                let (code, message) = self.refusal().unzip();
                AttemptRow {
                    status: Some(answer.status.as_u16().into()),
                    answer: Some(String::from_utf8_lossy(&answer.body).into_owned()),
                    error: code.map(str::to_owned),
                    message: message.map(str::to_owned),
                    ..row
                }
            }
        }
    }

    /// Why an answer is not a success.
    fn refusal(&self) -> Option<(&'static str, &'static str)> {
        let status = self.result.as_ref().ok()?.status;
        match status.as_u16() {
            200..300 => None,
            300..400 => {
                Some(("redirected", "The endpoint redirects elsewhere, which is not followed. Change its address."))
            }
            410 => Some(("gone", "The endpoint says that it is gone for good.")),
            _ => Some(("refused", "The endpoint did not answer with a status of success.")),
        }
    }

    fn succeeded(&self) -> bool {
        self.result.is_ok() && self.refusal().is_none()
    }

    /// The `Retry-After` of the answer.
    fn retry_after(&self) -> Option<Duration> {
        let value = self.result.as_ref().ok()?.headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
        let wait = if let Ok(seconds) = value.parse() {
            Duration::from_secs(seconds)
        } else {
            let at = httpdate::parse_http_date(value).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
            let at = Timestamp::from_millis(i64::try_from(at.as_millis()).ok()?);
            at.since(self.at)
        };
        Some(wait.min(LONGEST_RETRY_AFTER))
    }

    /// Updates a delivery and its endpoint after an attempt. `random` is from 0 to 1.
    pub(super) fn settle(
        &self,
        endpoint: &mut WebhookRow,
        delivery: &mut DeliveryRow,
        now: Timestamp,
        random: f64,
    ) -> Verdict {
        delivery.round += 1;
        delivery.attempts += 1;
        if self.succeeded() {
            (delivery.state, delivery.ended_at) = (DeliveryState::Delivered, Some(now));
            healthy(endpoint);
            endpoint.succeeded_at = Some(now);
            return Verdict::Stays;
        }
        let jitter = |delay: Duration| delay + delay.mul_f64(JITTER * random.clamp(0.0, 1.0));
        let asked = self.retry_after().unwrap_or_default();
        endpoint.failures += 1;
        endpoint.failing_since = endpoint.failing_since.or(Some(now));
        let rest = FIRST_REST.saturating_mul(1 << (endpoint.failures - 1).min(10)).min(LONGEST_REST);
        let resume_at = now + jitter(rest).max(asked);
        endpoint.resume_at = Some(endpoint.resume_at.map_or(resume_at, |before| before.max(resume_at)));
        if self.result.as_ref().is_ok_and(|answer| answer.status == http::StatusCode::GONE) {
            give_up(delivery, now);
            return Verdict::Gone;
        }
        // A delivery that waited for a silent host may exceed its lifetime at its first attempts.
        let is_late = self.result.is_err() && has_outlived(delivery, now);
        match SCHEDULE.get(delivery.round.saturating_sub(1) as usize).filter(|_| !is_late) {
            Some(delay) => {
                delivery.due_at = now + jitter(*delay).max(asked);
                Verdict::Stays
            }
            None => given_up(endpoint, delivery, now),
        }
    }
}

/// Whether a delivery has exceeded its lifetime.
pub(super) fn has_outlived(delivery: &DeliveryRow, now: Timestamp) -> bool {
    now.since(delivery.queued_at) > LIFE
}

/// Gives up a delivery. Its endpoint is failing if nothing has been delivered since the delivery was queued.
pub(super) fn given_up(endpoint: &WebhookRow, delivery: &mut DeliveryRow, now: Timestamp) -> Verdict {
    give_up(delivery, now);
    let arrived = endpoint.succeeded_at.is_some_and(|at| at >= delivery.queued_at);
    if arrived { Verdict::Stays } else { Verdict::Failing }
}

fn give_up(delivery: &mut DeliveryRow, now: Timestamp) {
    (delivery.state, delivery.ended_at) = (DeliveryState::Failed, Some(now));
}
