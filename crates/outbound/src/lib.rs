//! The one HTTP client for addresses that people name: it reaches what is public, and of the operator's own network only
//! what the operator allows. So nobody can use this server to reach what they cannot reach themselves (SSRF).
//!
//! | file | holds |
//! |---|---|
//! | `places` | which IP addresses are public |
//! | `rules` | what the operator allows, and which URLs are acceptable at all |
//! | `resolver` | names: what a connection is opened to is what was checked |
//! | `client` | requests: without redirects, with a time and a size |
//! | `content` | what a request carries: bytes, or a form with files |
//! | `incoming` | an answer that is read while it arrives |

mod client;
mod content;
mod incoming;
mod places;
mod resolver;
mod rules;

pub use client::{Answer, Beyond, Client, Limits, Request, SendError, Settings, SetupError};
pub use content::{Content, Field, FieldValue};
pub use incoming::Incoming;
pub use places::is_public;
pub use resolver::{Lookup, SystemLookup};
pub use rules::{Address, AddressError, Allowed, InvalidAllowed, Rules};
