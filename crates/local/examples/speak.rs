//! Speaks a text and reports how fast that was: `speak FOLDER_OF_MODELS VOICE TEXT OUT.wav [TIMES]`.

use std::ffi::OsString;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use sluice_local::guard::Guard;
use sluice_local::models::Models;
use sluice_local::voice::{VoiceSettings, Voices};

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    if let Some(code) = sluice_local::child::dispatch(&args) {
        return code;
    }
    let Some([models, voice, text, out, rest @ ..]) = args.get(1..) else {
        let _ = writeln!(stderr(), "usage: speak FOLDER_OF_MODELS VOICE TEXT OUT.wav [TIMES]");
        return ExitCode::from(64);
    };
    let times = rest.first().and_then(|times| times.to_str()?.parse().ok()).unwrap_or(1);
    match speak(models.into(), &voice.to_string_lossy(), &text.to_string_lossy(), Path::new(out), times) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "{error:?}");
            ExitCode::FAILURE
        }
    }
}

fn speak(models: PathBuf, voice: &str, text: &str, out: &Path, times: usize) -> Result<(), Box<dyn std::error::Error>> {
    let executable = std::env::current_exe()?;
    let espeak = executable.ancestors().nth(2).unwrap_or(Path::new("")).join("sluice-espeak");
    let settings = VoiceSettings { espeak, ..VoiceSettings::beside(executable.clone()) };
    let voices = Voices::new(Guard::new(executable), Models::new(models), settings);
    let runtime = tokio::runtime::Runtime::new()?;
    let mut console = stderr();
    for _ in 0..times {
        let start = Instant::now();
        let speech = runtime.block_on(voices.speak(voice, text, out))?;
        let (took, long) = (start.elapsed().as_secs_f64(), f64::from(speech.duration_ms()) / 1000.0);
        let pace = 60.0 * f64::from(u32::try_from(speech.words.len())?) / long;
        writeln!(
            console,
            "{long:.2} s in {took:.2} s: {:.1} x real time, {pace:.0} words a minute, {}",
            long / took,
            speech.spoken_by
        )?;
        if times == 1 {
            for word in &speech.words {
                let bytes = usize::try_from(word.start_byte)?..usize::try_from(word.end_byte)?;
                let own =
                    |p: &&sluice_domain::speech::PhonemeTiming| p.start_ms >= word.start_ms && p.end_ms <= word.end_ms;
                let ipa: String = speech.phonemes.iter().filter(own).map(|phoneme| phoneme.ipa.as_str()).collect();
                writeln!(console, "{:6} {:6} {:20} {ipa}", word.start_ms, word.end_ms, &text[bytes])?;
            }
        }
    }
    Ok(())
}
