//! Types of what requests hold whose bounds are both in the code and in the OpenAPI document.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The longest name in an address: what is longer names nothing.
pub(crate) const NAME: usize = 200;
/// The longest list of entity tags in a header.
pub(crate) const TAGS: usize = 2_000;
/// The largest integer that all clients can count to: JSON's numbers are floating-point in many.
pub(crate) const COUNTED: i64 = 9_007_199_254_740_991;

/// A text of at most `MOST` characters. NUL is removed: no row contains it, and PostgreSQL rejects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text<const MOST: usize>(pub(crate) String);

impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.chars().count() > MOST {
            return Err(D::Error::custom(format_args!("there is a text of more than {MOST} characters: shorten it")));
        }
        Ok(Self(text.replace('\0', "")))
    }
}

impl<const MOST: usize> PartialSchema for Text<MOST> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).max_length(Some(MOST)).into()
    }
}

impl<const MOST: usize> ToSchema for Text<MOST> {}

/// An integer from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Integer<const LEAST: i64, const MOST: i64>(pub(crate) i64);

/// Milliseconds since 1970.
pub(crate) type Moment = Integer<0, COUNTED>;

impl<'de, const LEAST: i64, const MOST: i64> Deserialize<'de> for Integer<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        if (LEAST..=MOST).contains(&number) {
            return Ok(Self(number));
        }
        Err(D::Error::custom(format_args!("{number} is not between {LEAST} and {MOST}")))
    }
}

impl<const LEAST: i64, const MOST: i64> PartialSchema for Integer<LEAST, MOST> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(LEAST))
            .maximum(Some(MOST))
            .into()
    }
}

impl<const LEAST: i64, const MOST: i64> ToSchema for Integer<LEAST, MOST> {}

/// An id that the server assigned.
#[derive(ToSchema)]
#[schema(value_type = String, format = "uuid")]
#[expect(dead_code, reason = "only described")]
pub(crate) struct Id(String);

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    #[test]
    fn what_is_beyond_a_bound_is_refused_with_the_bound() {
        assert_eq!(from_value::<Text<2>>(json!("äß")).unwrap(), Text("äß".to_owned()));
        assert_eq!(from_value::<Text<2>>(json!("a\0")).unwrap(), Text("a".to_owned()));
        assert!(from_value::<Text<2>>(json!("abc")).unwrap_err().to_string().contains("more than 2 characters"));
        assert_eq!([0, 7].map(|number| from_value::<Integer<0, 7>>(json!(number)).unwrap().0), [0, 7]);
        for beyond in [-1, 8] {
            let error = from_value::<Integer<0, 7>>(json!(beyond)).unwrap_err().to_string();
            assert_eq!(error, format!("{beyond} is not between 0 and 7"));
        }
    }

    #[test]
    fn the_document_has_the_same_bounds() {
        let of_text = to_value(Text::<2>::schema()).unwrap();
        assert_eq!(of_text, json!({ "type": "string", "maxLength": 2 }));
        let of_number = to_value(Integer::<0, 7>::schema()).unwrap();
        assert_eq!(of_number, json!({ "type": "integer", "format": "int64", "minimum": 0, "maximum": 7 }));
    }
}
