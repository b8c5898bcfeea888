//! Web and mail addresses, taken apart.

use crate::scan::chunk;

/// Endings of host names that may stand without `www` or `https`.
/// Names of files end in the same way.
const ENDINGS: [&str; 46] = [
    "txt", "md", "pdf", "csv", "json", "html", "xml", "jpg", "png", "zip", "docx", "xlsx", "com", "org", "net", "edu",
    "gov", "int", "info", "io", "ai", "app", "dev", "eu", "uk", "us", "de", "fr", "es", "it", "nl", "ch", "at", "be",
    "ca", "au", "jp", "cn", "in", "br", "sa", "ae", "eg", "qa", "biz", "tv",
];

/// An address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address<'a> {
    pub(crate) end: usize,
    /// What is said of it: the user and the host, and a short path.
    pub(crate) said: &'a str,
}

/// The address at a byte.
pub(crate) fn address(text: &str, at: usize) -> Option<Address<'_>> {
    let whole = chunk(text, at);
    let whole = whole.trim_end_matches(|c: char| {
        matches!(
            c,
            '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '>' | '"' | '”' | '»' | '’' | '\'' | '،' | '؟' | '؛'
        )
    });
    let end = at + whole.len();
    let (scheme, rest) = ["https://", "http://", "ftp://", "mailto:"]
        .iter()
        .find_map(|scheme| Some((true, whole.strip_prefix(scheme)?)))
        .unwrap_or((false, whole));
    let bare = rest.strip_prefix("www.").filter(|bare| bare.contains('.'));
    let (host, path) = bare.unwrap_or(rest).split_once('/').unwrap_or((bare.unwrap_or(rest), ""));
    let host = host.split(['?', '#', ':']).next().unwrap_or(host);
    if !(scheme || bare.is_some() || is_mail(host) || is_host(host)) || !is_plain(host) {
        return None;
    }
    let start = rest.len() - bare.unwrap_or(rest).len();
    let path = path.trim_end_matches('/');
    let short = path.len() <= 24 && path.split('/').count() <= 2 && !path.is_empty();
    let readable = short && path.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '/'));
    let length = host.len() + if readable { 1 + path.len() } else { 0 };
    Some(Address { end, said: &rest[start..start + length] })
}

fn is_plain(host: &str) -> bool {
    let is_sign = |c: char| matches!(c, '.' | '-' | '_' | '@' | '+');
    host.contains(char::is_alphanumeric) && host.chars().all(|c| c.is_alphanumeric() || is_sign(c))
}

fn is_mail(host: &str) -> bool {
    host.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.split('.').count() >= 2 && host.split('.').all(|part| !part.is_empty())
    })
}

fn is_host(host: &str) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    parts.len() >= 2
        && parts.iter().all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
        && parts[0].len() >= 2
        && ENDINGS.contains(&parts[parts.len() - 1])
}
