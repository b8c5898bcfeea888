//! `sluice twin`: what it listens on, and which faults it starts with.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::support::Place;

/// Ends with the test.
pub(crate) struct Running(Child);

impl Running {
    /// A twin with these options, and where it listens.
    pub(crate) fn twin(place: &Place, options: &[&str]) -> (Self, String) {
        let arguments = [&["twin", "--listen", "127.0.0.1:0"], options].concat();
        let mut twin = Self(place.command(&arguments).stderr(Stdio::piped()).spawn().unwrap());
        let mut line = String::new();
        BufReader::new(twin.0.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().split_once("http://").unwrap().1.strip_suffix("/twin").unwrap().to_owned();
        (twin, address)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

pub(crate) fn get(address: &str, path: &str) -> Value {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn the_twin_says_where_it_listens_and_has_its_faults() {
    let place = Place::new();
    place.write(
        "faults.json",
        r#"{"script": [{"match": {"operation": "chat"}, "fault": "reset_after"}], "settings": {"job_ms": 5}}"#,
    );
    let (_twin, address) = Running::twin(&place, &["--seed", "9", "--faults", "faults.json"]);
    assert_eq!(get(&address, "/twin")["seed"], 9);
    assert_eq!(get(&address, "/twin/faults")["script"][0]["fault"]["kind"], "reset_after");
    assert_eq!(get(&address, "/twin/settings")["job_ms"], 5);
    assert!(!place.data().exists(), "it needs no data folder");
}

#[test]
fn the_twin_is_for_this_machine_and_for_faults_that_exist() {
    let place = Place::new();
    let ran = place.run(&["twin", "--listen", "0.0.0.0:0"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("0.0.0.0:0 is not a loopback address"), "{}", ran.stderr);
    place.write("faults.json", r#"[{"fault": "no_such_fault"}]"#);
    let ran = place.run(&["twin", "--listen", "127.0.0.1:0", "--faults", "faults.json"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("faults.json") && ran.stderr.contains("no_such_fault"), "{}", ran.stderr);
}
