// Copyright (C) 2026 the Sluice authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Speaks for Sluice through libespeak-ng. The library is under the GPL-3, so it is loaded by this small program, which
//! is under the same licence, and never by `sluice` itself: the two processes communicate over pipes.
//!
//! Each line of standard input is a request as JSON (see [`protocol`]), and each gets one line on standard output. The
//! program exits at the end of its input. Audio is written to the file that the request names, as 16-bit little-endian
//! mono samples.

mod library;
mod protocol;

use std::io::{self, BufRead, Read, Write};
use std::process::ExitCode;

use library::Espeak;
use protocol::{Request, Response};

/// Longest request in bytes; a longer one is rejected and ends the program.
const LONGEST_REQUEST: u64 = 4 * 1024 * 1024;

fn main() -> ExitCode {
    let espeak = Espeak::open();
    match serve(&espeak, io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "sluice-espeak: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(espeak: &Result<Espeak, String>, mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.by_ref().take(LONGEST_REQUEST).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        if line.last() != Some(&b'\n') && line.len() as u64 == LONGEST_REQUEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a request is too long"));
        }
        let answer = match espeak {
            Ok(espeak) => respond(espeak, &line),
            Err(message) => Response::Error { code: "library_missing", message: message.clone() },
        };
        serde_json::to_writer(&mut output, &answer)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}

fn respond(espeak: &Espeak, line: &[u8]) -> Response {
    let done = match serde_json::from_slice(line) {
        Ok(Request::Phonemes { voice, clauses }) => espeak.phonemes(&voice, &clauses).map(Response::Phonemes),
        Ok(Request::Speak { voice, sentences, words_per_minute, pitch, pcm }) => {
            espeak.speak(&voice, &sentences, words_per_minute, pitch, &pcm).map(Response::Spoken)
        }
        Ok(Request::Version) => Ok(Response::Version { version: espeak.version() }),
        Err(error) => Err(library::Failure { code: "bad_request", message: error.to_string() }),
    };
    done.unwrap_or_else(|failure| Response::Error { code: failure.code, message: failure.message })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The library has process-wide state, and tests share a process.
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());

    fn ask(requests: &str) -> Vec<serde_json::Value> {
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut output = Vec::new();
        serve(&Espeak::open(), requests.as_bytes(), &mut output).expect("the conversation ends well");
        String::from_utf8(output)
            .expect("answers are UTF-8")
            .lines()
            .map(|line| serde_json::from_str(line).expect("an answer is JSON"))
            .collect()
    }

    #[test]
    fn phonemes_have_the_position_of_their_word() {
        let answers = ask("{\"op\":\"phonemes\",\"voice\":\"en-us\",\"clauses\":[\"Hello world\"]}\n");
        let clause = &answers[0]["clauses"][0];
        assert_eq!(clause["ipa"], "həlˈoʊ wˈɜːld");
        let last = clause["heard"].as_array().expect("a list").last().expect("not empty").clone();
        assert_eq!((&last["ipa"], &last["character"]), (&"d".into(), &6.into()));
    }

    #[test]
    fn speech_has_sound_and_words_in_order() {
        let folder = std::env::temp_dir().join(format!("sluice-espeak-{}", std::process::id()));
        let request = serde_json::json!({"op": "speak", "voice": "ar", "sentences": ["مَرْحَبًا بِكُمْ", "نَعَمْ"],
            "words_per_minute": 150, "pitch": 50, "pcm": folder});
        let answers = ask(&format!("{request}\n"));
        let sentences = answers[0]["sentences"].as_array().expect("a list");
        let samples: u64 = sentences.iter().filter_map(|sentence| sentence["samples"].as_u64()).sum();
        assert_eq!(std::fs::metadata(&folder).expect("the sound is there").len(), samples * 2);
        std::fs::remove_file(&folder).expect("it can be removed");
        assert_eq!(sentences[0]["words"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn bad_requests_are_answered_and_the_next_one_works() {
        let answers = ask(concat!(
            "nonsense\n",
            "{\"op\":\"phonemes\",\"voice\":\"no-such-voice\",\"clauses\":[\"a\"]}\n",
            "{\"op\":\"phonemes\",\"voice\":\"en-us\",\"clauses\":[\"a\\u0000b\"]}\n",
            "{\"op\":\"version\"}\n"
        ));
        assert_eq!(answers[0]["code"], "bad_request");
        assert_eq!(answers[1]["code"], "voice_missing");
        assert_eq!(answers[2]["code"], "bad_request");
        assert!(answers[3]["version"].as_str().is_some_and(|version| version.starts_with('1')));
    }
}
