//! What rates count, and how much of it a stage needs.

use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::sql::Row;

/// What a rate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Claims: each counts as one.
    Requests,
    /// Of a language model.
    Tokens,
    /// Of sound.
    Seconds,
    /// Of text.
    Characters,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Requests, Self::Tokens, Self::Seconds, Self::Characters];

    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Tokens => "tokens",
            Self::Seconds => "seconds",
            Self::Characters => "characters",
        }
    }

    /// The unit of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == name)
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let name: String = row.get("unit")?;
        Self::parse(&name).ok_or_else(|| StoreError::Unreadable { what: format!("the unit \"{name}\" of a rate") })
    }
}

/// How much of what rates count a stage needs, as an estimate. The one request is implied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Amounts {
    /// Of a language model, in and out.
    #[serde(skip_serializing_if = "is_zero")]
    pub tokens: u64,
    /// Of sound.
    #[serde(skip_serializing_if = "is_zero")]
    pub seconds: u64,
    /// Of text.
    #[serde(skip_serializing_if = "is_zero")]
    pub characters: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Amounts {
    /// Nothing but the request.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    pub(super) const fn of(self, unit: Unit) -> u64 {
        match unit {
            Unit::Requests => 1,
            Unit::Tokens => self.tokens,
            Unit::Seconds => self.seconds,
            Unit::Characters => self.characters,
        }
    }

    pub(crate) fn stored(self) -> Option<String> {
        if self.is_empty() { None } else { serde_json::to_string(&self).ok() }
    }

    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        let text: Option<String> = row.get("amounts")?;
        text.map_or(Ok(Self::default()), |text| crate::json(&text, "what a job asks for"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_stored_when_there_are_any() {
        assert_eq!(Amounts::default().stored(), None);
        let some = Amounts { tokens: 1_200, ..Amounts::default() };
        assert_eq!(some.stored().as_deref(), Some(r#"{"tokens":1200}"#));
    }
}
