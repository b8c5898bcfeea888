//! What the operator allows beyond the public Internet, and which URLs are acceptable at all.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use reqwest::Url;

use crate::places::is_public;

/// Something beyond the public Internet that may be reached, also without TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// The addresses of a network.
    Network(IpNet),
    /// A host by its name, whatever its addresses are.
    Host(String),
}

/// Text that names neither a network, an address, nor a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is no network, address or host name: name one such as 10.1.0.0/16, 127.0.0.1 or hooks.internal")]
pub struct InvalidAllowed {
    /// What was given.
    pub text: String,
}

impl FromStr for Allowed {
    type Err = InvalidAllowed;

    fn from_str(text: &str) -> Result<Self, InvalidAllowed> {
        let text = text.trim().trim_end_matches('.');
        if let Some(network) = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)) {
            return Ok(Self::Network(network));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        // What ends in a number would be read as an address.
        let numeric = text.rsplit('.').next().is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
        if text.is_empty() || text.len() > 253 || !text.bytes().all(plain) || numeric {
            return Err(InvalidAllowed { text: text.to_owned() });
        }
        Ok(Self::Host(text.to_ascii_lowercase()))
    }
}

/// What may be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    allowed: Vec<Allowed>,
}

impl Rules {
    /// The public Internet by https, and what is in this list, also by http.
    pub fn new(allowed: Vec<Allowed>) -> Self {
        Self { allowed }
    }

    /// Whether the operator named this address.
    pub(crate) fn names(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|one| matches!(one, Allowed::Network(network) if network.contains(&address)))
    }

    /// Whether the operator named this host.
    pub(crate) fn names_host(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        self.allowed.iter().any(|one| matches!(one, Allowed::Host(name) if name.eq_ignore_ascii_case(host)))
    }

    /// Checks what can be checked of a URL without resolving its host. The addresses of a host that is a name are checked
    /// when a connection is opened.
    pub fn address(&self, text: &str) -> Result<Address, AddressError> {
        if text.len() > LONGEST {
            return Err(AddressError::TooLong);
        }
        let mut url = Url::parse(text).map_err(|_| AddressError::NotAnAddress)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(AddressError::Scheme { found: url.scheme().to_owned() });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        url.set_fragment(None);
        let host = url.host_str().unwrap_or_default().to_owned();
        // The parser has read every form of an address: decimal, octal, hexadecimal, with parts left out.
        let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        // Of a name, if the operator allows some network: that it is in one of them is checked when it is resolved.
        let is_allowed =
            literal.map_or_else(|| self.names_host(&host) || self.names_networks(), |address| self.names(address));
        if is_allowed {
            return Ok(Address { url, host });
        }
        if url.scheme() == "http" {
            return Err(AddressError::Unencrypted);
        }
        if literal.map_or_else(|| is_local_name(&host), |address| !is_public(address)) {
            return Err(AddressError::NotPublic);
        }
        Ok(Address { url, host })
    }

    fn names_networks(&self) -> bool {
        self.allowed.iter().any(|one| matches!(one, Allowed::Network(_)))
    }
}

/// The most characters of a URL.
const LONGEST: usize = 2_000;

/// Names that are never public (RFC 6761, RFC 6762, RFC 9476, ICANN's "internal").
fn is_local_name(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    let last = host.rsplit('.').next().unwrap_or_default();
    !host.contains('.')
        || ["localhost", "local", "internal", "invalid", "test", "alt", "onion"]
            .iter()
            .any(|name| last.eq_ignore_ascii_case(name))
}

/// A URL that may be asked, as far as that is known before its host is resolved.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(crate) url: Url,
    host: String,
}

impl Address {
    /// The URL in its normal form.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Its host: a name in lower case, or an address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its host and port, by which what is about the same server is kept together.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.url.port_or_known_default().unwrap_or_default())
    }

    /// The URL that a reference in an answer of this one means (`Location`), if it is on the same server.
    pub fn on_same_server(&self, reference: &str) -> Option<String> {
        let url = self.url.join(reference).ok()?;
        (url.origin() == self.url.origin()).then(|| url.into())
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }
}

/// Only the host: the rest of an address may contain a secret.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.authority())
    }
}

/// Why a URL is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no URL with a host.
    #[error("This is no address. Give a complete one, such as https://example.org/hooks.")]
    NotAnAddress,
    /// It is too long.
    #[error("The address has more than {LONGEST} characters. Give a shorter one.")]
    TooLong,
    /// It has another scheme.
    #[error("The address begins with {found}:. Give one that begins with https://.")]
    Scheme {
        /// The scheme.
        found: String,
    },
    /// It has a user name or a password, which would be shown with it.
    #[error("The address contains a user name or a password. Leave them out.")]
    Credentials,
    /// It has no TLS, and the operator has not allowed its host.
    #[error(
        "The address has no TLS. Give one that begins with https://, or ask the operator to allow its host (outbound.allow)."
    )]
    Unencrypted,
    /// Its host is not public, and the operator has not allowed it.
    #[error("The address is not public. Give a public one, or ask the operator to allow its host (outbound.allow).")]
    NotPublic,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(allowed: &[&str]) -> Rules {
        Rules::new(allowed.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn only_complete_public_addresses_with_tls_are_acceptable() {
        let none = rules(&[]);
        for fine in
            ["https://example.org", "https://example.org:8443/a?b=c", "https://1.1.1.1/x", "HTTPS://EXAMPLE.org"]
        {
            assert!(none.address(fine).is_ok(), "{fine}");
        }
        for (bad, why) in [
            ("", AddressError::NotAnAddress),
            ("example.org/hooks", AddressError::NotAnAddress),
            ("https://", AddressError::NotAnAddress),
            ("ftp://example.org", AddressError::Scheme { found: "ftp".to_owned() }),
            ("file:///etc/passwd", AddressError::Scheme { found: "file".to_owned() }),
            ("https://user@example.org", AddressError::Credentials),
            ("https://user:secret@example.org", AddressError::Credentials),
            ("http://example.org", AddressError::Unencrypted),
            ("http://127.0.0.1", AddressError::Unencrypted),
            ("https://127.0.0.1", AddressError::NotPublic),
            ("https://2130706433/", AddressError::NotPublic),
            ("https://0x7f.1/", AddressError::NotPublic),
            ("https://0177.0.0.1/", AddressError::NotPublic),
            ("https://[::1]/", AddressError::NotPublic),
            ("https://[::ffff:a9fe:a9fe]/", AddressError::NotPublic),
            ("https://localhost/", AddressError::NotPublic),
            ("https://metadata.google.internal/", AddressError::NotPublic),
            ("https://printer.local./", AddressError::NotPublic),
            ("https://database/", AddressError::NotPublic),
        ] {
            assert_eq!(none.address(bad).unwrap_err(), why, "{bad}");
        }
        assert_eq!(none.address(&format!("https://e.org/{}", "a".repeat(2_000))).unwrap_err(), AddressError::TooLong);
    }

    #[test]
    fn what_the_operator_names_is_acceptable_also_without_tls() {
        let some = rules(&["10.1.0.0/16", "::1", "Hooks.Internal."]);
        for fine in [
            "http://10.1.2.3/",
            "https://10.1.2.3/",
            "http://[::1]:8080/",
            "http://hooks.internal/x",
            "http://[::ffff:10.1.0.9]/",
        ] {
            assert!(some.address(fine).is_ok(), "{fine}");
        }
        for bad in ["http://10.2.0.1/", "https://10.2.0.1/", "http://8.8.8.8/", "https://127.0.0.1/"] {
            assert!(some.address(bad).is_err(), "{bad}");
        }
        for bad in ["", "10.0.0.0/33", "a b", "300.1.2.3", "http://x", "1.2.3"] {
            assert!(bad.parse::<Allowed>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_shows_no_more_than_its_host_in_a_log() {
        let address = rules(&[]).address("https://Example.org/hooks/s3cret?key=s3cret#s3cret").unwrap();
        assert_eq!(format!("{address:?}"), "Address(example.org:443)");
        assert_eq!(address.as_str(), "https://example.org/hooks/s3cret?key=s3cret");
    }
}
