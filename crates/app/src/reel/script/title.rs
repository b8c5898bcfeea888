//! The title of a document.

mod heads;

use std::collections::HashMap;

use sluice_domain::document::{Document, Reason};

pub(super) use self::heads::{closes_letter, is_letter_head, is_no_subject, salutation};
use super::lexicon::Lexicon;
use super::placed::{Placed, body_height, line_key};
use super::sentences::{is_finished, split};
use super::text::{clean, cut, fold, share, word_count, words};

/// Longest title, in characters.
const LONGEST: usize = 110;

/// The title, as it is printed.
pub(super) struct Title {
    pub(super) text: String,
    key: String,
}

impl Title {
    /// Whether a block says the title again, or is a part of it: it is not told twice.
    pub(super) fn covers(&self, block: &Placed<'_>) -> bool {
        let own = key(&block.text);
        if own.is_empty() || block.words > word_count(&self.text) + 5 {
            return false;
        }
        let part = block.page_index == 0 && block.words >= 2 && format!(" {} ", self.key).contains(&format!(" {own} "));
        let named = block.text.contains(['|', '–', '—']) && own.starts_with(&self.key);
        own == self.key || part && !is_finished(&block.text) || named
    }
}

/// Its words, folded.
fn key(text: &str) -> String {
    words(once(text)).map(|word| fold(super::text::bare(word))).collect::<Vec<_>>().join(" ")
}

/// "A Year With Bees" of "A Year With Bees A Year With Bees", as where a cover has its title on it twice.
fn once(text: &str) -> &str {
    let half = text.len() / 2;
    let middles = text.match_indices(' ').map(|(at, _)| at).filter(|at| at.abs_diff(half) <= 2);
    let mut halves = middles.filter_map(|at| Some((text.get(..at)?.trim(), text.get(at..)?.trim())));
    halves.find(|(one, other)| !one.is_empty() && fold(one) == fold(other)).map_or(text, |(one, _)| one)
}

/// The subject line of a letter or memo, otherwise the file's own title if it is a real one, otherwise the largest line of
/// the first page with text.
pub(super) fn title(
    document: &Document,
    placed: &[Placed<'_>],
    running: &HashMap<String, usize>,
    lexicon: &Lexicon,
) -> Option<Title> {
    let largest = largest_line(placed, running, lexicon);
    let own = document.title.as_deref().map(clean).filter(|title| is_real(title) && split(title, lexicon).len() <= 2);
    let chosen = match (heads::subject(placed), own, largest) {
        (Some(subject), _, _) => subject,
        // What is printed, and not the spelling of the metadata, nor the name of the site behind it.
        (None, Some(own), Some(largest)) if is_same(&own, &largest) => largest,
        // The metadata may come from a template: it must share a word with the first pages.
        (None, Some(own), Some(largest)) if !is_on_first_pages(&own, placed) || is_one_word(&own) => {
            if word_count(&largest) >= 2 { largest } else { own }
        }
        (None, Some(own), _) => own.split(" | ").next().unwrap_or_default().to_owned(),
        (None, None, largest) => largest.or_else(|| running_head(document, lexicon))?,
    };
    let chosen = chosen
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | ',' | ';' | '-' | '–' | '—' | '*' | '∗'));
    let text = cut(once(chosen), LONGEST);
    text.chars().any(char::is_alphabetic).then(|| Title { key: key(&text), text })
}

/// What the first pages repeat at their heads, of a document that begins without a title: a chapter, an offprint.
fn running_head(document: &Document, lexicon: &Lexicon) -> Option<String> {
    let heads = document.left_out.iter().filter(|one| one.reason == Reason::Running && one.page <= 2);
    heads.map(|one| one.sample.trim_matches(|c: char| !c.is_alphabetic()).to_owned()).find(|head| {
        let words = word_count(head);
        let is_name = !head.contains(|c: char| c.is_numeric() || matches!(c, '@' | '/' | '©' | ':' | '|'));
        (2..=10).contains(&words) && is_name && reads_as_title(head, lexicon)
    })
}

/// The same words, or those of the printed title with the name of a site or a series.
fn is_same(own: &str, printed: &str) -> bool {
    let (one, other) = (key(own), key(printed));
    let named = [" | ", " - ", " – ", " — "].iter().any(|mark| own.contains(mark));
    one == other || named && word_count(printed) >= 3 && (one.starts_with(&other) || one.ends_with(&other))
}

/// "us-it-who", "Report2024": the stem of a file's name.
fn is_one_word(title: &str) -> bool {
    !title.contains(' ') && title.contains(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.'))
}

/// Not the name of a file, a template, or a program.
fn is_real(title: &str) -> bool {
    let lower = title.to_lowercase();
    let name_of_file = [
        ".doc", ".docx", ".tex", ".pdf", ".dvi", ".indd", ".ppt", ".pptx", ".odt", ".qxd", ".rtf", ".xls", ".ps",
        ".html", ".eps", ".fm", ".md", ".txt",
    ]
    .iter()
    .any(|ending| lower.ends_with(ending));
    let stock = [
        "untitled",
        "memorandum",
        "memo",
        "letter",
        "microsoft word",
        "microsoft powerpoint",
        "powerpoint presentation",
        "document",
        "title",
        "layout",
        "slide 1",
        "no title",
        "unknown",
        "print",
        "unbenannt",
        "sans titre",
        "sin título",
        "about:blank",
    ]
    .iter()
    .any(|name| lower == *name || (name.len() > 8 && lower.starts_with(name)));
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let path = title.contains(['\\', '/']) && !title.contains(' ') || title.contains('_') && !title.contains(' ');
    letters >= 3
        && letters * 2 > title.chars().filter(|c| !c.is_whitespace()).count()
        && !name_of_file
        && !stock
        && !path
}

fn is_on_first_pages(title: &str, placed: &[Placed<'_>]) -> bool {
    let first: Vec<String> =
        placed.iter().filter(|block| block.page_index < 3).map(|block| fold(&block.text)).collect();
    let (mut found, mut all) = (0_u32, 0_u32);
    for word in words(title).map(fold).filter(|word| word.chars().count() > 3) {
        all += 1;
        found += u32::from(first.iter().any(|text| text.contains(word.as_str())));
    }
    all == 0 || share(found, all) >= 0.5
}

/// The largest type on the first page that reads as a title, with the following lines of the same size.
fn largest_line(placed: &[Placed<'_>], running: &HashMap<String, usize>, lexicon: &Lexicon) -> Option<String> {
    let first = placed.first()?.page_index;
    let opening = fold(placed.first()?.text.trim_matches(|c: char| !c.is_alphanumeric()));
    if lexicon.left_out.contains(opening.as_str()) {
        // A table of contents precedes anything with a name.
        return None;
    }
    let page: Vec<&Placed<'_>> =
        placed.iter().filter(|block| block.page_index == first && block.block.lines <= 4).collect();
    let body = body_height(placed);
    let letter = heads::salutation(placed);
    let fits = |block: &&&Placed<'_>| {
        let heads = block.marginal && running.contains_key(&line_key(&block.text)) || heads::is_no_subject(&block.text);
        // In the type of the text, only a line that is no sentence.
        let is_addressee = letter.is_some_and(|at| placed[..at].iter().any(|above| std::ptr::eq(above, **block)));
        let line = block.block.line_height > body * 1.05
            || !is_addressee && block.words <= 14 && !block.text.ends_with(['.', ':']);
        !heads && line && reads_as_title(&block.text, lexicon)
    };
    let tallest = page.iter().filter(fits).map(|block| block.block.line_height).max_by(f32::total_cmp)?;
    let start = page.iter().position(|block| block.block.line_height >= tallest * 0.97 && fits(&block))?;
    let mut title = page[start].text.clone();
    for block in page[start + 1..].iter().take(2) {
        let same = tallest > 0.0 && (block.block.line_height / tallest - 1.0).abs() < 0.03;
        if !same || title.chars().count() + block.text.chars().count() > LONGEST {
            break;
        }
        title.push(' ');
        title.push_str(&block.text);
    }
    Some(title)
}

/// Whether it is a name, not a fragment, several sentences or the heading of a table of contents.
fn reads_as_title(text: &str, lexicon: &Lexicon) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let others = text.chars().filter(|c| !c.is_alphabetic() && !c.is_whitespace()).count();
    let scattered = words(text).filter(|word| word.chars().count() == 1).count() * 5 > words(text).count() * 2;
    let starts = text.chars().find(|c| c.is_alphanumeric()).is_some_and(|first| !first.is_lowercase());
    let key = fold(text.trim_matches(|c: char| !c.is_alphanumeric()));
    let sentences = split(text, lexicon).len();
    letters >= 3
        && letters > others
        && !scattered
        && text.chars().count() <= 200
        && (starts || word_count(text) >= 3)
        && !lexicon.left_out.contains(key.as_str())
        && (sentences <= 1 || word_count(text) <= 6)
}
