//! Signs and codes of currencies.

use crate::scan::{ends, starts_with_any};

/// What is printed, and the key of the currency in the tables of names.
const SIGNS: [(&str, &str); 23] = [
    ("US$", "USD"),
    ("A$", "AUD"),
    ("AU$", "AUD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("R$", "BRL"),
    ("$", "$"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₩", "KRW"),
    ("₺", "TRY"),
    ("₪", "ILS"),
    ("₿", "BTC"),
    ("﷼", "SAR"),
    ("₴", "UAH"),
    ("₫", "VND"),
    ("₦", "NGN"),
    ("Rs.", "INR"),
];

const CODES: [&str; 44] = [
    "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "HKD", "CNY", "INR", "RUB", "SEK", "NOK", "DKK", "PLN",
    "BRL", "MXN", "ZAR", "KRW", "TRY", "AED", "SAR", "EGP", "KWD", "QAR", "BHD", "OMR", "JOD", "MAD", "DZD", "TND",
    "LBP", "IQD", "SYP", "LYD", "SDG", "YER", "BTC", "ILS", "UAH", "SGD", "CZK", "HUF",
];

/// As Arabic prints them.
const ARABIC: [(&str, &str); 22] = [
    ("د.إ", "AED"),
    ("د.إ.", "AED"),
    ("ر.س", "SAR"),
    ("ر.س.", "SAR"),
    ("ج.م", "EGP"),
    ("ج.م.", "EGP"),
    ("د.ك", "KWD"),
    ("د.ك.", "KWD"),
    ("ر.ق", "QAR"),
    ("ر.ق.", "QAR"),
    ("د.ب", "BHD"),
    ("د.ب.", "BHD"),
    ("ر.ع", "OMR"),
    ("ر.ع.", "OMR"),
    ("د.أ", "JOD"),
    ("د.أ.", "JOD"),
    ("د.م", "MAD"),
    ("د.م.", "MAD"),
    ("د.ج", "DZD"),
    ("د.ت", "TND"),
    ("ل.ل", "LBP"),
    ("د.ع", "IQD"),
];

/// The sign or code at a byte: where it ends, and its key.
pub(crate) fn currency(text: &str, at: usize) -> Option<(usize, &'static str)> {
    let rest = &text[at..];
    let signs = || SIGNS.iter().chain(&ARABIC);
    if let Some(printed) = starts_with_any(rest, signs().map(|(printed, _)| *printed)) {
        let (_, key) = signs().find(|(sign, _)| *sign == printed)?;
        // The full stop of "د.إ." may be the sentence's own.
        let printed = if printed.ends_with('.') && rest[printed.len()..].trim().is_empty() {
            &printed[..printed.len() - 1]
        } else {
            printed
        };
        return Some((at + printed.len(), key));
    }
    let code = CODES.iter().find(|code| rest.starts_with(**code))?;
    let end = at + code.len();
    let closed = ends(text, end) || rest[code.len()..].starts_with(|c: char| c.is_ascii_digit());
    closed.then_some((end, code))
}

/// Whether a sign (no code) is here.
pub(crate) fn sign_at(text: &str, at: usize) -> bool {
    SIGNS.iter().any(|(sign, _)| text[at..].starts_with(sign))
}
