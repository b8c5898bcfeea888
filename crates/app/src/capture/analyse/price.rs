//! What it costs at most to have a model fill a card, before anything is asked.

use sluice_capability::{Complete, Completing, Router};
use sluice_domain::money::MicroUsd;
use sluice_domain::study::{Analysis, Field, Note, Source, StudyLanguage, Word};

use super::second;
use super::task::Task;
use crate::asking::most_with_repair;
use crate::capture::card::Made;
use crate::capture::example_wish;

/// An everyday phrase of ten words.
pub(in crate::capture) const PHRASE: &str = "Завтра утром мы вместе поедем на поезде к моей бабушке";
/// What it is translated into.
const INTO: &str = "en";
/// A remark or a translation of such a phrase has about so many letters.
const LETTERS: usize = 60;

/// The most that a card of ten words costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::capture) struct CardPrice {
    /// The provider that is asked first.
    pub(in crate::capture) provider: String,
    /// The card, its repair, and the second check; none if the price of one of them is not known.
    pub(in crate::capture) most: Option<MicroUsd>,
}

/// None without a model.
pub(in crate::capture) fn of_card(router: &Router<Completing, dyn Complete>) -> Option<CardPrice> {
    let task = Task::new(PHRASE, StudyLanguage::RUSSIAN, INTO, &Made::ALL);
    let request = task.request();
    let wish = example_wish(router, &request);
    let (chosen, _) = router.choose(&request, &wish, &());
    let maker = chosen.first()?;
    let provider = maker.profile().provider.clone();
    let card = most_with_repair(&chosen, &request);
    let check = second::request(&task, &filled(&provider)).and_then(|request| {
        let (chosen, _) = router.others_first(&provider).choose(&request, &wish, &());
        let prices = chosen.iter().map(|model| model.estimate(&request));
        prices.into_iter().try_fold(MicroUsd(0), |most, one| Some(most.max(one?)))
    });
    let most = card.zip(check).map(|(card, check)| card + check);
    Some(CardPrice { provider, most })
}

/// A card of that phrase of which a model has made every field.
fn filled(provider: &str) -> Analysis {
    let source = Source::Model { provider: provider.to_owned(), name: String::new(), version: String::new() };
    let field = |letters: usize| Field::sure("x".repeat(letters), source.clone());
    let word = |word: &str| Word {
        transliteration: Some(field(word.chars().count())),
        lemma: Some(field(word.len())),
        meaning: Some(field(word.len())),
        gender: Some(field(word.len())),
        declension: Some(field(word.len())),
        notes: Some(field(LETTERS)),
        ..Word::of(word)
    };
    let note = |_| Note { about: String::new(), text: field(LETTERS) };
    Analysis {
        transliteration: Some(field(LETTERS)),
        translation: Some(field(LETTERS)),
        grammar: (0..5).map(note).collect(),
        vocabulary: PHRASE.split(' ').map(word).collect(),
        ..Analysis::default()
    }
}
