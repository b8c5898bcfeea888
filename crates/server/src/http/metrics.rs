//! Counters and histograms for Prometheus, in its text format, version 0.0.4.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use sluice_engine::{BOUNDS, Counter, Histogram, Timing};

use super::Api;
use super::identity::Operator;

/// Jobs that ended and how long they took, and errors that this process recovered from, since its start, for Prometheus.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = "service",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn metrics(State(api): State<Api>, _: Operator) -> impl IntoResponse {
    let engine = &api.app.engine;
    let text = finished(&engine.finished()) + &histograms(&engine.timings()) + &text(&engine.counters());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
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

    /// What `promtool check metrics` complains of, without it.
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
