//! Lists of entity tags, as `If-Match` and `If-None-Match` have them (RFC 9110, 8.8.3 and 13.1).

use axum::http::{HeaderMap, header};

use super::bounds::TAGS;
use super::problem::Problem;

/// The strong entity tags of `If-Match`, each with its quotation marks; none if there is no such header, or it is `*`. A weak one
/// never matches, and is left out. `whose` is for the refusal of what is no list: `a scene`.
pub(crate) fn if_match(headers: &HeaderMap, whose: &str) -> Result<Option<Vec<String>>, Problem> {
    let mut tags = Vec::new();
    let mut given = false;
    for value in headers.get_all(header::IF_MATCH) {
        given = true;
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(None);
        }
        if text.len() > TAGS {
            return Err(Problem::bad_request(format!(
                "If-Match has at most {TAGS} characters: send the newest etag alone."
            )));
        }
        let list = list(text).ok_or_else(|| {
            Problem::bad_request(format!(
                "If-Match is * or the etag of {whose} as the server gave it, with its quotation marks."
            ))
        })?;
        tags.extend(list.iter().filter(|tag| !tag.weak).map(|tag| tag.text.to_owned()));
    }
    Ok(given.then_some(tags))
}

/// Whether `If-None-Match` names the state with this tag, or any: what is asked for need not be sent. Weakly compared; of several
/// lines each counts.
pub(crate) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = etag.strip_prefix("W/").unwrap_or(etag);
    let names =
        |text: &str| text.trim() == "*" || list(text).is_some_and(|tags| tags.iter().any(|tag| tag.text == opaque));
    headers.get_all(header::IF_NONE_MATCH).iter().any(|line| line.to_str().is_ok_and(names))
}

/// The entity tags of a header, each with its quotation marks and, if it is weak, without `W/`. None if it is no such list.
pub(crate) fn list(header: &str) -> Option<Vec<Tag<'_>>> {
    let mut tags = Vec::new();
    let mut rest = header.trim_start_matches([' ', '\t', ',']);
    while !rest.is_empty() {
        let (weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |quoted| (true, quoted));
        // A comma may be part of a tag, a quotation mark not.
        let length = quoted.strip_prefix('"')?.find('"')? + 2;
        let (text, after) = quoted.split_at(length);
        if text.chars().any(|c| c.is_ascii_control() || c == ' ') {
            return None;
        }
        tags.push(Tag { text, weak });
        let after = after.trim_start_matches([' ', '\t']);
        if !after.is_empty() && !after.starts_with(',') {
            return None;
        }
        rest = after.trim_start_matches([' ', '\t', ',']);
    }
    Some(tags)
}

/// One entity tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// With its quotation marks.
    pub(crate) text: &'a str,
    /// Whether it names an equivalent state only.
    pub(crate) weak: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_list_than_any_is_refused() {
        let read = |length: usize| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, format!("\"{}\"", "a".repeat(length - 2)).parse().unwrap());
            if_match(&headers, "a scene").map_err(|problem| problem.status())
        };
        assert_eq!(read(TAGS).unwrap().unwrap().len(), 1);
        assert_eq!(read(TAGS + 1).unwrap_err(), 400);
    }

    #[test]
    fn each_line_of_what_a_client_has_counts() {
        let known = |lines: &[&'static str], etag: &str| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::IF_NONE_MATCH, header::HeaderValue::from_static(line));
            }
            is_known(&headers, etag)
        };
        for lines in [&["\"a\"", "\"b\""][..], &["\"b\", W/\"a\""], &["no list", "W/\"a\""], &["\"b\"", "*"]] {
            assert!(known(lines, "\"a\"") && known(lines, "W/\"a\""), "{lines:?}");
        }
        let others: [&[&str]; 3] = [&[], &["\"b\"", "\"c\""], &["a"]];
        for lines in others {
            assert!(!known(lines, "\"a\""), "{lines:?}");
        }
    }

    #[test]
    fn a_list_is_split_where_its_tags_end() {
        let of = |text| list(text).map(|tags| tags.iter().map(|tag| (tag.text, tag.weak)).collect::<Vec<_>>());
        assert_eq!(of("W/\",9\", \">N>E\""), Some(vec![("\",9\"", true), ("\">N>E\"", false)]));
        assert_eq!(of(" , \"a\",,\"\" "), Some(vec![("\"a\"", false), ("\"\"", false)]));
        assert_eq!(of(""), Some(Vec::new()));
        for wrong in ["a", "\"a", "\"", "W/a", "\"a\" \"b\"", "\"a\"b", "w/\"a\"", "\"a b\"", "*"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
