//! Dates, times, telephone numbers and versions, as they are printed everywhere.

use crate::number::{digit_at, digits};
use crate::scan::{char_at, char_before, ends, is_word};

/// Which number of a date comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    DayFirst,
    MonthFirst,
}

/// A date in digits. The day may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) end: usize,
    pub(crate) year: String,
    pub(crate) month: usize,
    pub(crate) day: u64,
}

/// A time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) end: usize,
    pub(crate) hour: u64,
    pub(crate) minute: u64,
    pub(crate) second: Option<u64>,
}

/// Three numbers with the same sign between.
fn triple(text: &str, at: usize) -> Option<(usize, char, [String; 3])> {
    let (first_end, first) = digits(text, at)?;
    let sign = char_at(text, first_end).filter(|c| matches!(c, '/' | '-' | '.' | '‐' | '‑' | '–'))?;
    let (second_end, second) = digits(text, first_end + sign.len_utf8())?;
    let (end, third) = digits(text, text[second_end..].strip_prefix(sign).map(|_| second_end + sign.len_utf8())?)?;
    let goes_on = char_at(text, end).is_some_and(|c| c == sign || is_word(c)) && !is_time_mark(text, end);
    (!goes_on || (sign == '.' && !digit_at(text, end + 1) && ends(text, end))).then_some((
        end,
        sign,
        [first, second, third],
    ))
}

/// "2024-05-01T10:00".
fn is_time_mark(text: &str, at: usize) -> bool {
    text[at..].starts_with('T') && digit_at(text, at + 1)
}

fn month(text: &str) -> Option<usize> {
    text.parse().ok().filter(|month| (1..=12).contains(month))
}

fn day(text: &str) -> Option<u64> {
    text.parse().ok().filter(|day| (1..=31).contains(day))
}

/// A date in digits: `2024-05-01`, `1/5/2024`, `01.05.24`.
pub(crate) fn date(text: &str, at: usize, order: Order) -> Option<Date> {
    let (end, sign, [first, second, third]) = triple(text, at)?;
    if first.len() == 4 {
        return Some(Date { end, year: first, month: month(&second)?, day: day(&third)? });
    }
    let short = third.len() == 2 && sign != '-' && first.len() + second.len() >= 2;
    if first.len() > 2 || second.len() > 2 || !(third.len() == 4 || short && (sign == '/' || first.len() == 2)) {
        return None;
    }
    let year = match third.len() {
        4 => third,
        _ if third.as_str() < "50" => format!("20{third}"),
        _ => format!("19{third}"),
    };
    let (day_first, month_first) = ((day(&first), month(&second)), (day(&second), month(&first)));
    // Full stops are European: there the day is first.
    let found =
        if order == Order::DayFirst || sign == '.' { [day_first, month_first] } else { [month_first, day_first] };
    let (day, month) = found.into_iter().find_map(|(day, month)| Some((day?, month?)))?;
    Some(Date { end, year, month, day })
}

/// The order that the dates of a text have, where one of them tells.
pub(crate) fn order_in(text: &str) -> Option<Order> {
    let starts =
        text.char_indices().filter(|(at, c)| c.is_ascii_digit() && !char_before(text, *at).is_some_and(is_word));
    starts.into_iter().find_map(|(at, _)| {
        let (_, _, [first, second, _]) = triple(text, at)?;
        if first.len() > 2 || second.len() > 2 {
            return None;
        }
        match (month(&first), month(&second)) {
            (None, Some(_)) => Some(Order::DayFirst),
            (Some(_), None) => Some(Order::MonthFirst),
            _ => None,
        }
    })
}

/// A time: `9:30`, `17:45:30`; with `marks`, what may stand between hour and minute.
pub(crate) fn clock(text: &str, at: usize, marks: &[char]) -> Option<Clock> {
    let (end, hour) = digits(text, at).filter(|(_, hour)| hour.len() <= 2)?;
    let mark = char_at(text, end).filter(|c| marks.contains(c))?;
    let (end, minute) = digits(text, end + mark.len_utf8()).filter(|(_, minute)| minute.len() == 2)?;
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    if hour > 24 || minute > 59 {
        return None;
    }
    let second = text[end..].strip_prefix(':').and_then(|_| digits(text, end + 1)).filter(|(_, run)| run.len() == 2);
    let (end, second) = match second {
        Some((end, run)) => (end, run.parse().ok().filter(|second| *second < 60)),
        None => (end, None),
    };
    let goes_on = digit_at(text, end) || text[end..].starts_with(':') && digit_at(text, end + 1);
    (!goes_on).then_some(Clock { end, hour, minute, second })
}

/// A telephone number: its groups, and whether it begins with a plus.
pub(crate) fn phone(text: &str, at: usize) -> Option<(usize, bool, Vec<String>)> {
    let plus = text[at..].starts_with('+');
    let mut groups: Vec<String> = Vec::new();
    let mut signs: Vec<char> = Vec::new();
    let mut here = at + usize::from(plus);
    let mut end = here;
    let bracketed = text[here..].starts_with('(');
    while groups.len() < 8 {
        let open = text[here..].starts_with('(');
        let Some((after, run)) = digits(text, here + usize::from(open)) else { break };
        if open && !text[after..].starts_with(')') {
            break;
        }
        end = after + usize::from(open);
        groups.push(run);
        here = end;
        let sign = char_at(text, here).filter(|c| matches!(c, ' ' | '-' | '‑' | '\u{a0}' | '\u{202f}' | '.'));
        if let Some(sign) = sign {
            here += sign.len_utf8();
            signs.push(sign);
        } else if !open && !text[here..].starts_with('(') {
            break;
        }
    }
    signs.truncate(groups.len().saturating_sub(1));
    let total: usize = groups.iter().map(String::len).sum();
    if !ends(text, end) || groups.len() < 2 && !plus || !(7..=15).contains(&total) {
        return None;
    }
    let lengths: Vec<usize> = groups.iter().map(String::len).collect();
    let dashes = signs.iter().all(|c| matches!(c, '-' | '‑'));
    let known = plus
        || bracketed && groups.len() >= 2
        || dashes && matches!(lengths[..], [3, 4] | [3, 3, 4] | [1, 3, 3, 4])
        || groups[0].starts_with('0') && groups[0].len() >= 2 && groups.len() >= 3 && !signs.contains(&'.')
        || groups[0].starts_with('0') && groups[0].len() >= 3 && lengths[1] >= 5 && !signs.contains(&'.')
        || matches!(lengths[..], [3, 3, 4]) && signs.iter().all(|c| *c == '.');
    known.then_some((end, plus, groups))
}

/// Four numbers or more with hyphens between: an ISBN or the like, which is read as digits.
pub(crate) fn coded(text: &str, at: usize) -> Option<(usize, bool, Vec<String>)> {
    let (mut end, first) = digits(text, at)?;
    let mut groups = vec![first];
    while text[end..].starts_with('-')
        && groups.len() < 10
        && let Some((after, run)) = digits(text, end + 1)
    {
        groups.push(run);
        end = after;
    }
    (groups.len() >= 4 && ends(text, end)).then_some((end, false, groups))
}

/// Numbers divided by full stops, three or more: a version, an address of a machine, the number of a section.
pub(crate) fn dotted(text: &str, at: usize) -> Option<(usize, Vec<String>)> {
    let (mut end, first) = digits(text, at)?;
    let mut parts = vec![first];
    while text[end..].starts_with('.')
        && let Some((after, run)) = digits(text, end + 1)
    {
        parts.push(run);
        end = after;
    }
    Some((end, parts))
}
