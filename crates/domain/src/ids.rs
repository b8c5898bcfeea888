//! Typed ids. Each is a UUIDv7 (RFC 9562) in its text form: sortable by time of creation, and of no use as a secret.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not an id")]
pub struct InvalidId {
    /// What was given, cut to 64 characters.
    pub text: String,
}

/// Defines the type of an entity's ids. Those of shared entities are below; an app defines its own beside its tables.
#[macro_export]
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A new id from the time and ten random bytes, both handed in.
            pub fn new(now: $crate::time::Timestamp, random: [u8; 10]) -> Self {
                Self($crate::ids::text_of(now, &random))
            }

            /// The id as it is stored and shown.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ids::InvalidId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::ids::parsed(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::ids::InvalidId;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// The text of a new id.
#[doc(hidden)]
pub fn text_of(now: Timestamp, random: &[u8; 10]) -> String {
    let millis = u64::try_from(now.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid().to_string()
}

/// An id as it is stored, from any form of a UUID.
#[doc(hidden)]
pub fn parsed(text: &str) -> Result<String, InvalidId> {
    let id = uuid::Uuid::try_parse(text).map_err(|_| InvalidId { text: text.chars().take(64).collect() })?;
    Ok(id.to_string())
}

typed_id!(
    /// A job: one durable piece of work.
    JobId
);
typed_id!(
    /// A lease: the right of one attempt to write.
    LeaseId
);
typed_id!(
    /// An uploaded source document.
    DocumentId
);
typed_id!(
    /// An account. It is the owner of its rows: [`AccountId::owner`].
    AccountId
);
typed_id!(
    /// A signed-in browser, as it is listed; what proves it is a secret of its own.
    SessionId
);
typed_id!(
    /// An API token, as it is listed; what proves it is a secret of its own.
    TokenId
);
typed_id!(
    /// An invitation, as it is listed; what proves it is a secret of its own.
    InvitationId
);
typed_id!(
    /// A resumable upload.
    UploadId
);
typed_id!(
    /// An endpoint of somebody else that is notified of events.
    WebhookId
);
typed_id!(
    /// What is sent to an endpoint about one event.
    DeliveryId
);

impl JobId {
    /// When it was made, which is when the job was enqueued: a part of the id.
    pub fn created_at(&self) -> Option<Timestamp> {
        let (seconds, nanos) = uuid::Uuid::try_parse(&self.0).ok()?.get_timestamp()?.to_unix();
        let millis = seconds.checked_mul(1000)?.checked_add(u64::from(nanos / 1_000_000))?;
        Some(Timestamp::from_millis(i64::try_from(millis).ok()?))
    }
}

impl AccountId {
    /// The owner of what this account has.
    pub fn owner(&self) -> OwnerId {
        OwnerId(self.0.clone())
    }
}

/// Whose something is: one person's or one organisation's rows. An account's id, or [`OwnerId::local`] on an
/// installation without accounts. 1 to 64 ASCII letters, digits and `-_.:@`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OwnerId(String);

impl OwnerId {
    /// The owner of everything on an installation without accounts.
    pub fn local() -> Self {
        Self("local".to_owned())
    }

    /// The owner of what belongs to the installation: maintenance, and stage results that all owners share. No account's id
    /// begins with a colon.
    pub fn system() -> Self {
        Self(":system".to_owned())
    }

    /// The owner as it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OwnerId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:@".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidId { text: text.chars().take(64).collect() })
    }
}

impl TryFrom<String> for OwnerId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<OwnerId> for String {
    fn from(owner: OwnerId) -> Self {
        owner.0
    }
}

impl fmt::Display for OwnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OwnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_short_plain_text_that_means_nothing_else() {
        assert_eq!("ada@example.org".parse::<OwnerId>().map(String::from), Ok("ada@example.org".to_owned()));
        let long = "a".repeat(65);
        for text in ["", "*", "a b", "a\0", "ä", long.as_str()] {
            assert!(text.parse::<OwnerId>().is_err(), "{text}");
        }
    }

    #[test]
    fn ids_sort_by_time_and_round_trip() {
        let early = JobId::new(Timestamp::from_millis(1_000), [7; 10]);
        let late = JobId::new(Timestamp::from_millis(2_000), [0; 10]);
        assert!(early < late);
        assert_eq!(early.as_str().parse::<JobId>(), Ok(early.clone()));
    }

    #[test]
    fn other_text_is_refused() {
        assert!("../../etc/passwd".parse::<DocumentId>().is_err());
    }
}
