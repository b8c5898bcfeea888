//! Counters for Prometheus, in its text format, version 0.0.4.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use sluice_engine::Counter;

use super::Api;

/// Errors that this process recovered from, counted since its start, for Prometheus.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = "service",
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn metrics(State(api): State<Api>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text(&api.app.engine.counters()))
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
