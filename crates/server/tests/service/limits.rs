//! Limits, weights and rates from the command line.

use std::path::Path;

use serde_json::{Value, json};
use sluice_store::Store;

use crate::support::program;

/// The exit code and what it said.
fn limits(data: &Path, arguments: &str) -> (i32, String) {
    let mut command = std::process::Command::new(program());
    let output = command.arg("limits").args(arguments.split(' ')).arg("--data").arg(data).output().unwrap();
    let said = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn limits_weights_and_rates_are_set_listed_and_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    Store::open(&folder.path().join("sluice.db")).await.unwrap().close().await;
    let sluice = |arguments: &str| limits(folder.path(), arguments);
    for set in [
        "set --provider openai --concurrency 8",
        "set --owner * --rate 60/m",
        "set --provider openai --rate 90000/m --unit tokens --burst 20000",
        "set --owner alice --weight 3",
    ] {
        assert_eq!(sluice(set).0, 0, "{set}");
    }
    let (code, text) = sluice("list --json");
    let listed: Value = serde_json::from_str(&text).unwrap();
    let expected = json!({
        "limits": [
            { "scope": "owner", "name": "alice", "concurrency": null, "weight": 3 },
            { "scope": "provider", "name": "openai", "concurrency": 8, "weight": 1 },
        ],
        "rates": [
            { "scope": "owner", "name": "*", "unit": "requests", "amount": 60, "period_ms": 60_000, "burst": 60 },
            { "scope": "provider", "name": "openai", "unit": "tokens", "amount": 90_000, "period_ms": 60_000,
                "burst": 20_000 },
        ],
    });
    assert_eq!((code, listed), (0, expected));
    let table = sluice("list").1;
    for part in ["8 at once", "weight 3", "60 requests/m, 60 at once", "90000 tokens/m, 20000 at once"] {
        assert!(table.contains(part), "{table}");
    }

    for wrong in [
        "set --provider openai",
        "set --concurrency 8",
        "set --provider openai --weight 2",
        "set --owner a --rate often",
        "set --owner a --rate 1/s --unit miles",
    ] {
        assert_eq!(sluice(wrong).0, 2, "wrong usage: {wrong}");
    }
    let (code, text) = sluice("set --owner a --rate 0/s");
    assert_eq!((code, text.contains("pause")), (1, true), "{text}");
    assert_eq!(sluice("set --owner * --weight 2").0, 1);

    assert_eq!(sluice("unset --provider openai --rate --unit requests").0, 1, "there is none");
    assert_eq!(sluice("unset --provider openai --rate --unit tokens").0, 0);
    assert!(sluice("list").1.contains("8 at once"), "what is not named stays");
    for all in ["--provider openai", "--owner *", "--owner alice"] {
        assert_eq!(sluice(&format!("unset {all}")).0, 0);
    }
    assert_eq!(sluice("list --json").1.trim(), r#"{"limits":[],"rates":[]}"#);
}
