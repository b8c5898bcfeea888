//! The functions of the library, with the layouts of `native/ct2_whisper.h`.

use std::ffi::{CStr, c_char, c_int};
use std::path::Path;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::WhisperError;

#[repr(C)]
pub(crate) struct Model {
    _opaque: [u8; 0],
}

#[repr(C)]
pub(crate) struct Encoded {
    _opaque: [u8; 0],
}

#[repr(C)]
pub(crate) struct Output {
    _opaque: [u8; 0],
}

/// `ct2w_options`.
#[repr(C)]
pub(crate) struct RawOptions {
    pub(crate) beam_size: u32,
    pub(crate) hypotheses: u32,
    pub(crate) sampling_topk: u32,
    pub(crate) max_length: u32,
    pub(crate) max_initial_timestamp: u32,
    pub(crate) patience: f32,
    pub(crate) temperature: f32,
}

/// `ct2w_text`.
#[repr(C)]
pub(crate) struct Text {
    pub(crate) tokens: *const u32,
    pub(crate) tokens_len: usize,
    pub(crate) score: f32,
    pub(crate) no_speech: f32,
}

impl Default for Text {
    fn default() -> Self {
        Self { tokens: std::ptr::null(), tokens_len: 0, score: 0.0, no_speech: 0.0 }
    }
}

/// `ct2w_alignment`.
#[repr(C)]
pub(crate) struct Alignment {
    pub(crate) pairs: *const i64,
    pub(crate) pairs_len: usize,
    pub(crate) probabilities: *const f32,
    pub(crate) probabilities_len: usize,
}

impl Default for Alignment {
    fn default() -> Self {
        Self { pairs: std::ptr::null(), pairs_len: 0, probabilities: std::ptr::null(), probabilities_len: 0 }
    }
}

type Generate =
    unsafe extern "C" fn(*mut Model, *const Encoded, *const u32, usize, *const RawOptions, *mut Text) -> *mut Output;
type Align = unsafe extern "C" fn(
    *mut Model,
    *const Encoded,
    *const u32,
    usize,
    *const u32,
    usize,
    usize,
    u32,
    *mut Alignment,
) -> *mut Output;

/// The open library.
pub(crate) struct Bindings {
    pub(crate) source: unsafe extern "C" fn() -> *const c_char,
    error: unsafe extern "C" fn() -> *const c_char,
    pub(crate) seed: unsafe extern "C" fn(u32),
    pub(crate) open: unsafe extern "C" fn(*const c_char, *const c_char, u32) -> *mut Model,
    pub(crate) close: unsafe extern "C" fn(*mut Model),
    pub(crate) bands: unsafe extern "C" fn(*const Model) -> c_int,
    pub(crate) is_multilingual: unsafe extern "C" fn(*const Model) -> c_int,
    pub(crate) encode: unsafe extern "C" fn(*mut Model, *const f32, usize) -> *mut Encoded,
    pub(crate) encoded_free: unsafe extern "C" fn(*mut Encoded),
    pub(crate) detect: unsafe extern "C" fn(*mut Model, *const Encoded, *mut c_char, *mut f32) -> c_int,
    pub(crate) generate: Generate,
    pub(crate) align: Align,
    pub(crate) output_free: unsafe extern "C" fn(*mut Output),
    /// Last, so that it is closed last.
    _library: Library,
}

impl Bindings {
    pub(crate) fn open(path: &Path) -> Result<Self, WhisperError> {
        // SAFETY: the library's constructors are those of CTranslate2 and OpenMP, which expect nothing of their caller.
        // All symbols are resolved now, and none is offered to other libraries.
        let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL)? };
        // SAFETY: the types are those of the header. A library of other sources is closed before anything but `source`,
        // which has never changed, is called.
        unsafe {
            Ok(Self {
                source: *library.get(b"ct2w_source\0")?,
                error: *library.get(b"ct2w_error\0")?,
                seed: *library.get(b"ct2w_seed\0")?,
                open: *library.get(b"ct2w_open\0")?,
                close: *library.get(b"ct2w_close\0")?,
                bands: *library.get(b"ct2w_bands\0")?,
                is_multilingual: *library.get(b"ct2w_is_multilingual\0")?,
                encode: *library.get(b"ct2w_encode\0")?,
                encoded_free: *library.get(b"ct2w_encoded_free\0")?,
                detect: *library.get(b"ct2w_detect\0")?,
                generate: *library.get(b"ct2w_generate\0")?,
                align: *library.get(b"ct2w_align\0")?,
                output_free: *library.get(b"ct2w_output_free\0")?,
                _library: library,
            })
        }
    }

    /// What the last failed call says.
    pub(crate) fn last_error(&self) -> WhisperError {
        // SAFETY: the string is valid until the next call in this thread, and is copied here.
        let text = unsafe { CStr::from_ptr((self.error)()) };
        WhisperError::Failed(text.to_string_lossy().into_owned())
    }
}

/// A copy of what the library returned; empty for a null pointer.
///
/// # Safety
///
/// `length` values must be readable at `start`, if it is not null.
pub(crate) unsafe fn copied<T: Copy>(start: *const T, length: usize) -> Vec<T> {
    if start.is_null() || length == 0 {
        return Vec::new();
    }
    // SAFETY: by this function's own requirement.
    unsafe { std::slice::from_raw_parts(start, length) }.to_vec()
}
