//! Puts the letters of a ligature into the order in which poppler expects them.
//!
//! Poppler spreads the letters of one glyph over its width from left to right. The character map of a font (ISO 32000-1,
//! 9.10.3) has them in logical order, and so has a replacement text (14.9.4): for a script that runs from right to left,
//! poppler's order is the wrong one, and nothing in its output tells a lam-alef that is one glyph from an alef and a lam
//! that are two. So the maps are rewritten before poppler reads them. A few producers work around poppler and write the
//! letters in visual order already: their maps have an alef before the lam, which no font joins.
//!
//! Some producers write an emoji as its code point, `<1F600>`, where UTF-16 belongs, `<D83DDE00>`: poppler takes the first
//! four digits for a Greek letter. These are rewritten, too.

use std::collections::BTreeMap;

use lopdf::{Document, Object, ObjectId, Stream};

use super::lexer::{Lexer, Token, string_bytes};
use super::{STREAM_BYTES, content_streams};
use crate::reading::letters::runs_left;

/// Most codes of a range that are written out one by one.
const RANGE_CODES: u32 = 256;

/// How often a map has the lam-alef in each order.
#[derive(Debug, Clone, Copy, Default)]
struct Orders {
    logical: usize,
    visual: usize,
}

impl Orders {
    fn add(&mut self, letters: &[char]) {
        match letters {
            ['ل', 'ا' | 'أ' | 'إ' | 'آ' | 'ٱ', ..] => self.logical += 1,
            ['ا' | 'أ' | 'إ' | 'آ' | 'ٱ', 'ل'] => self.visual += 1,
            _ => {}
        }
    }
}

/// The streams with letters in logical order, rewritten; empty if poppler reads the document right as it is.
pub(super) fn rewritten(document: &Document) -> BTreeMap<ObjectId, Stream> {
    let maps: Vec<(ObjectId, Vec<u8>)> = character_maps(document);
    let orders: Vec<Orders> = maps.iter().map(|(_, map)| orders_of(map)).collect();
    let all = orders.iter().fold(Orders::default(), |sum, one| Orders {
        logical: sum.logical + one.logical,
        visual: sum.visual + one.visual,
    });
    let is_visual = |one: Orders| {
        let decides = if one.logical + one.visual > 0 { one } else { all };
        decides.visual > decides.logical
    };
    let maps = maps.iter().zip(orders).filter(|(_, orders)| !is_visual(*orders));
    let maps = maps.filter_map(|((id, map), _)| Some((*id, with_turned_map(map)?)));
    let contents = content_streams(document).into_iter().filter_map(|id| {
        let stream = document.get_object(id).and_then(Object::as_stream).ok()?;
        let content = stream.get_plain_content_with_limit(STREAM_BYTES).ok()?;
        let turned = contains(&content, b"ActualText").then(|| with_turned_replacements(&content)).flatten()?;
        let mut stream = stream.clone();
        stream.set_plain_content(turned);
        Some((id, stream))
    });
    maps.map(|(id, map)| (id, Stream::new(lopdf::Dictionary::new(), map))).chain(contents).collect()
}

/// The maps that fonts refer to, unpacked.
fn character_maps(document: &Document) -> Vec<(ObjectId, Vec<u8>)> {
    let fonts = document.objects.values().filter_map(|object| object.as_dict().ok());
    let mut ids: Vec<ObjectId> = fonts.filter_map(|font| font.get(b"ToUnicode").ok()?.as_reference().ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    let unpack = |id: ObjectId| {
        let stream = document.get_object(id).and_then(Object::as_stream).ok()?;
        Some((id, stream.get_plain_content_with_limit(STREAM_BYTES).ok()?))
    };
    ids.into_iter().filter_map(unpack).collect()
}

pub(super) fn contains(bytes: &[u8], what: &[u8]) -> bool {
    let first = what.first().copied().unwrap_or_default();
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == first) {
        rest = rest.get(at..).unwrap_or_default();
        if rest.starts_with(what) {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

fn orders_of(map: &[u8]) -> Orders {
    let mut orders = Orders::default();
    let mut lexer = Lexer::new(map);
    while let Some((token, _)) = lexer.token() {
        if let Token::String(token) = token
            && let Some(letters) = letters_of(&string_bytes(token))
        {
            orders.add(&letters);
        }
    }
    orders
}

/// UTF-16 with several letters that run from right to left, and none that does not.
fn letters_of(bytes: &[u8]) -> Option<Vec<char>> {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    let letters: Vec<char> = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
    (letters.len() > 1 && letters.iter().all(|c| runs_left(*c))).then_some(letters)
}

/// The character of a string of five or six hexadecimal digits: its code point beyond the first 65,536, written out. UTF-16
/// never has such a length.
fn code_point(string: &[u8]) -> Option<Vec<char>> {
    let digits = string.strip_prefix(b"<")?.strip_suffix(b">")?;
    let digits: String =
        digits.iter().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| char::from(*byte)).collect();
    let code = (5..=6).contains(&digits.len()).then(|| u32::from_str_radix(&digits, 16).ok())??;
    (code > 0xffff).then(|| Some(vec![char::from_u32(code)?]))?
}

/// A string in hexadecimal digits.
fn hex_string(letters: impl Iterator<Item = char>, prefix: &str) -> Vec<u8> {
    let mut digits = format!("<{prefix}");
    let mut units = [0; 2];
    for c in letters {
        digits.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("{unit:04X}")));
    }
    digits.push('>');
    digits.into_bytes()
}

/// The map with its ligatures turned around; none if it has none.
fn with_turned_map(map: &[u8]) -> Option<Vec<u8>> {
    let mut lexer = Lexer::new(map);
    let mut turned = Vec::with_capacity(map.len() + 64);
    let (mut copied, mut in_ranges, mut in_chars) = (0, false, false);
    // The strings since the start of an entry, and whether it is a list of strings.
    let (mut entry, mut in_list) = (Vec::new(), false);
    while let Some((token, place)) = lexer.token() {
        match token {
            Token::Operator(b"beginbfchar") => in_chars = true,
            Token::Operator(b"beginbfrange") => in_ranges = true,
            Token::Operator(b"endbfchar" | b"endbfrange") => (in_chars, in_ranges) = (false, false),
            Token::Bracket(b"[") => in_list = true,
            Token::Bracket(b"]") => {
                in_list = false;
                entry.clear();
                continue;
            }
            Token::String(text) if in_chars || in_ranges => {
                entry.push(string_bytes(text));
                let before = if in_ranges { 2 } else { 1 };
                if entry.len() <= before {
                    continue;
                }
                let letters = code_point(text).or_else(|| entry.last().and_then(|text| letters_of(text)));
                let replacement = letters.and_then(|letters| match entry.as_slice() {
                    [low, high, _] if in_ranges && !in_list && low != high => written_out(low, high, &letters),
                    _ => Some(hex_string(letters.into_iter().rev(), "")),
                });
                if let Some(replacement) = replacement {
                    turned.extend_from_slice(map.get(copied..place.start)?);
                    turned.extend(replacement);
                    copied = place.end;
                }
                if in_list {
                    entry.truncate(before);
                }
            }
            _ => {}
        }
        if entry.len() > if in_ranges { 2 } else { 1 } || !(in_chars || in_ranges) {
            entry.clear();
        }
    }
    turned.extend_from_slice(map.get(copied..)?);
    (copied > 0).then_some(turned)
}

/// The strings of a range whose last letter counts up, one by one.
fn written_out(low: &[u8], high: &[u8], letters: &[char]) -> Option<Vec<u8>> {
    let code = |bytes: &[u8]| bytes.iter().fold(0_u32, |code, byte| code << 8 | u32::from(*byte));
    let codes = code(high).checked_sub(code(low)).filter(|codes| *codes < RANGE_CODES)?;
    let (last, before) = letters.split_last()?;
    let mut list = b"[".to_vec();
    for offset in 0..=codes {
        let last = char::from_u32(u32::from(*last) + offset)?;
        list.extend(hex_string(std::iter::once(last).chain(before.iter().rev().copied()), ""));
    }
    list.push(b']');
    Some(list)
}

/// The content with its right-to-left replacement texts turned around; none if it has none.
fn with_turned_replacements(content: &[u8]) -> Option<Vec<u8>> {
    let mut lexer = Lexer::new(content);
    let mut turned = Vec::with_capacity(content.len());
    let (mut copied, mut is_replacement) = (0, false);
    while let Some((token, place)) = lexer.token() {
        if let (true, Token::String(text)) = (is_replacement, token)
            && let Some(units) = string_bytes(text).strip_prefix(b"\xfe\xff")
            && let Some(letters) = letters_of(units)
        {
            turned.extend_from_slice(content.get(copied..place.start)?);
            turned.extend(hex_string(letters.into_iter().rev(), "FEFF"));
            copied = place.end;
        }
        is_replacement = token == Token::Name(b"ActualText");
    }
    turned.extend_from_slice(content.get(copied..)?);
    (copied > 0).then_some(turned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(map: &str) -> String {
        with_turned_map(map.as_bytes()).map_or_else(String::new, |map| String::from_utf8(map).unwrap())
    }

    #[test]
    fn ligatures_are_turned_and_letters_are_not() {
        let map = "2 beginbfchar\n<01> <06440627>\n<02> <0627>\n<03> <00660069>\nendbfchar";
        assert_eq!(turned(map), map.replace("06440627", "06270644"));
        assert_eq!(turned("1 beginbfchar <01> <0627> endbfchar"), "");
    }

    #[test]
    fn ranges_are_turned() {
        let map =
            "beginbfrange <01> <02> [<06440627> <0645>] <03> <03> <06440644064706 28> <04> <05> <06440622> endbfrange";
        let expected = "beginbfrange <01> <02> [<06270644> <0645>] <03> <03> <0628064706440644> \
                        <04> <05> [<06220644><06230644>] endbfrange";
        assert_eq!(turned(map), expected);
    }

    #[test]
    fn code_points_become_utf_16() {
        let map =
            "beginbfchar <01> <1F600> <02> <2714> <03> <01F41D> endbfchar beginbfrange <04> <05> <1F600> endbfrange";
        let expected = "beginbfchar <01> <D83DDE00> <02> <2714> <03> <D83DDC1D> endbfchar \
                        beginbfrange <04> <05> [<D83DDE00><D83DDE01>] endbfrange";
        assert_eq!(turned(map), expected);
        assert_eq!(turned("beginbfchar <01> <D83DDE00> <02> <110000> <03> <00FFFF> endbfchar"), "");
    }

    #[test]
    fn replacement_texts_are_turned() {
        let content = b"/Span<</ActualText<FEFF06440627>>>BDC (x)Tj EMC /Span<</ActualText(\xfe\xff\0a\0b)>>BDC";
        let turned = with_turned_replacements(content).unwrap();
        assert!(turned.starts_with(b"/Span<</ActualText<FEFF06270644>>>BDC (x)Tj EMC"));
        assert!(turned.ends_with(b"/ActualText(\xfe\xff\0a\0b)>>BDC"), "Latin stays");
    }
}
