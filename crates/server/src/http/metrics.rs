//! Counters, histograms and gauges for Prometheus, in its text format, version 0.0.4.
//!
//! Counters and histograms are those of this process. Gauges are those of the whole database, and are kept for some seconds,
//! so that scrapes cannot load it.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use sluice_domain::money::MicroUsd;
use sluice_engine::{BOUNDS, Counter, Engine, Histogram, Tallies, Timing};
use sluice_store::gauges::{self, Gauges};
use sluice_store::{Counts, Store};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Api;
use super::identity::Operator;
use super::problem::Problem;

/// How long gauges are cached.
const FRESH: Duration = Duration::from_secs(5);
/// The same of the bytes of all media, which are counted by a walk over all of them.
const BYTES_FRESH: Duration = Duration::from_mins(1);

/// The server's own counters, and the cached gauges. Concurrent requests share one reading of them.
#[derive(Clone, Default)]
pub(crate) struct Metrics {
    received: Arc<AtomicU64>,
    last: Arc<Mutex<Last>>,
}

#[derive(Default)]
struct Last {
    gauges: Option<(Instant, Gauges)>,
    bytes: Option<(Instant, u64)>,
}

impl Metrics {
    /// Counts bytes of an upload.
    pub(super) fn received(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// The gauges, and the bytes of all media.
    async fn gauges(&self, store: &Store) -> Result<(Gauges, u64), Problem> {
        let mut last = self.last.lock().await;
        let gauges = match &last.gauges {
            Some((at, gauges)) if at.elapsed() < FRESH => gauges.clone(),
            _ => {
                let gauges = store.read(async |tx| gauges::read(tx).await).await?;
                last.gauges = Some((Instant::now(), gauges.clone()));
                gauges
            }
        };
        let bytes = match last.bytes {
            Some((at, bytes)) if at.elapsed() < BYTES_FRESH => bytes,
            _ => {
                let bytes = store.read(async |tx| gauges::stored_bytes(tx).await).await?;
                last.bytes = Some((Instant::now(), bytes));
                bytes
            }
        };
        Ok((gauges, bytes))
    }
}

/// Jobs, providers, money and bytes, and errors that were recovered from, for Prometheus. Counters are those of this process
/// since its start; gauges are those of the whole database, a few seconds old at most, and the bytes of media a minute.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = "service",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn metrics(State(api): State<Api>, _: Operator) -> Result<impl IntoResponse, Problem> {
    let (engine, store) = (&api.app.engine, &api.app.platform.store);
    let (gauges, stored) = api.metrics.gauges(store).await?;
    let mut text = of_process(engine, &store.counts(), api.metrics.received.load(Ordering::Relaxed));
    let attempts = api.access.accounts.attempts().map(|(outcome, count)| (labels(&[("outcome", outcome)]), count));
    text += &family("sign_ins_total", "counter", "Sign-ins with a password, by how they ended.", attempts.into_iter());
    text += &of_database(engine, &gauges, stored);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}

fn of_process(engine: &Engine, counts: &Counts, received: u64) -> String {
    let Tallies { requests, expired_leases, stale_writes } = engine.tallies();
    let enqueued = counts.enqueued.iter().map(|(kind, count)| (labels(&[("kind", kind.as_str())]), *count));
    let requests = requests
        .iter()
        .map(|((provider, status), count)| (labels(&[("provider", provider.as_str()), ("status", *status)]), *count));
    let stale = stale_writes.iter().map(|(what, count)| (labels(&[("write", *what)]), *count));
    [
        family("jobs_enqueued_total", "counter", "Jobs that this process enqueued.", enqueued),
        finished(&engine.finished()),
        histograms(&engine.timings()),
        single(
            "lease_expired_total",
            "counter",
            "Jobs taken back from workers whose lease had expired.",
            expired_leases,
        ),
        family(
            "stale_write_rejected_total",
            "counter",
            "Writes rejected because the attempt had lost its lease.",
            stale,
        ),
        family("provider_requests_total", "counter", "Requests to providers, by status.", requests),
        single("spend_settled_usd_total", "counter", "Money that ended attempts have spent.", dollars(counts.settled)),
        single("upload_bytes_total", "counter", "Bytes of uploads that were received.", received),
        text(&engine.counters()),
    ]
    .concat()
}

fn of_database(engine: &Engine, gauges: &Gauges, stored: u64) -> String {
    let mut pools = gauges.available.clone();
    for pool in engine.pools() {
        pools.entry(pool.to_owned()).or_default();
    }
    let available = pools.iter().map(|(pool, it)| (labels(&[("pool", pool.as_str())]), it.jobs));
    let oldest = pools.iter().map(|(pool, it)| (labels(&[("pool", pool.as_str())]), it.oldest.as_secs_f64()));
    let blocked = gauges.blocked;
    let blocked = [
        ("limit", blocked.limit),
        ("budget", blocked.budget),
        ("cooldown", blocked.cooldown),
        ("paused", blocked.paused),
        ("dependency", blocked.dependency),
    ];
    let blocked = blocked.into_iter().map(|(reason, jobs)| (labels(&[("reason", reason)]), jobs));
    let cooldowns = gauges.cooldowns.iter();
    let cooldowns = cooldowns.map(|(name, cools)| (labels(&[("provider", name.as_str())]), u8::from(*cools)));
    let oldest_help = "How long the oldest available job could have run.";
    [
        family("jobs_available", "gauge", "Ready jobs that nothing holds back.", available),
        family("jobs_blocked", "gauge", "Jobs that could run but for one thing.", blocked),
        family("jobs_oldest_available_age_seconds", "gauge", oldest_help, oldest),
        family("provider_cooldown_active", "gauge", "Whether a provider cools down after failures.", cooldowns),
        single("spend_reserved_usd", "gauge", "Money that running attempts have reserved.", dollars(gauges.reserved)),
        single("artifact_bytes", "gauge", "Bytes of stored media.", stored),
    ]
    .concat()
}

fn dollars(money: MicroUsd) -> String {
    format!("{}.{:06}", money.0 / 1_000_000, (money.0 % 1_000_000).abs())
}

/// A metric with a line for each set of labels.
fn family(name: &str, kind: &str, help: &str, lines: impl Iterator<Item = (String, impl Display)>) -> String {
    let mut text = format!("# HELP sluice_{name} {help}\n# TYPE sluice_{name} {kind}\n");
    for (labels, value) in lines {
        // Writing to a string does not fail.
        let _ = writeln!(text, "sluice_{name}{labels} {value}");
    }
    text
}

fn single(name: &str, kind: &str, help: &str, value: impl Display) -> String {
    family(name, kind, help, std::iter::once((String::new(), value)))
}

fn labels(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    format!("{{{}}}", pairs.join(","))
}

fn finished(counts: &BTreeMap<&'static str, u64>) -> String {
    let name = "sluice_jobs_finished_total";
    let head = format!("# HELP {name} Jobs that ended in this process.\n# TYPE {name} counter\n");
    let lines = counts.iter().map(|(outcome, count)| format!("{name}{{outcome=\"{outcome}\"}} {count}\n"));
    head + &lines.collect::<String>()
}

/// Buckets are cumulative in this format.
fn histograms(measured: &[(Timing, String, Histogram)]) -> String {
    let mut text = String::new();
    for timing in Timing::ALL {
        let name = timing.name();
        // Writing to a string does not fail.
        let _ = writeln!(text, "# HELP {name} {}\n# TYPE {name} histogram", timing.help());
        for (_, kind, histogram) in measured.iter().filter(|(measured, ..)| *measured == timing) {
            let kind = escaped(kind);
            let bounds = BOUNDS.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
            let mut count = 0;
            for (bound, fell) in bounds.zip(histogram.buckets) {
                count += fell;
                let _ = writeln!(text, "{name}_bucket{{kind=\"{kind}\",le=\"{bound}\"}} {count}");
            }
            let _ = writeln!(text, "{name}_sum{{kind=\"{kind}\"}} {}", histogram.sum.as_secs_f64());
            let _ = writeln!(text, "{name}_count{{kind=\"{kind}\"}} {count}");
        }
    }
    text
}

fn text(counts: &[(Counter, String, u64)]) -> String {
    let mut text = String::new();
    for counter in Counter::ALL {
        let (name, label) = (counter.name(), counter.label());
        // Writing to a string does not fail.
        let _ = writeln!(text, "# HELP {name} {}\n# TYPE {name} counter", counter.help());
        for (_, value, count) in counts.iter().filter(|(counted, ..)| *counted == counter) {
            let _ = writeln!(text, "{name}{{{label}=\"{}\"}} {count}", escaped(value));
        }
    }
    text
}

/// A label value, with backslashes, quotation marks and line feeds escaped.
fn escaped(value: &str) -> String {
    value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_end_without_a_bound() {
        let mut histogram = Histogram { sum: std::time::Duration::from_millis(1500), ..Histogram::default() };
        (histogram.buckets[0], histogram.buckets[3], histogram.buckets[10]) = (2, 1, 1);
        let text = histograms(&[(Timing::Run, "reel.make".to_owned(), histogram)]);
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(lines.len(), BOUNDS.len() + 3);
        assert_eq!(lines[0], "sluice_job_run_seconds_bucket{kind=\"reel.make\",le=\"0.01\"} 2");
        assert_eq!(lines[3], "sluice_job_run_seconds_bucket{kind=\"reel.make\",le=\"1\"} 3");
        assert_eq!(lines[10], "sluice_job_run_seconds_bucket{kind=\"reel.make\",le=\"+Inf\"} 4");
        assert_eq!(
            lines[11..],
            [
                "sluice_job_run_seconds_sum{kind=\"reel.make\"} 1.5",
                "sluice_job_run_seconds_count{kind=\"reel.make\"} 4"
            ]
        );
    }

    /// What `promtool check metrics` would report, without it.
    #[test]
    fn names_follow_the_conventions() {
        let named = |name: &str| {
            let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            assert!(plain && name.starts_with("sluice_"), "{name}");
        };
        for counter in Counter::ALL {
            named(counter.name());
            assert!(counter.name().ends_with("_total") && !counter.help().is_empty());
        }
        for timing in Timing::ALL {
            named(timing.name());
            assert!(timing.name().ends_with("_seconds") && !timing.help().is_empty());
        }
    }

    #[test]
    fn each_counter_has_its_type_and_each_count_its_line() {
        let counts = [
            (Counter::MaintenanceFailures, "renew".to_owned(), 3),
            (Counter::UnwritableEndings, "a \"kind\"\nof \\".to_owned(), 1),
        ];
        let text = text(&counts);
        for counter in Counter::ALL {
            assert!(text.contains(&format!("# HELP {} ", counter.name())), "{text}");
            assert!(text.contains(&format!("# TYPE {} counter\n", counter.name())), "{text}");
        }
        let counts: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            counts,
            [
                "sluice_maintenance_failures_total{task=\"renew\"} 3",
                r#"sluice_unwritable_endings_total{kind="a \"kind\"\nof \\"} 1"#,
            ]
        );
    }
}
