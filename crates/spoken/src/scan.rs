//! Looking around in a text.

/// The character at a byte.
pub(crate) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// The character before a byte.
pub(crate) fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// A sign that changes the letter before it: Latin accents, Arabic vowel marks, the stretching of a line.
pub(crate) fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}')
}

/// Letters, digits and their marks; raised and lowered ones are no part of a word.
pub(crate) fn is_word(character: char) -> bool {
    (character.is_alphanumeric() || is_mark(character)) && !is_vulgar(character) && !is_pictured(character)
}

/// Raised digits and signs.
pub(crate) fn is_superscript(character: char) -> bool {
    matches!(character, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹' | '⁺' | '⁻' | 'ⁿ')
}

fn is_vulgar(character: char) -> bool {
    matches!(character, '¼'..='¾' | '⅐'..='⅞' | '¹' | '²' | '³' | '⁰'..='₟')
}

/// Pictures, letters in circles and squares, and the invisible characters that shape them.
pub(crate) fn is_pictured(character: char) -> bool {
    matches!(character,
        '\u{2460}'..='\u{24ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{1f000}'..='\u{1faff}' | '\u{200b}' | '\u{200d}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}' | '\u{20e3}' | '\u{e000}'..='\u{f8ff}')
}

/// Whether a word ends here.
pub(crate) fn ends(text: &str, at: usize) -> bool {
    !char_at(text, at).is_some_and(is_word)
}

/// Up to the next white space, and no further than anything that has a rule goes.
pub(crate) fn chunk(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let end = rest.char_indices().take(200).find(|(_, c)| c.is_whitespace()).map(|(end, _)| end);
    let longest = || rest.char_indices().nth(200).map_or(rest.len(), |(end, _)| end);
    &rest[..end.unwrap_or_else(longest)]
}

/// Skips white space on the line.
pub(crate) fn skip_spaces(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    at + rest.find(|c: char| !c.is_whitespace() || c == '\n').unwrap_or(rest.len())
}

/// The run of letters and digits at a byte.
pub(crate) fn word_at(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let end = rest.char_indices().take(64).find(|(_, c)| !is_word(*c)).map(|(end, _)| end);
    &rest[..end.unwrap_or_else(|| rest.char_indices().nth(64).map_or(rest.len(), |(end, _)| end))]
}

/// The next word, when only white space is between.
pub(crate) fn word_after(text: &str, at: usize) -> &str {
    let start = skip_spaces(text, at);
    if start == at && !text[..at].ends_with(char::is_whitespace) && start != 0 {
        return "";
    }
    word_at(text, start)
}

/// The word before, when only white space, opening brackets and quotes, or the full stop of an abbreviation are between.
pub(crate) fn word_before(text: &str, at: usize) -> &str {
    before(text, at).map_or("", |word| word.1)
}

/// The word before, and the one before that.
pub(crate) fn two_before(text: &str, at: usize) -> [&str; 2] {
    let Some((start, word)) = before(text, at) else { return [""; 2] };
    [word, word_before(text, start)]
}

fn before(text: &str, at: usize) -> Option<(usize, &str)> {
    let between = |c: &char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '‘' | '.');
    let skipped: usize = text[..at].chars().rev().take(12).take_while(between).map(char::len_utf8).sum();
    let before = &text[..at - skipped];
    let start = before.char_indices().rev().take(40).take_while(|(_, c)| is_word(*c)).last()?.0;
    Some((start, &before[start..]))
}

/// Whether nothing stands after this but what closes a sentence, or a new sentence.
pub(crate) fn sentence_may_end(text: &str, at: usize) -> bool {
    let rest = text[at..].trim_start_matches([')', '"', '”', '’', ']']);
    rest.trim().is_empty()
        || rest.starts_with(char::is_whitespace)
            && rest.trim_start().starts_with(|c: char| c.is_uppercase() || c == '“')
        || rest.trim_start_matches([' ', '\t', '\r']).starts_with("\n\n")
}

/// Matches any of the given beginnings; the longest counts.
pub(crate) fn starts_with_any<'a>(rest: &str, keys: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    keys.into_iter().filter(|key| rest.starts_with(*key)).max_by_key(|key| key.len())
}
