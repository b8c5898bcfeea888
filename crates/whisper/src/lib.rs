//! Whisper by CTranslate2: a safe interface over `native/ct2_whisper.h`, whose library is opened at run time.
//!
//! CTranslate2 takes twenty minutes to build, and brings C++, OpenMP and MKL: set-up takes its library out of a package and
//! compiles the C interface against it. Only the engine child for speech opens them, so that a crash costs one attempt.
//! `OMP_THREAD_LIMIT`, `OMP_WAIT_POLICY` and `GOMP_SPINCOUNT` must be set before: threads that spin while they wait make it
//! ten times as slow when the cores are shared.

mod bindings;

use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use bindings::{Alignment as RawAlignment, Bindings, RawOptions, Text as RawText};

/// Most frames of a window: thirty seconds.
pub const WINDOW_FRAMES: usize = 3_000;

/// Why Whisper could not be opened or run.
#[derive(Debug, thiserror::Error)]
pub enum WhisperError {
    /// The library or a function in it is missing.
    #[error("CTranslate2 cannot be opened; run `make setup`")]
    NotOpened(#[from] libloading::Error),
    /// The library was built from another version of the sources.
    #[error("the library of Whisper was built for another version of this program; run `make setup`")]
    OtherVersion,
    /// A path has a zero byte in it.
    #[error("a path cannot be passed on")]
    Path(#[from] std::ffi::NulError),
    /// CTranslate2 reports an error.
    #[error("{0}")]
    Failed(String),
}

/// What a library that was built from the sources in this binary says of itself.
pub fn marker() -> &'static str {
    static MARKER: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        hash.update(include_bytes!("../native/ct2_whisper.h"));
        hash.update(include_bytes!("../native/ct2_whisper.cc"));
        format!("ct2w-source:{}", hex::encode(hash.finalize()))
    });
    &MARKER
}

/// How text is generated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Beams of the search; 1 when a temperature is given.
    pub beam_size: u32,
    /// Candidates of sampling, of which the best is returned; 1 for a beam search.
    pub candidates: u32,
    /// Most tokens, with the prompt.
    pub max_length: u32,
    /// The latest time of the first timestamp, in steps of 20 ms.
    pub max_initial_timestamp: u32,
    /// 0 for a beam search; more for sampling.
    pub temperature: f32,
}

/// Generated text.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// Its tokens, timestamps included.
    pub tokens: Vec<u32>,
    /// Mean log probability of a token.
    pub score: f32,
    /// Probability that nobody speaks in the window.
    pub no_speech: f32,
}

/// Which tokens are heard when.
#[derive(Debug, Clone, PartialEq)]
pub struct Alignment {
    /// The path of token and step (20 ms), in order.
    pub path: Vec<(usize, usize)>,
    /// Probability of each token.
    pub probabilities: Vec<f32>,
}

/// A model. Dropping it ends its threads.
pub struct Whisper {
    bindings: Bindings,
    model: NonNull<bindings::Model>,
}

/// The encoder's output for a window.
pub struct Encoded<'a> {
    whisper: &'a Whisper,
    encoded: NonNull<bindings::Encoded>,
}

/// A result, freed when its content was copied.
struct Output<'a> {
    whisper: &'a Whisper,
    output: NonNull<bindings::Output>,
}

impl Whisper {
    /// Opens the library at `library` and the model in `folder`. `compute_type` is CTranslate2's: `int8`, `float32`.
    pub fn open(library: &Path, folder: &Path, compute_type: &str, threads: u32) -> Result<Self, WhisperError> {
        let bindings = Bindings::open(library)?;
        // SAFETY: the function takes nothing and returns a string that lives as long as the library.
        let source = unsafe { CStr::from_ptr((bindings.source)()) };
        if source.to_bytes() != marker().as_bytes() {
            return Err(WhisperError::OtherVersion);
        }
        let folder = CString::new(folder.as_os_str().as_bytes())?;
        let compute_type = CString::new(compute_type)?;
        // SAFETY: both strings end with a zero byte and outlive the call. The seed makes sampling repeat.
        let model = unsafe {
            (bindings.seed)(1);
            (bindings.open)(folder.as_ptr(), compute_type.as_ptr(), threads)
        };
        let Some(model) = NonNull::new(model) else { return Err(bindings.last_error()) };
        Ok(Self { bindings, model })
    }

    /// The bands of the features that it expects.
    pub fn bands(&self) -> Result<usize, WhisperError> {
        // SAFETY: the model is open as long as `self` lives.
        let bands = unsafe { (self.bindings.bands)(self.model.as_ptr()) };
        usize::try_from(bands).map_err(|_| self.bindings.last_error())
    }

    /// Whether it knows languages other than English.
    pub fn is_multilingual(&self) -> Result<bool, WhisperError> {
        // SAFETY: as above.
        match unsafe { (self.bindings.is_multilingual)(self.model.as_ptr()) } {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.bindings.last_error()),
        }
    }

    /// Encodes a window: the features of its frames, band after band.
    pub fn encode(&self, features: &[f32]) -> Result<Encoded<'_>, WhisperError> {
        let bands = self.bands()?;
        if bands == 0 || !features.len().is_multiple_of(bands) {
            return Err(WhisperError::Failed(format!("{} features are not {bands} bands", features.len())));
        }
        // SAFETY: `features` has that many numbers, and the call is over before it goes.
        let encoded = unsafe { (self.bindings.encode)(self.model.as_ptr(), features.as_ptr(), features.len() / bands) };
        let encoded = NonNull::new(encoded).ok_or_else(|| self.bindings.last_error())?;
        Ok(Encoded { whisper: self, encoded })
    }

    fn output(&self, output: *mut bindings::Output) -> Result<Output<'_>, WhisperError> {
        let output = NonNull::new(output).ok_or_else(|| self.bindings.last_error())?;
        Ok(Output { whisper: self, output })
    }
}

impl Drop for Whisper {
    fn drop(&mut self) {
        // SAFETY: the model is closed once, and nothing that borrows it is left.
        unsafe { (self.bindings.close)(self.model.as_ptr()) }
    }
}

impl Encoded<'_> {
    /// The most likely language, as an ISO 639 code, and its probability.
    pub fn detect(&self) -> Result<(String, f32), WhisperError> {
        let (mut code, mut probability) = ([0_u8; 16], 0.0);
        let Whisper { bindings, model } = self.whisper;
        // SAFETY: both results have the sizes that the header names.
        let done = unsafe {
            (bindings.detect)(model.as_ptr(), self.encoded.as_ptr(), code.as_mut_ptr().cast(), &raw mut probability)
        };
        if done != 0 {
            return Err(bindings.last_error());
        }
        let code = code.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok((String::from_utf8_lossy(code).into_owned(), probability))
    }

    /// Generates text after `prompt`.
    pub fn generate(&self, prompt: &[u32], options: &Options) -> Result<Generated, WhisperError> {
        let Whisper { bindings, model } = self.whisper;
        let raw = RawOptions {
            beam_size: options.beam_size,
            hypotheses: options.candidates,
            // All tokens when sampling, one in a search.
            sampling_topk: u32::from(options.temperature <= 0.0),
            max_length: options.max_length,
            max_initial_timestamp: options.max_initial_timestamp,
            patience: 1.0,
            temperature: if options.temperature > 0.0 { options.temperature } else { 1.0 },
        };
        let mut text = RawText::default();
        // SAFETY: pointers and lengths are those of a slice and of values that outlive the call.
        let output = unsafe {
            (bindings.generate)(
                model.as_ptr(),
                self.encoded.as_ptr(),
                prompt.as_ptr(),
                prompt.len(),
                &raw const raw,
                &raw mut text,
            )
        };
        let _output = self.whisper.output(output)?;
        // SAFETY: the views are valid until the output is freed, at the end of this function.
        let tokens = unsafe { bindings::copied(text.tokens, text.tokens_len) };
        Ok(Generated { tokens, score: text.score, no_speech: text.no_speech })
    }

    /// Finds when each of `tokens` is heard. `start` are the tokens before them, `frames` those of the window that have
    /// sound.
    pub fn align(&self, start: &[u32], tokens: &[u32], frames: usize) -> Result<Alignment, WhisperError> {
        /// Of the median filter, as in Whisper's own program.
        const WIDTH: u32 = 7;
        let Whisper { bindings, model } = self.whisper;
        let mut found = RawAlignment::default();
        // SAFETY: pointers and lengths are those of slices and of a value that outlive the call.
        let output = unsafe {
            (bindings.align)(
                model.as_ptr(),
                self.encoded.as_ptr(),
                start.as_ptr(),
                start.len(),
                tokens.as_ptr(),
                tokens.len(),
                frames,
                WIDTH,
                &raw mut found,
            )
        };
        let _output = self.whisper.output(output)?;
        // SAFETY: the views are valid until the output is freed, at the end of this function.
        let (pairs, probabilities) = unsafe {
            (
                bindings::copied(found.pairs, found.pairs_len),
                bindings::copied(found.probabilities, found.probabilities_len),
            )
        };
        let index = |number: i64| usize::try_from(number).unwrap_or_default();
        let path = pairs.as_chunks().0.iter().map(|[token, step]| (index(*token), index(*step))).collect();
        Ok(Alignment { path, probabilities })
    }
}

impl Drop for Encoded<'_> {
    fn drop(&mut self) {
        // SAFETY: it is freed once.
        unsafe { (self.whisper.bindings.encoded_free)(self.encoded.as_ptr()) }
    }
}

impl Drop for Output<'_> {
    fn drop(&mut self) {
        // SAFETY: it is freed once, after its views were copied.
        unsafe { (self.whisper.bindings.output_free)(self.output.as_ptr()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_is_a_hash_of_the_sources() {
        let (prefix, hash) = marker().split_once(':').unwrap();
        assert_eq!((prefix, hash.len()), ("ct2w-source", 64));
    }

    #[test]
    fn a_missing_library_is_an_error() {
        let opened = Whisper::open(Path::new("/nowhere/libct2_whisper.so"), Path::new("/nowhere"), "int8", 1);
        assert!(matches!(opened, Err(WhisperError::NotOpened(_))));
    }
}
