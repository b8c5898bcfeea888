//! The title of a document.

use sluice_domain::document::Document;

use super::lexicon::Lexicon;
use super::outline::Placed;
use super::sentences::split;
use super::spoken::softened;
use super::text::{clean, cut, fold, share, word_count, words};

/// Longest title, in characters.
const LONGEST: usize = 110;

/// The file's own title if it is a real one, otherwise the largest line of the first page with text.
pub(super) fn title(document: &Document, placed: &[Placed<'_>], lexicon: &Lexicon) -> Option<String> {
    let largest = largest_line(placed, lexicon);
    let own = document.title.as_deref().map(clean).filter(|title| is_real(title) && split(title, lexicon).len() <= 2);
    let chosen = match (own, largest) {
        // The metadata may come from a template: it must share a word with the first pages.
        (Some(own), Some(largest)) if !is_on_first_pages(&own, placed) => {
            if word_count(&largest) >= 2 {
                largest
            } else {
                own
            }
        }
        (Some(own), _) => own,
        (None, largest) => largest?,
    };
    let chosen = softened(&chosen, lexicon);
    let chosen = chosen
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | ',' | ';' | '-' | '–' | '—' | '*' | '∗'));
    Some(cut(chosen, LONGEST)).filter(|title| title.chars().any(char::is_alphabetic))
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
fn largest_line(placed: &[Placed<'_>], lexicon: &Lexicon) -> Option<String> {
    let first = placed.first()?.page_index;
    let opening = fold(placed.first()?.text.trim_matches(|c: char| !c.is_alphanumeric()));
    if lexicon.left_out.contains(opening.as_str()) {
        // A table of contents precedes anything with a name.
        return None;
    }
    let page: Vec<&Placed<'_>> =
        placed.iter().filter(|block| block.page_index == first && block.block.lines <= 4).collect();
    let fits = |block: &&&Placed<'_>| reads_as_title(&block.text, lexicon);
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
