//! The text of a field.

use std::collections::HashSet;

use super::FRONT_CHARS;

/// Tags after which a word begins.
const BREAKING: [&str; 12] = ["br", "div", "p", "li", "ul", "ol", "tr", "td", "th", "hr", "table", "img"];
/// Elements whose content is not shown.
const HIDDEN: [&str; 2] = ["style", "script"];
/// Entities that Anki's editor writes, and those that others do.
const ENTITIES: [(&str, &str); 8] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("ndash", "–"),
    ("hellip", "…"),
];
/// Most characters of an entity's name.
const ENTITY_CHARS: usize = 8;

/// Keeps a text that is new.
pub(super) fn add(texts: &mut Vec<String>, seen: &mut HashSet<String>, text: String) {
    if !text.is_empty() && seen.insert(text.clone()) {
        texts.push(text);
    }
}

/// The text of a field that is HTML: without tags, recordings and the marks of clozes.
pub(super) fn of_html(html: &str) -> String {
    // What is escaped is text, not markup.
    plain(&decoded(&without_marks(&without_tags(html))))
}

/// The text on one line.
pub(super) fn plain(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(FRONT_CHARS).collect()
}

fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        // What no tag begins with is a sign.
        if !after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            text.push('<');
            rest = after;
            continue;
        }
        let Some((tag, after)) = after.split_once('>') else { return text };
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let name = name.to_ascii_lowercase();
        if BREAKING.contains(&name.as_str()) {
            text.push(' ');
        }
        rest =
            if HIDDEN.contains(&name.as_str()) && !tag.starts_with('/') { after_element(after, &name) } else { after };
    }
    text.push_str(rest);
    text
}

/// What follows the end of an element.
fn after_element<'a>(html: &'a str, name: &str) -> &'a str {
    let end = format!("</{name}");
    let found = html.to_ascii_lowercase().find(&end).and_then(|at| html.get(at..));
    found.and_then(|end| end.split_once('>')).map_or("", |(_, after)| after)
}

fn decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        let entity = after.split_once(';').filter(|(name, _)| name.chars().count() <= ENTITY_CHARS);
        if let Some((character, after)) = entity.and_then(|(name, after)| Some((meaning(name)?, after))) {
            decoded.push_str(&character);
            rest = after;
        } else {
            decoded.push('&');
            rest = after;
        }
    }
    decoded.push_str(rest);
    decoded
}

fn meaning(entity: &str) -> Option<String> {
    let Some(number) = entity.strip_prefix('#') else {
        return ENTITIES.iter().find(|(name, _)| *name == entity).map(|(_, text)| (*text).to_owned());
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|character| !character.is_control()).map(String::from)
}

/// Without `[sound:…]`, and with the text of `{{c1::text::hint}}` in its place.
fn without_marks(text: &str) -> String {
    let mut silent = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[sound:") {
        silent.push_str(before);
        silent.push(' ');
        rest = after.split_once(']').map_or("", |(_, after)| after);
    }
    silent.push_str(rest);
    let mut shown = String::with_capacity(silent.len());
    let mut rest = silent.as_str();
    while let Some((before, after)) = rest.split_once("{{c") {
        shown.push_str(before);
        let cloze = after.split_once("::").filter(|(number, _)| number.chars().all(|c| c.is_ascii_digit()));
        let Some((inner, after)) = cloze.and_then(|(_, inner)| inner.split_once("}}")) else {
            shown.push_str("{{c");
            rest = after;
            continue;
        };
        shown.push_str(inner.split_once("::").map_or(inner, |(text, _)| text));
        rest = after;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_front_is_what_is_seen_of_it() {
        let html = "<style>.a{}</style><div class=\"x\">one<br>two</div>&nbsp;3 &lt; 4 &amp;amp; [sound:a.mp3] &#x0627;&#1576;";
        assert_eq!(of_html(html), "one two 3 < 4 &amp; اب");
        assert_eq!(of_html("the {{c1::cat::animal}} and {{c12::dog}}"), "the cat and dog");
        assert_eq!(of_html("a < b and c > d"), "a < b and c > d");
        assert_eq!(of_html("&lt;b&gt; &#91;sound:a&#93; &#123;&#123;c1::b}}"), "<b> [sound:a] {{c1::b}}");
    }

    #[test]
    fn what_never_ends_is_cut_off() {
        for html in ["a<b", "a [sound:", "a <script>x", "a &#x110000; {{c1::", "a &", "a {{c"] {
            assert!(of_html(html).starts_with('a'), "{html}");
        }
        assert_eq!(of_html(&"x".repeat(5000)).len(), FRONT_CHARS);
    }
}
