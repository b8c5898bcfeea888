//! Built-in engines: reading, voice, speech to text and rendering, each in a guarded child process of this same binary.

mod capabilities;
pub mod child;
pub mod guard;
pub mod models;
mod onnx;
pub mod reading;
pub mod render;
pub mod speech;
pub mod tools;
pub mod voice;
