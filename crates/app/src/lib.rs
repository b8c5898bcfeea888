//! What the product does. Each app is a folder with its use cases and its jobs; what they share knows none of them.
//!
//! | module | holds | may import |
//! |---|---|---|
//! | `media` | bytes and their rows together | nothing of this crate |
//! | `platform` | rows, bytes, links, randomness | `media` |
//! | `view` | what the views of all apps have in common | nothing of this crate |
//! | `routing` | capabilities asked through the engine | nothing of this crate |
//! | `facts` | what is known of a document | nothing of this crate |
//! | `module` | what an app brings, and what the shared parts ask of it | `facts` |
//! | `library` | documents and uploads | `platform`, `media`, `facts`, `module` |
//! | `maintenance` | garbage collection, retention, verification: jobs of the installation | `platform`, `media`, `module` |
//! | `reel`, … | one app each | all of the above, no other app |
//! | `app` | an engine with the jobs of all apps | all of the above; nothing imports it |

pub mod app;
pub mod facts;
pub mod library;
pub mod maintenance;
pub mod media;
pub mod module;
pub mod platform;
pub mod routing;
pub mod view;

// The apps, one line each.
pub mod reel;
