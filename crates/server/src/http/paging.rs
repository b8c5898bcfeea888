//! What the query strings of all lists share: the page size, and text filters.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// Page size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "u32")]
#[schema(minimum = 1, maximum = 100, default = 20)]
pub(crate) struct Limit(u32);

impl Limit {
    pub(crate) const fn get(self) -> u32 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

impl TryFrom<u32> for Limit {
    type Error = &'static str;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        if (1..=100).contains(&number) { Ok(Self(number)) } else { Err("a page has from 1 to 100 items") }
    }
}

/// A text filter of at most `MOST` characters. NUL is removed: no row contains it, and PostgreSQL rejects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text<const MOST: usize>(pub(crate) String);

impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.chars().count() > MOST {
            return Err(D::Error::custom(format_args!("there is text of more than {MOST} characters in the query")));
        }
        Ok(Self(text.replace('\0', "")))
    }
}
