//! The text that a model is given, page by page, and what stands on each page.

use std::collections::{BTreeMap, HashSet};

use sluice_domain::language::Language;

use super::super::lexicon::Lexicon;
use super::super::outline::Outline;
use super::super::sentences::split;
use super::super::{Prepared, Script};
use crate::grounding::ground::Ground;
use crate::grounding::numbers;

/// Most characters of the text that a model is given.
pub(super) const MOST_CHARACTERS: usize = 12_000;
/// What a page of a long document has at least.
const LEAST_OF_A_PAGE: usize = 400;

/// The text that a model is given.
pub(super) struct Source {
    pub(super) language: Language,
    /// In the order of their numbers.
    pub(super) pages: Vec<SourcePage>,
    /// What stands on any of them.
    pub(super) all: Ground,
    /// The words that are numbers.
    pub(super) number_words: HashSet<String>,
    /// Whether the document is longer.
    pub(super) excerpt: bool,
}

/// A page of it.
pub(super) struct SourcePage {
    pub(super) number: u32,
    pub(super) text: String,
    ground: Ground,
}

impl Source {
    pub(super) fn new(prepared: &Prepared, extract: &Script) -> Self {
        let texts = texts(&prepared.outline, prepared.first_page);
        let whole: usize = texts.values().map(|page| page.given.chars().count()).sum();
        let excerpt = whole > MOST_CHARACTERS;
        let given = if excerpt { excerpts(&texts, extract, prepared) } else { all(&texts) };
        let pages = given.into_iter().map(|(number, text)| {
            // A sentence that begins on the page before or goes on after it stands on this page, too.
            let around = texts.get(&number).map_or("", |page| &page.around);
            let stands = format!("{text}\n{around}");
            (number, text, stands)
        });
        Self::of(prepared.language, pages, excerpt)
    }

    /// From the number of each page, its text as it is given, and everything that stands there.
    pub(super) fn of(
        language: Language,
        given: impl IntoIterator<Item = (u32, String, String)>,
        excerpt: bool,
    ) -> Self {
        let lexicon = Lexicon::of(language);
        let mut pages = Vec::new();
        let mut together = String::new();
        for (number, text, stands) in given {
            together.push_str(&stands);
            together.push('\n');
            pages.push(SourcePage { number, text, ground: Ground::new(&stands, lexicon) });
        }
        let (all, number_words) = (Ground::new(&together, lexicon), numbers::number_words(lexicon));
        Self { language, pages, all, number_words, excerpt }
    }

    /// The first page on which this stands, word for word.
    pub(super) fn page_of(&self, text: &str) -> Option<u32> {
        self.pages.iter().find(|page| page.ground.has_phrase(text)).map(|page| page.number)
    }

    pub(super) fn ground(&self, page: u32) -> Option<&Ground> {
        self.pages.iter().find(|known| known.number == page).map(|page| &page.ground)
    }
}

/// The text of a page, and the paragraphs that it shares with its neighbours as a whole.
#[derive(Default)]
struct PageText {
    given: String,
    around: String,
}

/// What is narratable of each page, with title and headings.
fn texts(outline: &Outline, first_page: u32) -> BTreeMap<u32, PageText> {
    let mut pages: BTreeMap<u32, PageText> = BTreeMap::new();
    let mut add = |page: u32, text: &str| {
        let given = &mut pages.entry(page).or_default().given;
        if !text.trim().is_empty() {
            if !given.is_empty() {
                given.push('\n');
            }
            given.push_str(text.trim());
        }
    };
    if let Some(title) = &outline.title {
        add(first_page, title);
    }
    let mut section = None;
    for passage in &outline.passages {
        if section != Some(passage.section) {
            section = Some(passage.section);
            let heading = outline.sections.get(passage.section).and_then(|section| section.heading.as_deref());
            add(passage.page_at(0), heading.unwrap_or_default());
        }
        for (index, (start, page)) in passage.pages.iter().enumerate() {
            let end = passage.pages.get(index + 1).map_or(passage.text.len(), |(next, _)| *next);
            add(*page, passage.text.get(*start..end).unwrap_or_default());
        }
    }
    for passage in outline.passages.iter().filter(|passage| passage.pages.len() > 1) {
        for (_, page) in &passage.pages {
            let around = &mut pages.entry(*page).or_default().around;
            around.push_str(&passage.text);
            around.push('\n');
        }
    }
    pages
}

fn all(texts: &BTreeMap<u32, PageText>) -> BTreeMap<u32, String> {
    let pages = texts.iter().filter(|(_, page)| !page.given.is_empty());
    pages.map(|(number, page)| (*number, page.given.clone())).collect()
}

/// Parts of a long document: of the pages that its extract cites first, then of the others, each cut at a sentence's end.
fn excerpts(texts: &BTreeMap<u32, PageText>, extract: &Script, prepared: &Prepared) -> BTreeMap<u32, String> {
    let mut order: Vec<u32> = Vec::new();
    let cited = extract.scenes.iter().flat_map(|scene| &scene.sentences).filter_map(|sentence| sentence.page);
    for page in cited.chain(texts.keys().copied()) {
        if !order.contains(&page) {
            order.push(page);
        }
    }
    let cited = order.len().min(extract.scenes.len()).max(1);
    let share = (MOST_CHARACTERS / cited).max(LEAST_OF_A_PAGE);
    let mut left = MOST_CHARACTERS;
    let mut given = BTreeMap::new();
    for page in order {
        let Some(text) = texts.get(&page).map(|page| page.given.as_str()) else { continue };
        if left < LEAST_OF_A_PAGE {
            break;
        }
        let text = beginning(text, share.min(left), prepared);
        left = left.saturating_sub(text.chars().count());
        if !text.is_empty() {
            given.insert(page, text);
        }
    }
    given
}

/// The first sentences of a text, of at most so many characters.
fn beginning(text: &str, most: usize, prepared: &Prepared) -> String {
    let mut end = 0;
    let mut characters = 0;
    for sentence in split(text, prepared.lexicon) {
        characters += text.get(end..sentence.end).map_or(0, |part| part.chars().count());
        if characters > most {
            break;
        }
        end = sentence.end;
    }
    text.get(..end).unwrap_or_default().trim().to_owned()
}
