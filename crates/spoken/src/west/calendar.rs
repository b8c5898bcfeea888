//! Dates and times.

use super::West;
use crate::Said;
use crate::number::{digit_at, digits};
use crate::scan::{char_at, ends, is_word, skip_spaces, word_at, word_before};
use crate::shape::{self, Order};

impl West<'_> {
    /// A date in digits, or a day and the name of its month.
    pub(crate) fn date(&self, text: &str, at: usize) -> Option<Said> {
        let before = word_before(text, at);
        if let Some(date) = shape::date(text, at, self.0.order()) {
            // What is printed year first is said in the language's own order.
            return Some(Said::new(
                date.end,
                self.0.date(Some(&date.year), date.month, date.day, self.0.order(), before),
            ));
        }
        let table = self.0.table();
        let (end, run) = digits(text, at).filter(|(_, run)| run.len() <= 2)?;
        let day: u64 = run.parse().ok().filter(|day| (1..=31).contains(day))?;
        let mark = crate::scan::starts_with_any(&text[end..], table.day_marks.iter().copied()).unwrap_or_default();
        let mut here = skip_spaces(text, end + mark.len());
        if here == end + mark.len() {
            return None;
        }
        here = self.skip_links(text, here);
        let (month, end) = self.month(text, here)?;
        let (end, year) = self.year_after(text, end);
        let said = self.0.date(year.as_deref(), month, day, Order::DayFirst, before);
        Some(Said::new(end, said))
    }

    /// The name of a month, whole or shortened: its number and its end.
    pub(crate) fn month(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        let table = self.0.table();
        let word = word_at(text, at);
        let lower = word.to_lowercase();
        let whole = table.months.iter().position(|month| month.to_lowercase() == lower).map(|index| index + 1);
        if let Some(month) = whole {
            return Some((month, at + word.len()));
        }
        let (_, month) = table.month_abbreviations.iter().find(|(short, _)| *short == lower)?;
        let dot = usize::from(text[at + word.len()..].starts_with('.'));
        Some((*month, at + word.len() + dot))
    }

    /// Words that stand between the parts of a date.
    fn skip_links(&self, text: &str, at: usize) -> usize {
        let word = word_at(text, at);
        if self.0.table().date_links.contains(&word) { skip_spaces(text, at + word.len()) } else { at }
    }

    /// The year after a month or a day, if there is one.
    pub(crate) fn year_after(&self, text: &str, at: usize) -> (usize, Option<String>) {
        let comma = at + usize::from(text[at..].starts_with(','));
        let here = skip_spaces(text, comma);
        if here == comma {
            return (at, None);
        }
        let here = self.skip_links(text, here);
        match digits(text, here) {
            Some((end, year))
                if year.len() == 4
                    && (year.starts_with('1') || year.starts_with('2'))
                    && ends(text, end)
                    && !text[end..].starts_with([':', '/', '%'])
                    && !(text[end..].starts_with(['.', ',']) && digit_at(text, end + 1)) =>
            {
                (end, Some(year))
            }
            _ => (at, None),
        }
    }

    /// A time, or from one to another.
    pub(super) fn time(&self, text: &str, at: usize) -> Option<Said> {
        let table = self.0.table();
        let clock = shape::clock(text, at, table.clock_marks).filter(|clock| ends(text, clock.end))?;
        if self.is_ratio(text, at, clock.end) || is_numbered_standard(text, at) {
            return None;
        }
        let mut said = self.0.clock(&clock);
        let mut end = clock.end;
        let dash = text[end..].chars().next().filter(|c| matches!(c, '–' | '-'));
        if let Some(dash) = dash
            && let Some(until) = shape::clock(text, end + dash.len_utf8(), table.clock_marks)
        {
            said = format!("{said} {} {}", table.to, self.0.clock(&until));
            end = until.end;
        }
        // "14:30 Uhr", "9:30 h": the word is said already.
        let next = word_at(text, skip_spaces(text, end));
        let stop = skip_spaces(text, end) + next.len();
        if matches!(next, "Uhr" | "h" | "hrs" | "heures") && table.dot != "dot" && ends(text, stop) {
            end = stop;
        }
        Some(Said::new(end, said))
    }
}

/// "ISO 9001:20": no time.
fn is_numbered_standard(text: &str, at: usize) -> bool {
    matches!(word_before(text, at), "ISO" | "EN" | "DIN" | "IEC")
        || at > 0 && char_at(text, at - 1).is_some_and(is_word)
}
