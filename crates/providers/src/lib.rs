//! Remote services behind the capabilities of `sluice-capability`, over the guarded client of `sluice-outbound`.
//!
//! | file | holds |
//! |---|---|
//! | `account` | whether a key is accepted, and what the provider says of the account behind it |
//! | `http` | one endpoint: its address, its key, its calls within limits, and what each failure means |
//! | `openai` | everything with OpenAI's shape: chat, transcription, speech, pictures, embeddings, and the quirks of each server |
//! | `openrouter` | what only OpenRouter has: fallbacks, and the cost of a call whose answer was lost |
//! | `elevenlabs` | speech with its times, voices, transcription |
//! | `did` | presenters of D-ID: talks, clips, expressives |
//! | `vision` | text in pictures, by Google Cloud Vision |
//! | `runner` | jobs on a GPU of one's own |
//! | `languages` | what a voice speaks that does not say it |
//! | `mp4`, `picture` | length and size of a video, and of a picture, from its head |
//! | `pages` | lists that come page by page |
//! | `webhook` | what a webhook of a provider must have to be accepted |
//! | `prices` | what a request may cost at most, and what it did cost |
//!
//! A request is sent once; the engine decides about another attempt. What was not sent may be tried again. If the answer of a
//! request that was sent is lost, a provider that charges may have charged for it: then the outcome is asked for, and if the
//! provider cannot tell, a person decides ([`sluice_capability::Remedy::Look`]). A server of one's own charges nothing, and is
//! simply asked again.

pub mod account;
pub mod did;
pub mod elevenlabs;
pub mod http;
mod languages;
mod mp4;
pub mod openai;
mod openrouter;
mod pages;
mod picture;
pub mod prices;
pub mod runner;
pub mod vision;
pub mod webhook;

pub use pages::Pages;
