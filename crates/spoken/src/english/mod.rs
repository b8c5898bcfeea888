//! English.

mod caps;
mod numerals;
mod tables;
mod usage;

use crate::number::{digit_at, digits};
use crate::scan::{
    char_at, char_before, ends, is_word, skip_spaces, starts_with_any, word_after, word_at, word_before,
};
use crate::shape::{Clock, Order, order_in};
use crate::west::{Language, Table, West};
use crate::{Said, Tongue};

/// English, with the order of dates in a text.
pub(crate) struct English {
    order: Order,
}

impl English {
    /// Dates in digits are read as another date of the text shows, then as the region does; the month comes first in the
    /// United States, and where nothing tells.
    pub(crate) fn new(tag: &str, text: &str) -> Self {
        let region = tag.split(['-', '_']).nth(1).unwrap_or("US").to_ascii_uppercase();
        let named = || {
            let west = West(&Self { order: Order::DayFirst });
            named_order(&west, text)
        };
        let regional = || match region.as_str() {
            "US" | "PH" | "CA" => Order::MonthFirst,
            _ => Order::DayFirst,
        };
        Self { order: order_in(text).or_else(named).unwrap_or_else(regional) }
    }
}

/// Letters of the Latin script in a text of another one: "WHO", "CO₂".
pub(crate) fn capitals(text: &str, at: usize) -> Option<Said> {
    caps::ampersand(text, at).or_else(|| caps::acronym(text, at))
}

/// The order of the dates that name their month: "1 May 1998" or "May 1, 1998".
fn named_order(west: &West<'_>, text: &str) -> Option<Order> {
    let months = text.char_indices().filter(|(at, c)| c.is_uppercase() && !char_before(text, *at).is_some_and(is_word));
    months.into_iter().find_map(|(at, _)| {
        let (_, end) = west.month(text, at)?;
        let day = word_before(text, at);
        if !day.is_empty() && day.len() <= 2 && day.chars().all(|c| c.is_ascii_digit()) {
            return Some(Order::DayFirst);
        }
        let (end, run) = digits(text, skip_spaces(text, end))?;
        (run.len() <= 2 && text[end..].starts_with(", ") && digit_at(text, end + 2)).then_some(Order::MonthFirst)
    })
}

impl Tongue for English {
    fn say(&self, text: &str, at: usize) -> Option<Said> {
        West(self).say(text, at)
    }
}

impl Language for English {
    fn table(&self) -> &'static Table {
        &tables::TABLE
    }

    fn cardinal(&self, digits: &str, _: bool) -> String {
        numerals::cardinal(digits)
    }

    fn year(&self, digits: &str) -> String {
        numerals::year(digits)
    }

    fn ordinal(&self, value: u64, _: bool) -> String {
        numerals::ordinal(value)
    }

    fn fraction(&self, numerator: u64, denominator: u64) -> String {
        numerals::fraction(numerator, denominator)
    }

    fn date(&self, year: Option<&str>, month: usize, day: u64, order: Order, before: &str) -> String {
        let (name, day) = (tables::TABLE.months[month - 1], numerals::ordinal(day));
        let said = match order {
            Order::MonthFirst => format!("{name} {day}"),
            Order::DayFirst if before.eq_ignore_ascii_case("the") => format!("{day} of {name}"),
            Order::DayFirst => format!("the {day} of {name}"),
        };
        year.map_or(said.clone(), |year| format!("{said}, {}", numerals::year(year)))
    }

    fn clock(&self, clock: &Clock) -> String {
        let number = |value: u64| numerals::cardinal(&value.to_string());
        let hour = number(clock.hour);
        let said = match (clock.hour, clock.minute) {
            (0 | 24, 0) => "midnight".to_owned(),
            (0, minute @ 1..10) => format!("zero oh {}", number(minute)),
            (1..=12, 0) => format!("{hour} o'clock"),
            (_, 0) => format!("{hour} hundred"),
            (_, minute @ 1..10) => format!("{hour} oh {}", number(minute)),
            (_, minute) => format!("{hour} {}", number(minute)),
        };
        match clock.second {
            Some(1) => format!("{said} and one second"),
            Some(second) if second > 0 => format!("{said} and {} seconds", number(second)),
            _ => said,
        }
    }

    fn order(&self) -> Order {
        self.order
    }

    fn own_number(&self, text: &str, at: usize) -> Option<Said> {
        decade(text, at)
            .or_else(|| self.number_of_trade(text, at))
            .or_else(|| ordinal(text, at).filter(|_| West(self).date(text, at).is_none()))
            .or_else(|| self.clock_with_half(text, at))
            .or_else(|| year_with_era(text, at))
            .or_else(|| pence(text, at))
            .or_else(|| feet_and_inches(text, at))
            .or_else(|| score(text, at))
    }

    fn own_word(&self, text: &str, at: usize) -> Option<Said> {
        self.month_first(text, at)
            .or_else(|| era_before_year(text, at))
            .or_else(|| fiscal_year(text, at))
            .or_else(|| caps::street_or_saint(text, at))
            .or_else(|| caps::initials(text, at))
            .or_else(|| caps::ampersand(text, at))
            .or_else(|| caps::formula(text, at))
            .or_else(|| caps::acronym(text, at))
            .or_else(|| usage::word_of_trade(text, at))
    }
}

impl English {
    /// "May 1, 1998", "Jan. 5".
    fn month_first(&self, text: &str, at: usize) -> Option<Said> {
        let west = West(self);
        let (month, end) = west.month(text, at)?;
        char_at(text, at).filter(|c| c.is_uppercase())?;
        let start = skip_spaces(text, end);
        let name = tables::TABLE.months[month - 1];
        let shortened = name.len() != end - at;
        // "Jan–Mar"
        let until = text[end..].strip_prefix(['–', '-']).and_then(|rest| west.month(text, text.len() - rest.len()));
        let from = char_before(text, at).is_some_and(|c| matches!(c, '–' | '-'));
        if shortened && (until.is_some() || from && west.month(text, at - word_before_dash(text, at)).is_some()) {
            return Some(Said::new(end, name));
        }
        let (day_end, run) = digits(text, start).filter(|_| start > end)?;
        let marked = starts_with_any(&text[day_end..], ["st", "nd", "rd", "th"]).map_or(0, str::len);
        let day: Option<u64> = run.parse().ok().filter(|day| run.len() <= 2 && (1..=31).contains(day));
        let Some(day) = day.filter(|_| ends(text, day_end + marked) && !is_more(text, day_end + marked)) else {
            return shortened.then(|| Said::new(end, name));
        };
        let (end, year) = west.year_after(text, day_end + marked);
        // "May 1–5, 2024" has two days.
        Some(Said::new(end, self.date(year.as_deref(), month, day, Order::MonthFirst, "")))
    }

    /// "9:30 a.m.", "5pm".
    fn clock_with_half(&self, text: &str, at: usize) -> Option<Said> {
        let clock = crate::shape::clock(text, at, &[':', '.']);
        let (end, said) = match clock {
            Some(clock) if clock.minute > 0 => (clock.end, self.clock(&clock)),
            Some(clock) => (clock.end, numerals::cardinal(&clock.hour.to_string())),
            None => {
                let (end, hour) = digits(text, at).filter(|(_, run)| run.len() <= 2)?;
                (end, numerals::cardinal(&hour))
            }
        };
        let start = skip_spaces(text, end);
        let forms = ["a.m.", "p.m.", "am", "pm", "AM", "PM", "A.M.", "P.M.", "a.m", "p.m"];
        let mark = starts_with_any(&text[start..], forms)?;
        let mut stop = start + mark.len();
        if !ends(text, stop) {
            return None;
        }
        let letter = if mark.starts_with(['a', 'A']) { "A M" } else { "P M" };
        // The full stop of "p.m." may end the sentence, too.
        let closes = mark.ends_with('.') && crate::scan::sentence_may_end(text, stop);
        if closes {
            stop -= 1;
        }
        let said = format!("{said} {letter}");
        // "9am–5pm"
        if let Some(rest) = text[stop..].strip_prefix(['–', '-'])
            && let Some(until) = self.clock_with_half(text, text.len() - rest.len())
        {
            return Some(Said::new(until.end, format!("{said} to {}", until.text)));
        }
        Some(Said::new(stop, said))
    }
}

/// The bytes of the word and the dash before.
fn word_before_dash(text: &str, at: usize) -> usize {
    let dash = char_before(text, at).map_or(0, char::len_utf8);
    let word = word_before(text, at - dash);
    dash + if text[..at - dash].ends_with(word) { word.len() } else { 0 }
}

/// A number, a dash or a colon follows.
fn is_more(text: &str, at: usize) -> bool {
    let mut rest = text[at..].chars();
    matches!((rest.next(), rest.next()), (Some('–' | '-' | ':' | '.' | ',' | '/' | '%'), Some(next)) if next.is_numeric())
        || text[at..].starts_with(['%', ':'])
}

/// "1990s", "'90s", "the 2010s", "the 1990's".
fn decade(text: &str, at: usize) -> Option<Said> {
    let start = at + char_at(text, at).filter(|c| matches!(c, '\'' | '’' | '‘')).map_or(0, char::len_utf8);
    let (end, run) = digits(text, start)?;
    let stop = end + starts_with_any(&text[end..], ["s", "'s", "’s"])?.len();
    let teens = run.len() == 2 && matches!(run.as_str(), "10") && start == at;
    let short = run.len() == 2 && (start > at || run.as_str() >= "20") && !teens;
    let long = run.len() == 4 && ("1000".."2200").contains(&run.as_str());
    (run.ends_with('0') && (short || long) && ends(text, stop)).then(|| Said::new(stop, numerals::decade(&run)))
}

/// "21st".
fn ordinal(text: &str, at: usize) -> Option<Said> {
    let number =
        crate::number::number(text, at, &tables::TABLE.separators).filter(|number| number.decimals.is_none())?;
    let mark = starts_with_any(&text[number.end..], ["st", "nd", "rd", "th", "ST", "ND", "RD", "TH", "ᵗʰ", "ˢᵗ"])?;
    let end = number.end + mark.len();
    ends(text, end)
        .then(|| Said::new(end, numerals::ordinal(number.value().unwrap_or(0))))
        .filter(|_| number.value().is_some())
}

/// "44 BC", "1200 CE".
fn year_with_era(text: &str, at: usize) -> Option<Said> {
    let (end, run) = digits(text, at).filter(|(_, run)| run.len() <= 4)?;
    let start = skip_spaces(text, end);
    let era = starts_with_any(&text[start..], ["BC", "BCE", "AD", "CE", "B.C.", "A.D.", "B.C.E.", "C.E."])?;
    let mut stop = start + era.len();
    if !ends(text, stop) {
        return None;
    }
    if era.ends_with('.') && crate::scan::sentence_may_end(text, stop) {
        stop -= 1;
    }
    let letters = crate::west::spell(&era.replace('.', ""));
    Some(Said::new(stop, format!("{} {letters}", numerals::year(&run))))
}

/// "AD 476".
fn era_before_year(text: &str, at: usize) -> Option<Said> {
    let era = ["AD", "A.D."].into_iter().find(|era| text[at..].starts_with(era))?;
    let start = skip_spaces(text, at + era.len());
    let (end, run) = digits(text, start).filter(|(_, run)| run.len() <= 4 && start > at + era.len())?;
    ends(text, end).then(|| Said::new(end, format!("A D {}", numerals::year(&run))))
}

/// "FY23/24", "FY2024".
fn fiscal_year(text: &str, at: usize) -> Option<Said> {
    text[at..].strip_prefix("FY")?;
    let (end, run) = digits(text, skip_spaces(text, at + "FY".len()))?;
    let short = |run: &str| if run.len() == 4 { numerals::year(run) } else { numerals::cardinal(run) };
    let second = text[end..].strip_prefix(['/', '-', '–']).and_then(|rest| digits(text, text.len() - rest.len()));
    let said = format!("F Y {}", short(&run));
    Some(match second {
        Some((end, next)) if ends(text, end) => Said::new(end, format!("{said} {}", short(&next))),
        _ => Said::new(end, said),
    })
    .filter(|said| ends(text, said.end) && matches!(run.len(), 2 | 4))
}

/// `6'2"`.
fn feet_and_inches(text: &str, at: usize) -> Option<Said> {
    let (end, feet) = digits(text, at).filter(|(_, run)| run.len() <= 2)?;
    let mark = char_at(text, end).filter(|c| matches!(c, '\'' | '’' | '′'))?;
    let (end, inches) = digits(text, skip_spaces(text, end + mark.len_utf8())).filter(|(_, run)| run.len() <= 2)?;
    let mark = char_at(text, end).filter(|c| matches!(c, '"' | '”' | '″'))?;
    let many = |run: &str, one: &str, many: &str| {
        format!("{} {}", numerals::cardinal(run), if run == "1" { one } else { many })
    };
    let said = format!("{} {}", many(&feet, "foot", "feet"), many(&inches, "inch", "inches"));
    Some(Said::new(end + mark.len_utf8(), said))
}

/// "99p", "50¢".
fn pence(text: &str, at: usize) -> Option<Said> {
    let amount =
        crate::number::number(text, at, &tables::TABLE.separators).filter(|amount| amount.decimals.is_none())?;
    let (end, run) = (amount.end, amount.whole);
    let (stop, one, many) = match char_at(text, end)? {
        'p' if run.len() <= 5 => (end + 1, "penny", "pence"),
        '¢' => (end + '¢'.len_utf8(), "cent", "cents"),
        _ => return None,
    };
    let name = if run == "1" { one } else { many };
    ends(text, stop).then(|| Said::new(stop, format!("{} {name}", numerals::cardinal(&run))))
}

/// "won 3–0": nought is nil.
fn score(text: &str, at: usize) -> Option<Said> {
    const WORDS: [&str; 13] = [
        "won", "win", "lost", "beat", "score", "victory", "defeat", "draw", "drew", "by", "finished", "ended",
        "leading",
    ];
    let (end, first) = digits(text, at).filter(|(_, run)| run.len() <= 3)?;
    let dash = char_at(text, end).filter(|c| matches!(c, '–' | '-'))?;
    let (stop, second) = digits(text, end + dash.len_utf8()).filter(|(_, run)| run.len() <= 3)?;
    let near = [word_before(text, at), word_after(text, stop)];
    let nil = |digits: &str| if digits == "0" { "nil".to_owned() } else { numerals::cardinal(digits) };
    let known = near.iter().any(|word| WORDS.contains(word)) && (first == "0" || second == "0");
    let alone = ends(text, stop) && !text[stop..].starts_with(['-', '–', '%', '/']) && word_at(text, stop).is_empty();
    (known && alone).then(|| Said::new(stop, format!("{} {}", nil(&first), nil(&second))))
}

/// About how many syllables a word has: its groups of vowels; each digit counts as one, as does a word without vowels.
pub(crate) fn syllables(word: &str) -> usize {
    let is_vowel = |c: char| matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let (mut groups, mut inside) = (0, false);
    for c in word.chars() {
        groups += usize::from(c.is_numeric() || is_vowel(c) && !inside);
        inside = is_vowel(c);
    }
    groups.max(1)
}
