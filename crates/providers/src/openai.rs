//! Services with OpenAI's shape: OpenAI itself, OpenRouter, and the servers that people run themselves.

mod chat;
mod embeddings;
mod images;
mod languages;
mod server;
pub(crate) mod service;
pub(crate) mod speech;
mod sse;
mod transcription;
mod voices;
pub(crate) mod wave;
mod words;

pub use chat::{ChatModel, Delivery};
pub use embeddings::EmbeddingModel;
pub use images::ImageModel;
pub use server::Server;
pub use service::{Service, ServiceError, Settings};
pub use speech::SpeechModel;
pub use transcription::TranscriptionModel;
pub use voices::voices;
