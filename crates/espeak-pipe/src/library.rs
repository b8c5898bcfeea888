// Copyright (C) 2026 the Sluice authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! libespeak-ng, loaded at run time. Constants and layouts are those of its `speak_lib.h` (API revision 12, which 1.49
//! to 1.52 share).

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int, c_short, c_uint, c_void};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use libloading::{Library, Symbol};

use crate::protocol::{Clause, Phoneme, Phonemes, Sentence, Spoken, Word};

/// `AUDIO_OUTPUT_SYNCHRONOUS`: the audio is passed to the callback before `espeak_Synth` returns.
const SYNCHRONOUS: c_int = 2;
/// `espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_PHONEME_IPA | espeakINITIALIZE_DONT_EXIT`.
const OPTIONS: c_int = 0x0001 | 0x0002 | 0x8000;
/// `espeakCHARS_UTF8`.
const UTF8: c_uint = 1;
/// `espeakPHONEMES_IPA`.
const IPA: c_int = 0x02;
/// `espeakRATE`, `espeakPITCH`.
const RATE: c_int = 1;
const PITCH: c_int = 3;
/// `POS_CHARACTER`.
const FROM_START: c_int = 1;
/// The library's default rate, in words a minute.
const OWN_RATE: c_int = 175;
/// `espeakEVENT_LIST_TERMINATED`, `espeakEVENT_WORD`, `espeakEVENT_PHONEME`.
const END_OF_LIST: c_int = 0;
const WORD: c_int = 1;
const PHONEME: c_int = 7;
/// Most samples of one request: twenty minutes at 22,050 a second.
const MOST_SAMPLES: usize = 20 * 60 * 22_050;

/// `espeak_EVENT`.
#[repr(C)]
struct Event {
    kind: c_int,
    unique: c_uint,
    text_position: c_int,
    length: c_int,
    audio_ms: c_int,
    sample: c_int,
    user_data: *mut c_void,
    /// The union `id`: the phoneme's name for [`PHONEME`], not always null-terminated.
    name: [u8; 8],
}

type Callback = extern "C" fn(*mut c_short, c_int, *mut Event) -> c_int;
type Initialize = unsafe extern "C" fn(c_int, c_int, *const c_char, c_int) -> c_int;
type SetCallback = unsafe extern "C" fn(Callback);
type SetVoice = unsafe extern "C" fn(*const c_char) -> c_int;
type SetParameter = unsafe extern "C" fn(c_int, c_int, c_int) -> c_int;
type Synth =
    unsafe extern "C" fn(*const c_void, usize, c_uint, c_int, c_uint, c_uint, *mut c_uint, *mut c_void) -> c_int;
type TextToPhonemes = unsafe extern "C" fn(*mut *const c_void, c_int, c_int) -> *const c_char;
type Info = unsafe extern "C" fn(*mut *const c_char) -> *const c_char;

/// What the callback has collected since [`Espeak::synthesize`] began.
#[derive(Default)]
struct Collected {
    samples: Vec<c_short>,
    words: Vec<Word>,
    phonemes: Vec<Phoneme>,
}

thread_local! {
    /// The library's callback takes no user data before the first event, and it is called on the thread that called
    /// `espeak_Synth`. So both sides share a thread-local.
    static COLLECTED: RefCell<Collected> = RefCell::default();
}

/// Why a request failed: a stable code, and a human-readable message.
pub(crate) struct Failure {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

fn failure(code: &'static str, message: impl Into<String>) -> Failure {
    Failure { code, message: message.into() }
}

/// The library, initialised.
pub(crate) struct Espeak {
    library: Library,
    sample_rate: u32,
}

impl Espeak {
    /// Loads the library and its data. The error names the package that contains them.
    pub(crate) fn open() -> Result<Self, String> {
        // SAFETY: libespeak-ng's initialisers have no preconditions.
        let library = unsafe { Library::new("libespeak-ng.so.1") }
            .map_err(|error| format!("libespeak-ng cannot be loaded; install the package libespeak-ng1 ({error})"))?;
        let mut espeak = Self { library, sample_rate: 0 };
        let rate = {
            let initialize: Symbol<Initialize> = espeak.function(b"espeak_Initialize\0").map_err(|f| f.message)?;
            // SAFETY: a null path means the library's own data folder.
            unsafe { initialize(SYNCHRONOUS, 0, std::ptr::null(), OPTIONS) }
        };
        espeak.sample_rate = u32::try_from(rate)
            .ok()
            .filter(|rate| *rate > 0)
            .ok_or_else(|| "libespeak-ng finds no voice data; install the package espeak-ng-data".to_owned())?;
        let set_callback: Symbol<SetCallback> =
            espeak.function(b"espeak_SetSynthCallback\0").map_err(|failure| failure.message)?;
        // SAFETY: the callback lives as long as the program.
        unsafe { set_callback(collect_events) };
        Ok(espeak)
    }

    /// As the library reports it, without the path of its data.
    pub(crate) fn version(&self) -> String {
        let Ok(info) = self.function::<Info>(b"espeak_Info\0") else { return String::new() };
        // SAFETY: the argument may be null, and the result is a constant of the library.
        let text = unsafe { CStr::from_ptr(info(std::ptr::null_mut())) };
        text.to_string_lossy().split_whitespace().next().unwrap_or_default().to_owned()
    }

    /// How each clause is pronounced.
    pub(crate) fn phonemes(&self, voice: &str, clauses: &[String]) -> Result<Phonemes, Failure> {
        self.set_voice(voice)?;
        // The audio is discarded; only the order of words and phonemes is needed.
        self.set_parameter(RATE, OWN_RATE)?;
        let clauses = clauses.iter().map(|clause| self.clause(clause)).collect::<Result<_, _>>()?;
        Ok(Phonemes { clauses })
    }

    fn clause(&self, clause: &str) -> Result<Clause, Failure> {
        let text = text(clause)?;
        let translate: Symbol<TextToPhonemes> = self.function(b"espeak_TextToPhonemes\0")?;
        let mut rest = text.as_ptr().cast::<c_void>();
        let mut parts = Vec::new();
        while !rest.is_null() {
            // SAFETY: `rest` points into `text`, which outlives the loop; the library advances it, and sets it to null
            // at the end. The result is a buffer of the library, valid until the next call, and copied here.
            let part = unsafe {
                let part = translate(&raw mut rest, UTF8.cast_signed(), IPA);
                if part.is_null() { String::new() } else { CStr::from_ptr(part).to_string_lossy().into_owned() }
            };
            let part = part.trim();
            if !part.is_empty() {
                parts.push(part.to_owned());
            }
        }
        let collected = self.synthesize(&text)?;
        let heard = collected.phonemes.into_iter().filter(|phoneme| !phoneme.ipa.is_empty()).collect();
        Ok(Clause { ipa: parts.join(" "), heard })
    }

    /// Writes the audio of the sentences to `pcm`, without pauses between them.
    pub(crate) fn speak(
        &self,
        voice: &str,
        sentences: &[String],
        words_per_minute: i32,
        pitch: i32,
        pcm: &Path,
    ) -> Result<Spoken, Failure> {
        self.set_voice(voice)?;
        self.set_parameter(RATE, words_per_minute.clamp(80, 450))?;
        self.set_parameter(PITCH, pitch.clamp(0, 100))?;
        let cannot_write = |error: std::io::Error| {
            let full = error.kind() == std::io::ErrorKind::StorageFull;
            failure(if full { "disk_full" } else { "io" }, format!("the sound cannot be written: {error}"))
        };
        let mut file = BufWriter::new(File::create(pcm).map_err(cannot_write)?);
        let mut spoken = Spoken { sample_rate: self.sample_rate, sentences: Vec::new() };
        let mut left = MOST_SAMPLES;
        for sentence in sentences {
            let collected = self.synthesize(&text(sentence)?)?;
            left = left
                .checked_sub(collected.samples.len())
                .ok_or_else(|| failure("too_long", "the text is longer than twenty minutes of speech"))?;
            for sample in &collected.samples {
                file.write_all(&sample.to_le_bytes()).map_err(cannot_write)?;
            }
            spoken.sentences.push(Sentence {
                samples: collected.samples.len() as u64,
                words: collected.words,
                phonemes: collected.phonemes,
            });
        }
        file.flush().map_err(cannot_write)?;
        Ok(spoken)
    }

    fn synthesize(&self, text: &CStr) -> Result<Collected, Failure> {
        let synth: Symbol<Synth> = self.function(b"espeak_Synth\0")?;
        COLLECTED.with_borrow_mut(|collected| *collected = Collected::default());
        let size = text.to_bytes_with_nul().len();
        // SAFETY: text and size belong together; both pointers at the end may be null.
        let status = unsafe {
            synth(text.as_ptr().cast(), size, 0, FROM_START, 0, UTF8, std::ptr::null_mut(), std::ptr::null_mut())
        };
        if status != 0 {
            return Err(failure("failed", format!("libespeak-ng answers {status} to a text of {size} bytes")));
        }
        Ok(COLLECTED.take())
    }

    fn set_voice(&self, voice: &str) -> Result<(), Failure> {
        let set: Symbol<SetVoice> = self.function(b"espeak_SetVoiceByName\0")?;
        let name = text(voice)?;
        // SAFETY: the name is copied by the library.
        if unsafe { set(name.as_ptr()) } != 0 {
            return Err(failure("voice_missing", format!("libespeak-ng has no voice \"{voice}\"")));
        }
        Ok(())
    }

    fn set_parameter(&self, parameter: c_int, value: c_int) -> Result<(), Failure> {
        let set: Symbol<SetParameter> = self.function(b"espeak_SetParameter\0")?;
        // SAFETY: plain numbers; the library checks their ranges.
        if unsafe { set(parameter, value, 0) } != 0 {
            return Err(failure("failed", format!("libespeak-ng refuses the value {value} of parameter {parameter}")));
        }
        Ok(())
    }

    fn function<F>(&self, name: &[u8]) -> Result<Symbol<'_, F>, Failure> {
        // SAFETY: every caller names a function of the API together with its type there.
        unsafe { self.library.get(name) }
            .map_err(|error| failure("library_missing", format!("this libespeak-ng is not the expected one: {error}")))
    }
}

fn text(text: &str) -> Result<CString, Failure> {
    CString::new(text).map_err(|_| failure("bad_request", "the text has a zero character in it"))
}

/// The library's callback: keeps the samples and the relevant events. Returns 1 to stop, 0 to continue.
extern "C" fn collect_events(samples: *mut c_short, count: c_int, events: *mut Event) -> c_int {
    COLLECTED.with_borrow_mut(|collected| {
        if !samples.is_null() && count > 0 {
            // SAFETY: the library passes `count` samples that are valid during this call.
            let samples = unsafe { std::slice::from_raw_parts(samples, usize::try_from(count).unwrap_or(0)) };
            collected.samples.extend_from_slice(samples);
        }
        let mut event = events;
        // SAFETY: the list of events ends with one of the kind `END_OF_LIST`.
        while let Some(now) = unsafe { event.as_ref() } {
            if now.kind == END_OF_LIST {
                break;
            }
            keep(collected, now);
            // SAFETY: not the last one, so there is one after it.
            event = unsafe { event.add(1) };
        }
        c_int::from(collected.samples.len() > MOST_SAMPLES)
    })
}

fn keep(collected: &mut Collected, event: &Event) {
    let character = u32::try_from(event.text_position - 1).unwrap_or(0);
    let ms = u32::try_from(event.audio_ms).unwrap_or(0);
    match event.kind {
        // The library ends a text with a word of length zero, which marks the end of its last word.
        WORD if event.length > 0 => collected.words.push(Word { character, ms }),
        PHONEME => collected.phonemes.push(Phoneme { ipa: ipa(event.name), character, ms }),
        _ => {}
    }
}

/// The name up to its null byte, or all eight bytes; a truncated character is left out.
fn ipa(name: [u8; 8]) -> String {
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
    String::from_utf8_lossy(&name[..end]).trim_end_matches('\u{fffd}').to_owned()
}
