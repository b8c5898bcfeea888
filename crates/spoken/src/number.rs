//! Numbers as they are printed.

use crate::scan::char_at;

/// How a language divides the digits of a number.
pub(crate) struct Separators {
    /// Between thousands.
    pub(crate) groups: &'static [char],
    /// Before the decimals.
    pub(crate) decimal: &'static [char],
}

/// A number without its sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// Where it ends.
    pub(crate) end: usize,
    /// Its digits before the decimals, as ASCII; leading zeros stay.
    pub(crate) whole: String,
    /// Its decimals.
    pub(crate) decimals: Option<String>,
    /// The sign before the decimals.
    pub(crate) mark: char,
    /// Whether its thousands are divided.
    pub(crate) grouped: bool,
}

impl Number {
    /// Exactly one.
    pub(crate) fn is_one(&self) -> bool {
        self.decimals.is_none() && self.value() == Some(1)
    }

    /// A plain run of digits of this length.
    pub(crate) fn is_plain(&self, length: usize) -> bool {
        self.decimals.is_none() && !self.grouped && self.whole.len() == length
    }

    /// Its whole part, when it fits.
    pub(crate) fn value(&self) -> Option<u64> {
        self.whole.parse().ok()
    }
}

/// The value of a digit of the scripts that are read here: ASCII, Arabic, Persian.
pub(crate) fn digit(character: char) -> Option<char> {
    let code = u32::from(character);
    let value = match character {
        '0'..='9' => code - u32::from('0'),
        '٠'..='٩' => code - u32::from('٠'),
        '۰'..='۹' => code - u32::from('۰'),
        _ => return None,
    };
    char::from_digit(value, 10)
}

/// Whether a digit is at a byte.
pub(crate) fn digit_at(text: &str, at: usize) -> bool {
    char_at(text, at).and_then(digit).is_some()
}

/// A run of digits, as ASCII, and its end. Nothing when there is none.
pub(crate) fn digits(text: &str, at: usize) -> Option<(usize, String)> {
    let mut run = String::new();
    let mut end = at;
    while let Some(character) = char_at(text, end)
        && let Some(value) = digit(character)
    {
        run.push(value);
        end += character.len_utf8();
    }
    (!run.is_empty()).then_some((end, run))
}

/// The number at a byte. ".5" is one, too.
pub(crate) fn number(text: &str, at: usize, separators: &Separators) -> Option<Number> {
    let (mut end, mut whole) = match digits(text, at) {
        Some(run) => run,
        None if char_at(text, at).is_some_and(|c| separators.decimal[0] == c) && digit_at(text, at + 1) => {
            (at, "0".to_owned())
        }
        None => return None,
    };
    let mut group = None;
    while let Some(sign) = char_at(text, end).filter(|c| separators.groups.contains(c))
        && group.is_none_or(|group| group == sign)
        && (group.is_some() || (1..=3).contains(&whole.len()) && !whole.starts_with('0'))
        && let Some((after, three)) = digits(text, end + sign.len_utf8()).filter(|(_, run)| run.len() == 3)
    {
        group = Some(sign);
        whole.push_str(&three);
        end = after;
    }
    let mut number = Number { end, whole, decimals: None, mark: '.', grouped: group.is_some() };
    if let Some(mark) = char_at(text, end).filter(|c| separators.decimal.contains(c) && group != Some(*c))
        && let Some((end, decimals)) = digits(text, end + mark.len_utf8())
    {
        number = Number { end, decimals: Some(decimals), mark, ..number };
    }
    Some(number)
}

/// A raised number: "⁻³" is "-3".
pub(crate) fn raised(text: &str, at: usize) -> Option<(usize, String)> {
    let mut run = String::new();
    let mut end = at;
    for character in text[at..].chars() {
        run.push(match character {
            '⁰' => '0',
            '¹' => '1',
            '²' => '2',
            '³' => '3',
            '⁴'..='⁹' => char::from_digit(u32::from(character) - u32::from('⁰'), 10)?,
            '⁻' => '-',
            '⁺' => '+',
            'ⁿ' => 'n',
            _ => break,
        });
        end += character.len_utf8();
    }
    (!run.is_empty()).then_some((end, run))
}

/// An exponent, raised or after a caret.
pub(crate) fn exponent(text: &str, at: usize) -> Option<(usize, String)> {
    if let Some(found) = raised(text, at) {
        return Some(found);
    }
    let rest = text[at..].strip_prefix('^')?;
    let open = rest.starts_with(['{', '(']);
    let mut start = at + 1 + usize::from(open);
    let mut sign = String::new();
    if let Some(minus) = char_at(text, start).filter(|c| matches!(c, '-' | '−')) {
        sign.push('-');
        start += minus.len_utf8();
    }
    let (end, run) = digits(text, start)?;
    Some((end + usize::from(open && text[end..].starts_with(['}', ')'])), sign + &run))
}

/// The value of a lowered digit.
pub(crate) fn lowered(character: char) -> Option<char> {
    match character {
        '₀'..='₉' => char::from_digit(u32::from(character) - u32::from('₀'), 10),
        _ => None,
    }
}

/// A fraction that is one character.
pub(crate) fn vulgar(character: char) -> Option<(u64, u64)> {
    Some(match character {
        '½' => (1, 2),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅕' => (1, 5),
        '⅖' => (2, 5),
        '⅗' => (3, 5),
        '⅘' => (4, 5),
        '⅙' => (1, 6),
        '⅚' => (5, 6),
        '⅐' => (1, 7),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        '⅑' => (1, 9),
        '⅒' => (1, 10),
        _ => return None,
    })
}

/// The value of a roman numeral in capitals, written as it should be.
pub(crate) fn roman(word: &str) -> Option<u64> {
    const VALUES: [(u64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if word.is_empty() || word.len() > 15 {
        return None;
    }
    let (mut value, mut rest) = (0, word);
    for (worth, sign) in VALUES {
        while let Some(after) = rest.strip_prefix(sign) {
            value += worth;
            rest = after;
        }
    }
    let mut again = String::new();
    let mut left = value;
    for (worth, sign) in VALUES {
        while left >= worth {
            again.push_str(sign);
            left -= worth;
        }
    }
    (rest.is_empty() && again == word && value < 4000).then_some(value)
}
