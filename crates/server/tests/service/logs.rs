//! What the log says of a whole run, and what it never does.

use std::io::Write as _;
use std::process::Command;

use serde_json::{Value, json};
use sluice_testkit::pdf;

use crate::support::{Server, program};

const PASSWORD: &str = "a quiet lighthouse by the sea";

#[tokio::test]
async fn each_attempt_is_a_line_with_its_times_and_nothing_is_a_secret_or_content() {
    let server = Server::with(&[("SLUICE_SINGLE_USER", "false")]).await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(PASSWORD.as_bytes()).unwrap();
    let added = Command::new(program())
        .args(["user", "add", "ada@example.org", "--name", "Ada Lovelace", "--password-file"])
        .arg(file.path())
        .arg("--data")
        .arg(server.data())
        .output()
        .unwrap();
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let body = json!({ "email": "ada@example.org", "password": PASSWORD });
    let wrong = json!({ "email": "ada@example.org", "password": "a guess that is wrong" });
    assert_eq!(server.post("/api/v1/session").json(&wrong).send().await.unwrap().status(), 401);
    let failed: Value = serde_json::from_str(&server.logged("a sign-in failed").await).unwrap();
    assert_eq!((&failed["level"], &failed["address"]), (&json!("WARN"), &json!("127.0.0.1")), "{failed}");
    assert!(!failed.to_string().contains("ada@"), "{failed}");
    let signed = server.post("/api/v1/session").json(&body).send().await.unwrap();
    assert!(signed.status().is_success(), "{}", signed.status());
    let cookie = signed.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let body = json!({ "name": "of a test", "scopes": ["read", "write"] });
    let made = server.post("/api/v1/tokens").header("cookie", &cookie).json(&body).send().await.unwrap();
    let token = made.json::<Value>().await.unwrap()["secret"].as_str().unwrap().to_owned();

    let part = reqwest::multipart::Part::bytes(pdf::fine()).file_name("a very private letter.pdf");
    let form = reqwest::multipart::Form::new().part("file", part);
    let reel = server.post("/api/v1/reels").bearer_auth(&token).multipart(form).send().await.unwrap();
    let reel: Value = reel.json().await.unwrap();
    assert_eq!(reel["state"], "working", "{reel}");
    let (id, job) = (reel["id"].as_str().unwrap(), reel["job_id"].as_str().unwrap());
    // Until its texts are written, which is what must not be found.
    let script = loop {
        let shown = server.get(&format!("/api/v1/reels/{id}")).bearer_auth(&token).send().await.unwrap();
        let shown: Value = shown.json().await.unwrap();
        if let Some(scene) = shown["scenes"].get(1) {
            break scene["text"].as_str().unwrap().to_owned();
        }
        assert_ne!(shown["state"], "failed", "{shown}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    server.get(&format!("/api/v1/jobs/{job}?q=a+very+private+letter")).bearer_auth(&token).send().await.unwrap();
    let line = server.logged("\"stage\":\"script\"").await;
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&line["job"], &line["kind"], &line["attempt"]),
        (&json!(job), &json!("reel.make"), &json!(1)),
        "{line}"
    );
    assert_eq!(line["owner"], "local", "the first administrator's");
    for time in ["waited_ms", "ran_ms", "provider_ms", "stored_ms"] {
        assert!(line[time].is_u64(), "{time}: {line}");
    }
    let request: Value = serde_json::from_str(&server.logged("\"route\":\"/api/v1/reels\"").await).unwrap();
    for field in ["request_id", "owner", "method", "route", "code"] {
        assert!(request[field].is_string(), "{field}: {request}");
    }
    for field in ["status", "answered_ms", "milliseconds", "bytes"] {
        assert!(request[field].is_u64(), "{field}: {request}");
    }

    let log = std::fs::read_to_string(server.data().join("server.log")).unwrap();
    // The link of the first start is for a person and no line of the log.
    let lines: Vec<&str> = log.lines().filter(|line| line.starts_with('{')).collect();
    assert!(lines.len() > 5, "{log}");
    let sentence = script.split(". ").next().unwrap();
    let secret = cookie.split_once('=').unwrap().1;
    let secrets = [PASSWORD, "a guess that is wrong", &token, secret, "private letter", sentence, "signature="];
    for line in lines {
        serde_json::from_str::<Value>(line).unwrap();
        for secret in secrets {
            assert!(!line.contains(secret), "{secret:?} in {line}");
        }
    }
}
