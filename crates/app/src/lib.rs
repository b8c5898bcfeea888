//! What the product does. Each app is a folder with its use cases and its jobs; the shared modules do not depend on any
//! of them.
//!
//! | module | holds | may import |
//! |---|---|---|
//! | `media` | bytes together with their rows | nothing of this crate |
//! | `platform` | rows, bytes, links, randomness, what is used of limits | `media`, `limits` |
//! | `links` | signed links to media | `platform` |
//! | `limits` | plans, and what is used of their limits | nothing of this crate |
//! | `controls` | what an operator limits of everybody's work | nothing of this crate |
//! | `view` | what the views of all apps share | nothing of this crate |
//! | `providers` | remote providers: keys, routes, notifications | nothing of this crate |
//! | `routing` | calls to capabilities through the engine | nothing of this crate |
//! | `asking` | questions to language models, each paid and counted once | `platform`, `limits`, `providers`, `routing` |
//! | `prompting` | what every prompt of a language model has | nothing of this crate |
//! | `grounding` | whether what a model wrote stands in the text that it is about | nothing of this crate |
//! | `facts` | what is known about a document | nothing of this crate |
//! | `intake` | files that are no documents, for the app that takes them | `facts`, `limits`, `media` |
//! | `tiers` | what an app keeps in tiers, and how one of its things is moved | `media` |
//! | `module` | what an app provides, and what the shared modules ask of it | `facts`, `limits`, `intake`, `tiers` |
//! | `account` | accounts, sessions, tokens, invitations | `platform`, `limits` |
//! | `library` | documents and uploads | `platform`, `limits`, `media`, `facts`, `intake`, `module`, `view` |
//! | `maintenance` | garbage collection, retention, verification: jobs of the installation | `platform`, `media`, `module` |
//! | `uploads` | files that arrive over several requests | `platform`, `limits`, `facts`, `media`, `intake`, `module`, `library`, `maintenance` |
//! | `keeping` | the rules of the tiers, their sweep and their report | `platform`, `media`, `module`, `tiers` |
//! | `models` | the model files of the built-in engines | `platform` |
//! | `webhooks` | endpoints of others that are notified of events | `platform`, `module` |
//! | `reel`, … | one app each | all of the above, no other app |
//! | `app` | an engine with the jobs of all apps | all of the above; nothing imports it |

pub mod account;
pub mod app;
mod asking;
pub mod controls;
pub mod facts;
mod grounding;
pub mod intake;
pub mod keeping;
pub mod library;
pub mod limits;
pub mod links;
pub mod maintenance;
pub mod media;
pub mod models;
pub mod module;
pub mod platform;
mod prompting;
pub mod providers;
pub mod routing;
pub mod tiers;
pub mod uploads;
pub mod view;
pub mod webhooks;

// The apps, one line each.
pub mod capture;
pub mod reel;
pub mod scribe;
