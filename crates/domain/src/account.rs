//! Accounts: who may do what.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Text that names none of the values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not {wanted}")]
pub struct UnknownName {
    /// What was given, cut to 64 characters.
    pub text: String,
    /// What is possible.
    pub wanted: &'static str,
}

macro_rules! names {
    ($(#[$doc:meta])* $name:ident, $wanted:literal { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name as it is stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl FromStr for $name {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(UnknownName { text: text.chars().take(64).collect(), wanted: $wanted }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names!(
    /// What an account may do.
    Role, "admin or member" {
        /// Everything of its own, and the administration of the installation.
        Admin = "admin",
        /// Everything of its own.
        Member = "member",
    }
);
names!(
    /// Whether an account can be used.
    AccountState, "active, suspended or deleted" {
        /// It can.
        Active = "active",
        /// An administrator has locked it. Its data stay.
        Suspended = "suspended",
        /// It is gone, and what it made is going.
        Deleted = "deleted",
    }
);
names!(
    /// What the bearer of a token may do.
    Scope, "read, write, admin or metrics" {
        /// See everything of the account.
        Read = "read",
        /// Change and make things, which may cost.
        Write = "write",
        /// Administrate the installation, if the account may.
        Admin = "admin",
        /// Read the metrics of the installation, if the account may administrate it.
        Metrics = "metrics",
    }
);

/// The scopes of a token, written as in RFC 6749, 3.3: names separated by spaces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Whether a request that needs `scope` is allowed.
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Each of them, in the order of [`Scope::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }

    /// Whether nothing is allowed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl FromStr for Scopes {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        text.split_whitespace().map(str::parse).collect()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "))
    }
}

/// An email address in the one form in which it is stored and compared: trimmed, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Text that is no email address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is not an email address such as ada@example.org")]
pub struct InvalidEmail;

impl Email {
    /// The address as it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    /// Accepts what has one @ between a name and a host, and no space or control character: whether mail arrives can only
    /// be found out by sending some.
    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim().to_lowercase();
        let odd = |c: char| c.is_whitespace() || c.is_control() || "<>(),;:\\\"[]".contains(c);
        match text.split_once('@') {
            Some((name, host))
                if (1..=64).contains(&name.len())
                    && (1..=189).contains(&host.len())
                    && !host.contains('@')
                    && !text.contains(odd) =>
            {
                Ok(Self(text))
            }
            _ => Err(InvalidEmail),
        }
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;

    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_written_as_in_oauth() {
        let scopes: Scopes = "write  read".parse().unwrap_or_default();
        assert_eq!(scopes.to_string(), "read write");
        assert!(scopes.allow(Scope::Read) && !scopes.allow(Scope::Admin));
        assert_eq!(
            "read all".parse::<Scopes>().map_err(|error| error.to_string()),
            Err("\"all\" is not read, write, admin or metrics".to_owned())
        );
        assert!("".parse::<Scopes>().is_ok_and(|scopes| scopes.is_empty()));
    }

    #[test]
    fn addresses_have_one_form() {
        assert_eq!(" Ada@Example.ORG ".parse::<Email>().map(String::from), Ok("ada@example.org".to_owned()));
        let long = format!("{}@example.org", "a".repeat(65));
        for bad in ["", "ada", "@example.org", "ada@", "a@b@c", "a b@c", "a\n@c", "<a@b>", long.as_str()] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }
}
