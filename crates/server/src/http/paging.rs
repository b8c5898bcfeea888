//! What the query strings of all lists share: the page size, and text filters.

use std::str::FromStr;

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

pub(crate) use super::bounds::Text;
use super::problem::Problem;

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

/// The query of a list whose cursor is the id of the last item of the previous page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageQuery {
    /// Page size.
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `next_cursor` of the previous page.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

impl PageQuery {
    /// The size of the page, and the item after which it begins.
    pub(crate) fn place<Id: FromStr>(&self) -> Result<(u32, Option<Id>), Problem> {
        let foreign = |_| Problem::bad_request("The cursor is not one that this server gave: begin again without it.");
        let after = self.cursor.as_deref().map(|cursor| cursor.parse().map_err(foreign)).transpose()?;
        Ok((self.limit.get(), after))
    }
}
