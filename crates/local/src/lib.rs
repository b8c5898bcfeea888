//! Built-in engines: reading, voice and rendering, each in a guarded child process of this same binary.

mod capabilities;
pub mod child;
pub mod guard;
pub mod models;
pub mod reading;
pub mod render;
pub mod tools;
pub mod voice;
