//! What Prometheus is told: every name of the minimum set, as promtool likes it, after a job ran.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use axum::http::StatusCode;
use sluice_store::{Dialect, StoreError, controls};

use crate::person::{about, ada};
use crate::support::{BOTH, TestApp};

/// Each metric of the minimum set: its type, its labels.
const MINIMUM: [(&str, &str, &[&str]); 15] = [
    ("jobs_enqueued_total", "counter", &["kind"]),
    ("jobs_finished_total", "counter", &["outcome"]),
    ("job_queue_wait_seconds", "histogram", &["kind", "le"]),
    ("job_run_seconds", "histogram", &["kind", "le"]),
    ("jobs_available", "gauge", &["pool"]),
    ("jobs_blocked", "gauge", &["reason"]),
    ("jobs_oldest_available_age_seconds", "gauge", &["pool"]),
    ("lease_expired_total", "counter", &[]),
    ("stale_write_rejected_total", "counter", &["write"]),
    ("provider_requests_total", "counter", &["provider", "status"]),
    ("provider_cooldown_active", "gauge", &["provider"]),
    ("spend_reserved_usd", "gauge", &[]),
    ("spend_settled_usd_total", "counter", &[]),
    ("upload_bytes_total", "counter", &[]),
    ("artifact_bytes", "gauge", &[]),
];

async fn scrape(app: &TestApp) -> String {
    let answer = app.get("/metrics").answer().await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8")
    );
    answer.text().to_owned()
}

/// The value of each line, by its name and labels.
fn values(text: &str) -> BTreeMap<String, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let parsed = lines.map(|line| line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}")));
    parsed.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect()
}

/// The names of the labels of a line.
fn labels(line: &str) -> Vec<&str> {
    let Some((_, rest)) = line.split_once('{') else { return Vec::new() };
    let inside = rest.rsplit_once('}').unwrap().0;
    inside.split("\",").map(|pair| pair.split_once('=').unwrap().0).collect()
}

#[tokio::test]
async fn every_name_of_the_minimum_set_is_there_with_its_labels_after_a_reel_was_made() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        app.made(&about("the tides")).await;
        let text = scrape(&app).await;
        for (name, kind, known) in MINIMUM {
            let name = format!("sluice_{name}");
            assert_eq!(text.matches(&format!("# TYPE {name} {kind}\n")).count(), 1, "{name}: {text}");
            assert_eq!(text.matches(&format!("# HELP {name} ")).count(), 1, "{name}: {text}");
            let ours = |line: &&str| line.strip_prefix(&name).is_some_and(|rest| rest.starts_with(['{', ' ', '_']));
            for line in text.lines().filter(ours) {
                assert!(labels(line).iter().all(|label| known.contains(label)), "{line}");
                assert!(known.is_empty() || !labels(line).is_empty(), "{line}");
            }
        }
        let values = values(&text);
        for (name, expected) in [
            ("sluice_jobs_available{pool=\"video\"}", 0.0),
            ("sluice_jobs_blocked{reason=\"limit\"}", 0.0),
            ("sluice_lease_expired_total", 0.0),
            ("sluice_spend_reserved_usd", 0.0),
        ] {
            assert_eq!(values[name].to_bits(), f64::to_bits(expected), "{name}: {text}");
        }
        assert!(values["sluice_jobs_finished_total{outcome=\"succeeded\"}"] >= 1.0, "{text}");
        assert!(values["sluice_upload_bytes_total"] > 100.0 && values["sluice_artifact_bytes"] > 100.0, "{text}");
        let enqueued = values.iter().filter(|(name, _)| name.starts_with("sluice_jobs_enqueued_total{kind=\"reel."));
        assert!(enqueued.map(|(_, count)| count).sum::<f64>() >= 2.0, "{text}");
        app.end().await;
    }
}

#[tokio::test]
async fn what_waits_is_counted_and_asked_for_rarely() {
    for dialect in BOTH {
        let (app, _fakes) = TestApp::faked(dialect).await;
        let reel = app.started(&about("a pause"), serde_json::json!({})).await;
        let store = &app.app.platform.store;
        let pause = async |tx: &mut sluice_store::Tx| controls::pause(tx, "owner", ada().as_str(), "a repair").await;
        store.write::<_, StoreError, _>(pause).await.unwrap();
        let first = scrape(&app).await;
        let values = values(&first);
        let available = values.iter().filter(|(name, _)| name.starts_with("sluice_jobs_available{"));
        let waiting: f64 = available.map(|(_, jobs)| jobs).sum();
        let paused = values["sluice_jobs_blocked{reason=\"paused\"}"];
        assert_eq!((waiting + paused).to_bits(), 1.0_f64.to_bits(), "{reel}: {first}");
        // The database is not asked again so soon: nothing of this is seen.
        store.execute("DELETE FROM pauses").await.unwrap();
        let gauge = |line: &&str| line.starts_with("sluice_jobs_") && !line.contains("_total");
        let gauges = |text: &str| -> Vec<String> { text.lines().filter(gauge).map(str::to_owned).collect() };
        assert_eq!(gauges(&scrape(&app).await), gauges(&first));
        app.run_to_end(&reel).await;
        app.end().await;
    }
}

#[tokio::test]
async fn promtool_has_nothing_to_say() {
    let (app, _fakes) = TestApp::faked(Dialect::Sqlite).await;
    app.made(&about("the moon")).await;
    let text = scrape(&app).await;
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is in the Debian package prometheus: scripts/setup.sh --tests installs it");
    promtool.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
    app.end().await;
}
