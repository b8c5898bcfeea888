//! The one HTTP client for addresses that people name: it reaches what is public, and of the operator's own network only
//! what the operator allows. So nobody can use this server to reach what they cannot reach themselves (SSRF).
//!
//! | file | holds |
//! |---|---|
//! | `places` | which IP addresses are public |
//! | `rules` | what the operator allows, and which URLs are acceptable at all |
//! | `resolver` | names: what a connection is opened to is what was checked |
//! | `client` | requests: without redirects, with a time and a size |

mod client;
mod places;
mod resolver;
mod rules;

pub use client::{Answer, Beyond, Client, Limits, Request, SendError, Settings, SetupError};
pub use places::is_public;
pub use resolver::{Lookup, SystemLookup};
pub use rules::{Address, AddressError, Allowed, InvalidAllowed, Rules};
