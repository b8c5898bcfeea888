//! Servers: what they log, and what they say of each other.

use std::fs::File;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Place;

pub(crate) struct Serving {
    child: Child,
    log: PathBuf,
}

impl Serving {
    pub(crate) fn start(place: &Place, log: &str, more: &[&str]) -> Self {
        Self::run(place, log, &[&["serve", "--single-user", "--listen", "127.0.0.1:0"], more].concat())
    }

    fn run(place: &Place, log: &str, arguments: &[&str]) -> Self {
        let log = place.path(log);
        let mut command = place.command(arguments);
        let file = File::create(&log).unwrap();
        let child = command.stdout(file.try_clone().unwrap()).stderr(file).spawn().unwrap();
        let serving = Self { child, log };
        serving.until("started");
        serving
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        let line = self.until("started");
        let (_, address) = line.split_once("http://").unwrap();
        address.chars().take_while(|one| one.is_ascii_digit() || matches!(one, '.' | ':')).collect()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// The first line of the log with these words.
    fn until(&self, words: &str) -> String {
        wait(|| self.log().lines().find(|line| line.contains(words)).map(str::to_owned), || self.log())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn wait<T>(mut found: impl FnMut() -> Option<T>, state: impl Fn() -> String) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_mins(1), "{}", state());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn the_log_says_what_started_where() {
    let place = Place::new();
    let server = Serving::start(&place, "log", &["--log-format", "text"]);
    let line = server.until("started");
    let data = place.data().display().to_string();
    for part in [env!("CARGO_PKG_VERSION"), "http://127.0.0.1:", &data, "SQLite", "default", "video", "all"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!server.log().contains('\u{1b}'), "no colours in a file");
    drop(server);
    // Without being asked for, since a file is no terminal.
    let server = Serving::start(&place, "json", &[]);
    for line in server.log().lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
}

#[test]
fn beyond_this_machine_people_sign_in_and_passwords_in_the_clear_are_warned_of() {
    let place = Place::new();
    let open = ["serve", "--listen", "0.0.0.0:0", "--log-format", "text"];
    let server = Serving::run(&place, "open", &open);
    let line = server.until("passwords travel unencrypted");
    assert!(line.contains("WARN") && line.contains("--public-url https://"), "{line}");
    // The first administrator's link leads to this machine, and is printed while there is none.
    assert!(server.until("/join/").trim().starts_with("http://localhost:"), "{}", server.log());
    drop(server);
    let behind = Serving::run(&place, "behind", &[&open[..], &["--public-url", "https://sluice.example"]].concat());
    assert!(behind.until("/join/").trim().starts_with("https://sluice.example/join/"), "{}", behind.log());
    assert!(!behind.log().contains("passwords travel"), "{}", behind.log());
    drop(behind);

    let alone = place.run(&["serve", "--single-user", "--listen", "0.0.0.0:0"]);
    assert!(alone.code == 2 && alone.stderr.contains("leave out --single-user"), "{alone:?}");
}

#[test]
fn two_servers_on_one_folder_say_so_in_both_logs_and_to_the_doctor() {
    let place = Place::new();
    let first = Serving::start(&place, "first", &[]);
    let second = Serving::start(&place, "second", &[]);
    for (server, other) in [(&first, &second), (&second, &first)] {
        let line = server.until("another server uses this data folder");
        assert!(line.contains("WARN") && line.contains(&other.child.id().to_string()), "{line}");
    }
    let servers = || {
        let ran = place.run(&["doctor", "--json"]);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let pids = report["servers"].as_array().unwrap().iter().map(|server| server["pid"].as_u64().unwrap());
        let mut pids: Vec<_> = pids.collect();
        pids.sort_unstable();
        pids
    };
    let mut both = vec![u64::from(first.child.id()), u64::from(second.child.id())];
    both.sort_unstable();
    assert_eq!(servers(), both);
    assert!(place.run(&["doctor"]).stdout.contains("Servers on this data folder: 2"));
    let left = u64::from(first.child.id());
    drop(second);
    first.until("has ended");
    assert_eq!(servers(), [left], "one that was killed is forgotten");
}

#[test]
fn nobody_else_can_enter_a_folder_of_the_data() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    let _serving = Serving::start(&place, "log", &[]);
    let mut folders = vec![place.data()];
    folders
        .extend(std::fs::read_dir(place.data()).unwrap().map(|entry| entry.unwrap().path()).filter(|at| at.is_dir()));
    assert!(folders.len() > 3, "{folders:?}");
    for folder in folders {
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700, "{}", folder.display());
    }
}

#[test]
fn the_doctor_tells_what_is_required_from_what_is_not() {
    let place = Place::new();
    let report = |place: &Place, path: &str| {
        let ran: crate::support::Ran = place.command(&["doctor", "--json"]).env("PATH", path).output().unwrap().into();
        (ran.code, serde_json::from_str::<Value>(&ran.stdout).unwrap(), ran.stderr)
    };
    let find = |report: &Value, name: &str| {
        let findings = report["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["name"].as_str().unwrap().contains(name)).unwrap().clone()
    };
    let (code, bare, stderr) = report(&place, "/nowhere");
    assert_eq!((code, &bare["ok"]), (1, &Value::Bool(false)));
    assert!(find(&bare, "ffmpeg")["version"].is_null() && find(&bare, "ffmpeg")["required"] == true);
    assert!(find(&bare, "tesseract")["version"].is_null() && find(&bare, "tesseract")["required"] == false);
    let failure: Value = serde_json::from_str(&stderr).unwrap();
    let detail = failure["detail"].as_str().unwrap();
    assert!(detail.contains("ffmpeg") && !detail.contains("tesseract"), "{detail}");
    assert!(!place.data().exists(), "looking makes nothing");
    // A file in the place of the data folder.
    std::fs::write(place.data(), "").unwrap();
    let ran = place.run(&["doctor"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("missing  data folder"), "{ran:?}");
}
