//! Built-in engines: reading, photographs, voice, speech to text, telling speakers apart, embedding, translation and rendering,
//! each in a guarded child process of this same binary; and extracts and the analysis of phrases, which need none.

pub mod analyse;
mod capabilities;
pub mod child;
pub mod deck;
pub mod embed;
pub mod guard;
pub mod models;
mod onnx;
pub mod photo;
pub mod reading;
pub mod render;
pub mod sound;
pub mod speakers;
pub mod speech;
pub mod summary;
pub mod tools;
pub mod translate;
pub mod voice;
pub mod waveform;
