//! Texts: what Anki exports, with or without headers, CSV of others, and lists with a phrase on each line.

use std::collections::HashSet;

use super::{Fronts, NOTES, Refusal, front, package};

/// Most characters of a phrase in a list: what has longer lines is prose.
const LIST_CHARS: usize = 300;
/// Lines by which a separator is found out.
const LOOKED_AT: usize = 50;

/// What the first lines of a text say about it.
#[derive(Debug, Default)]
struct Headers {
    separator: Option<char>,
    html: Option<bool>,
    /// Columns, from 1, that hold no field.
    special: Vec<usize>,
    found: bool,
}

/// The fronts of a text.
pub(super) fn fronts(bytes: &[u8]) -> Result<Fronts, Refusal> {
    let text = decoded(bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Refusal::Empty);
    }
    refuse_markup(text)?;
    let (headers, body) = headers(text);
    let separator = headers.separator.or_else(|| likely_separator(body));
    let is_list = separator.is_none() && !headers.found;
    if is_list && body.lines().any(|line| line.chars().count() > LIST_CHARS) {
        return Err(not_a_deck("a text with long lines"));
    }
    let column = (1..=headers.special.len() + 1).find(|column| !headers.special.contains(column)).unwrap_or(1);
    let (mut fronts, mut seen) = (Fronts::default(), HashSet::new());
    for row in Rows::of(body, separator) {
        let Some(value) = row.get(column - 1) else { continue };
        fronts.notes += 1;
        if fronts.notes > NOTES {
            return Err(package::too_many());
        }
        let text = if headers.html == Some(false) { front::plain(value) } else { front::of_html(value) };
        front::add(&mut fronts.texts, &mut seen, text);
    }
    Ok(fronts)
}

/// UTF-8, or UTF-16 with its mark.
fn decoded(bytes: &[u8]) -> Result<String, Refusal> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.as_chunks().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16(&units).map_err(|_| not_a_deck("neither a package nor text"))
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        _ => std::str::from_utf8(bytes).map_err(|_| not_a_deck("neither a package nor text in UTF-8"))?.to_owned(),
    };
    if text.contains('\0') { Err(not_a_deck("neither a package nor text")) } else { Ok(text) }
}

/// Refuses what other programs write for others.
fn refuse_markup(text: &str) -> Result<(), Refusal> {
    let start: String = text.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    let found = match start.as_str() {
        html if html.starts_with("<!doctype") || html.starts_with("<html") => "a page of the web",
        xml if xml.starts_with("<?xml") || xml.starts_with("<svg") => "XML",
        pdf if pdf.starts_with("%pdf-") => "a PDF",
        json if json.starts_with('{') && !json.starts_with("{{c") => "JSON",
        json if json.starts_with("[{") || json.starts_with("[\"") => "JSON",
        _ => return Ok(()),
    };
    Err(not_a_deck(found))
}

fn not_a_deck(found: &str) -> Refusal {
    Refusal::NotADeck { found: found.to_owned() }
}

/// The headers of a text, and what follows them.
fn headers(text: &str) -> (Headers, &str) {
    let mut headers = Headers::default();
    let mut rest = text;
    while let Some(line) = rest.lines().next() {
        let Some((key, value)) = line.strip_prefix('#').and_then(|header| header.split_once(':')) else { break };
        let (key, value) = (key.trim().to_lowercase(), value.trim_end_matches('\r'));
        match key.as_str() {
            "separator" => headers.separator = named_separator(value),
            "html" => headers.html = Some(value.trim().eq_ignore_ascii_case("true")),
            "guid column" | "deck column" | "notetype column" | "tags column" => {
                headers.special.extend(value.trim().parse::<usize>());
            }
            "notetype" | "deck" | "tags" | "columns" | "if matches" => {}
            // No header of Anki: it is a phrase, or a comment.
            _ => break,
        }
        headers.found = true;
        rest = rest.split_once('\n').map_or("", |(_, after)| after);
    }
    (headers, rest)
}

fn named_separator(name: &str) -> Option<char> {
    Some(match name.trim().to_lowercase().as_str() {
        "comma" => ',',
        "semicolon" => ';',
        "tab" => '\t',
        "space" => ' ',
        "pipe" => '|',
        "colon" => ':',
        _ => return name.chars().next(),
    })
}

/// A tab wherever it occurs; semicolon or comma if each of the first lines has as many of it.
fn likely_separator(text: &str) -> Option<char> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT).collect();
    if lines.iter().any(|line| line.contains('\t')) {
        return Some('\t');
    }
    [';', ','].into_iter().find(|separator| {
        let counts: HashSet<usize> = lines.iter().map(|line| outside_quotes(line, *separator)).collect();
        lines.len() > 1 && counts.len() == 1 && !counts.contains(&0)
    })
}

fn outside_quotes(line: &str, separator: char) -> usize {
    let (mut quoted, mut count) = (false, 0);
    for character in line.chars() {
        quoted ^= character == '"';
        count += usize::from(character == separator && !quoted);
    }
    count
}

/// The rows of a text, whose values may be in quotes, over several lines then.
struct Rows<'a> {
    characters: std::iter::Peekable<std::str::Chars<'a>>,
    separator: Option<char>,
}

impl<'a> Rows<'a> {
    fn of(text: &'a str, separator: Option<char>) -> Self {
        Self { characters: text.chars().peekable(), separator }
    }

    /// The rest of a value in quotes, in which two of them are one.
    fn quoted(&mut self, value: &mut String) {
        while let Some(character) = self.characters.next() {
            if character != '"' {
                value.push(character);
            } else if self.characters.next_if_eq(&'"').is_some() {
                value.push('"');
            } else {
                return;
            }
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Vec<String>;

    fn next(&mut self) -> Option<Vec<String>> {
        self.characters.peek()?;
        let (mut row, mut value) = (Vec::new(), String::new());
        while let Some(character) = self.characters.next() {
            match character {
                // Without separators, a quote is a sign of the phrase.
                '"' if value.is_empty() && self.separator.is_some() => self.quoted(&mut value),
                '\n' => break,
                '\r' => {}
                other if Some(other) == self.separator => row.push(std::mem::take(&mut value)),
                other => value.push(other),
            }
        }
        row.push(value);
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        fronts(text.as_bytes()).unwrap().texts
    }

    #[test]
    fn an_export_of_anki_is_read_by_its_headers() {
        let text = "#separator:Semicolon\n#html:true\n#guid column:1\n#notetype column:2\nx;Basic;\"a &amp; b\";c\ny;Basic;\"d;\n\"\"e\"\"\";f\n";
        assert_eq!(texts(text), ["a & b", "d; \"e\""]);
        assert_eq!(texts("#separator:tab\n#html:false\na <b>\tc\r\n"), ["a <b>"]);
    }

    #[test]
    fn separators_are_found_out() {
        assert_eq!(texts("a, b\tc\nd\te\n"), ["a, b", "d"]);
        assert_eq!(texts("a,1\nb,2\na,3\n"), ["a", "b"]);
        assert_eq!(texts("Hello, you\nGood day\n\"Quoted\" phrase\n"), ["Hello, you", "Good day", "\"Quoted\" phrase"]);
        assert_eq!(texts("#hash: tag\nphrase\n"), ["#hash: tag", "phrase"]);
    }

    #[test]
    fn wide_text_is_read() {
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend("слово\tword\n".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(fronts(&bytes).unwrap().texts, ["слово"]);
    }

    #[test]
    fn what_is_no_deck_is_refused() {
        let long = "word ".repeat(100);
        for text in ["<!DOCTYPE html><p>x", "<?xml version='1.0'?>", "{\"a\": 1}", "%PDF-1.7", &long, "a\0b"] {
            assert!(matches!(fronts(text.as_bytes()), Err(Refusal::NotADeck { .. })), "{text}");
        }
        assert!(matches!(fronts(&[0x89, b'P', b'N', b'G', 0xff]), Err(Refusal::NotADeck { .. })));
        assert_eq!(fronts(b" \n"), Err(Refusal::Empty));
        assert_eq!(fronts(b""), Err(Refusal::Empty));
    }
}
