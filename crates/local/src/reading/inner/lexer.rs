//! Splits a content stream (ISO 32000-1, 7.8.2) or a character map into tokens, each with its place, so that it can be
//! copied with small changes. A pass over the bytes that allocates nothing: a long document has a hundred megabytes of
//! them.

use std::ops::Range;

/// A token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    Number(f32),
    /// Without its slash.
    Name(&'a [u8]),
    /// With its parentheses or angle brackets.
    String(&'a [u8]),
    /// `[`, `]`, `<<` or `>>`.
    Bracket(&'a [u8]),
    Operator(&'a [u8]),
    /// The data of an inline image, up to and with its `EI`.
    InlineImage,
}

/// Reads tokens from the start of the bytes to their end, whatever they are.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn skip_while(&mut self, condition: impl Fn(u8) -> bool) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|byte| !condition(*byte)).unwrap_or(rest.len());
    }

    fn skip_blank(&mut self) {
        loop {
            self.skip_while(is_blank);
            if self.peek(0) != Some(b'%') {
                return;
            }
            self.skip_while(|byte| byte != b'\n' && byte != b'\r');
        }
    }

    /// To the end of a string in parentheses, which nest and are escaped by a backslash.
    fn skip_literal(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => depth += 1,
                b')' if depth <= 1 => break,
                b')' => depth -= 1,
                _ => {}
            }
        }
        self.at = self.at.min(self.bytes.len());
    }

    /// To the end of an inline image: `EI` between blanks.
    fn skip_image(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ends = |window: &[u8]| is_blank(window[0]) && &window[1..3] == b"EI" && is_blank(window[3]);
        self.at += rest.windows(4).position(ends).map_or(rest.len(), |start| start + 3);
    }

    /// The next token and its place.
    pub(super) fn token(&mut self) -> Option<(Token<'a>, Range<usize>)> {
        self.skip_blank();
        let start = self.at;
        let bytes = self.bytes;
        let token = match (self.peek(0)?, self.peek(1)) {
            (b'(', _) => {
                self.skip_literal();
                Token::String(bytes.get(start..self.at)?)
            }
            (b'<', Some(b'<')) | (b'>', Some(b'>')) => {
                self.at += 2;
                Token::Bracket(bytes.get(start..self.at)?)
            }
            (b'<', _) => {
                self.skip_while(|byte| byte != b'>');
                self.at = (self.at + 1).min(bytes.len());
                Token::String(bytes.get(start..self.at)?)
            }
            (b'[' | b']' | b'{' | b'}' | b')' | b'>', _) => {
                self.at += 1;
                Token::Bracket(bytes.get(start..self.at)?)
            }
            (b'/', _) => {
                self.at += 1;
                self.skip_while(is_regular);
                Token::Name(bytes.get(start + 1..self.at)?)
            }
            _ => {
                self.skip_while(is_regular);
                // Nothing can stop here without progress: every delimiter has its case above.
                self.at = self.at.max(start + 1);
                self.word(bytes.get(start..self.at)?)
            }
        };
        Some((token, start..self.at))
    }

    fn word(&mut self, word: &'a [u8]) -> Token<'a> {
        match number(word) {
            Some(number) => Token::Number(number),
            None if word == b"ID" => {
                self.skip_image();
                Token::InlineImage
            }
            None => Token::Operator(word),
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b'\x0c' | 0)
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// A number without exponent. Some producers write `--5` or `1.2.3`; what follows the error is ignored, as in poppler.
#[expect(clippy::cast_precision_loss, reason = "positions on a page have few digits")]
fn number(word: &[u8]) -> Option<f32> {
    let (negative, digits) = match word {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, word),
    };
    if !digits.first().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')) {
        return None;
    }
    let (mut whole, mut scale, mut in_fraction) = (0_u64, 1_u64, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' if scale < 1_000_000 && whole < 1_000_000_000_000 => {
                whole = whole * 10 + u64::from(byte - b'0');
                scale *= if in_fraction { 10 } else { 1 };
            }
            b'.' if !in_fraction => in_fraction = true,
            _ => {}
        }
    }
    let value = whole as f32 / scale as f32;
    Some(if negative { -value } else { value })
}

/// The bytes of a string token: escapes and hexadecimal digits resolved.
pub(super) fn string_bytes(token: &[u8]) -> Vec<u8> {
    match token {
        [b'<', ..] => hex_bytes(token),
        [b'(', inside @ ..] => literal_bytes(inside.strip_suffix(b")").unwrap_or(inside)),
        _ => Vec::new(),
    }
}

fn hex_bytes(token: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = token
        .iter()
        .filter_map(|byte| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}

fn literal_bytes(inside: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(inside.len());
    let mut rest = inside.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'n') => bytes.push(b'\n'),
            Some(b'r') => bytes.push(b'\r'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'b') => bytes.push(8),
            Some(b'f') => bytes.push(12),
            Some(b'\r') => {
                rest.next_if_eq(&b'\n');
            }
            Some(b'\n') | None => {}
            Some(first @ b'0'..=b'7') => {
                let mut code = u32::from(first - b'0');
                for _ in 0..2 {
                    let Some(next) = rest.next_if(|byte| (b'0'..=b'7').contains(byte)) else { break };
                    code = code * 8 + u32::from(next - b'0');
                }
                // A high overflow is ignored, as the standard says.
                bytes.push(u8::try_from(code & 0xff).unwrap_or(0));
            }
            Some(other) => bytes.push(other),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(bytes: &[u8]) -> Vec<Token<'_>> {
        let mut lexer = Lexer::new(bytes);
        std::iter::from_fn(|| lexer.token().map(|(token, _)| token)).collect()
    }

    #[test]
    fn operators_and_operands_are_told_apart() {
        let found = tokens(b"q % note\n-.5 12.25 Td /F1 9 Tf [(a\\)(b)) -3 <0041>]TJ T* <</A 1>> BDC");
        let expected = [
            Token::Operator(b"q"),
            Token::Number(-0.5),
            Token::Number(12.25),
            Token::Operator(b"Td"),
            Token::Name(b"F1"),
            Token::Number(9.0),
            Token::Operator(b"Tf"),
            Token::Bracket(b"["),
            Token::String(b"(a\\)(b))"),
            Token::Number(-3.0),
            Token::String(b"<0041>"),
            Token::Bracket(b"]"),
            Token::Operator(b"TJ"),
            Token::Operator(b"T*"),
            Token::Bracket(b"<<"),
            Token::Name(b"A"),
            Token::Number(1.0),
            Token::Bracket(b">>"),
            Token::Operator(b"BDC"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_data_of_an_inline_image_is_no_operator() {
        let found = tokens(b"BI /W 1 ID \xff(Tj ( EI Q");
        assert_eq!(found[found.len() - 2..], [Token::InlineImage, Token::Operator(b"Q")]);
    }

    #[test]
    fn whatever_the_bytes_are_the_end_is_reached() {
        for bytes in [&b"(("[..], b"<", b">", b")", b"(\\", b"/", b"ID", b"%"] {
            assert!(tokens(bytes).len() <= 2, "{bytes:?}");
        }
    }

    #[test]
    fn strings_are_resolved() {
        assert_eq!(string_bytes(b"(a\\051\\(\\\n\\n)"), b"a)(\n");
        assert_eq!(string_bytes(b"<00 4 1f>"), [0, 0x41, 0xf0]);
    }
}
