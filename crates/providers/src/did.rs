//! D-ID: a presenter says what is heard. Three generations of its service have one life cycle: a talk of a still image, a
//! clip of a filmed presenter, and an expressive avatar.
//!
//! Work is submitted with a mark made of our key, which D-ID returns in its lists: if the answer of a submission is lost, the
//! lists say whether it arrived. Links to results expire, so that a finished video is downloaded at once.

mod account;
mod avatars;
mod presenter;
mod search;
mod uploads;
mod work;

use http::HeaderMap;

pub use account::{Account, Credits, KeyForm, Settings};
pub use presenter::Presenter;
pub use uploads::Face;
pub use work::Kind;

use crate::webhook::{Notice, Refused, check_size, id_in, parse};

/// The provider's name in health, limits and prices.
pub const NAME: &str = "d-id";

/// Reads a webhook. D-ID signs none and sends each once, so that the token of the endpoint alone authenticates it; nothing
/// but the id of the work is taken from it.
pub fn webhook(_headers: &HeaderMap, body: &[u8]) -> Result<Notice, Refused> {
    check_size(body)?;
    Ok(Notice { provider_id: id_in(&parse(body)?, &["/id"])?, event_id: None })
}
