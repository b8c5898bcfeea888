//! Interviews and hearings: whose turn it is, and which answer belongs to which question.

use std::collections::{HashMap, HashSet};

use crate::reel::script::lexicon::Lexicon;
use crate::reel::script::placed::Placed;
use crate::reel::script::sentences::split;
use crate::reel::script::text::{bare, fold, is_arabic};

/// Labels that stand for a question or an answer wherever they are.
const KNOWN: &[&str] = &[
    "q",
    "a",
    "question",
    "answer",
    "interviewer",
    "س",
    "ج",
    "سؤال",
    "جواب",
    "السؤال",
    "الجواب",
    "المحاور",
    "المذيع",
    "réponse",
    "frage",
    "antwort",
    "f",
    "pregunta",
    "respuesta",
    "p",
    "r",
    "domanda",
    "risposta",
    "d",
    "pergunta",
    "resposta",
    "vraag",
    "antwoord",
    "v",
];

/// Labels of remarks, and lines of a letter's head.
const NO_SPEAKERS: &[&str] = &[
    "note",
    "notes",
    "warning",
    "caution",
    "example",
    "tip",
    "important",
    "remark",
    "summary",
    "to",
    "from",
    "date",
    "subject",
    "re",
    "cc",
    "ملاحظة",
    "تنبيه",
    "مثال",
    "إلى",
    "من",
    "التاريخ",
    "الموضوع",
    "remarque",
    "attention",
    "exemple",
    "hinweis",
    "achtung",
    "beispiel",
    "nota",
    "aviso",
    "ejemplo",
    "attenzione",
    "esempio",
    "exemplo",
    "atenção",
    "let op",
    "voorbeeld",
    "step",
    "phone",
    "tel",
    "fax",
    "email",
    "e-mail",
    "address",
];

/// The speakers of a document, by their folded labels; empty if it is no conversation.
pub(super) struct Speakers(HashSet<String>);

impl Speakers {
    /// Finds them: labels that come back, or are known or in capitals, at least two of them and four turns, one of which is
    /// a question that somebody else answers.
    pub(super) fn of(placed: &[Placed<'_>], lexicon: &Lexicon) -> Self {
        let mut turns: Vec<(String, bool, bool)> = Vec::new();
        for block in placed {
            for range in split(&block.text, lexicon) {
                let sentence = &block.text[range.clone()];
                if let Some(label) = label(sentence) {
                    let loud = label.chars().filter(|c| c.is_alphabetic()).count() >= 3
                        && label.chars().all(|c| !c.is_lowercase());
                    turns.push((fold(label), loud && !label.chars().any(is_arabic), false));
                }
                if let (Some(turn), true) = (turns.last_mut(), is_question(sentence)) {
                    turn.2 = true;
                }
            }
        }
        let mut count: HashMap<&str, usize> = HashMap::new();
        for (label, _, _) in &turns {
            *count.entry(label).or_default() += 1;
        }
        let speaks = |label: &str, loud: bool| {
            !NO_SPEAKERS.contains(&label) && (count[label] >= 2 || loud || KNOWN.contains(&label))
        };
        let kept: Vec<&(String, bool, bool)> = turns.iter().filter(|(label, loud, _)| speaks(label, *loud)).collect();
        let labels: HashSet<String> = kept.iter().map(|(label, _, _)| label.clone()).collect();
        let answered = kept.windows(2).any(|pair| pair[0].2 && pair[0].0 != pair[1].0);
        let talk = labels.len() >= 2 && kept.len() >= 4 && answered;
        Self(if talk { labels } else { HashSet::new() })
    }

    /// Whether a sentence begins the turn of a speaker.
    pub(super) fn begins_turn(&self, sentence: &str) -> bool {
        !self.0.is_empty() && label(sentence).is_some_and(|label| self.0.contains(&fold(label)))
    }

    /// The turns of a block, each from its label on; none if it begins with no label.
    pub(super) fn turns<'a>(&self, text: &'a str, lexicon: &Lexicon) -> Option<Vec<&'a str>> {
        if !self.begins_turn(text) {
            return None;
        }
        let mut starts: Vec<usize> = split(text, lexicon)
            .into_iter()
            .filter(|range| self.begins_turn(&text[range.clone()]))
            .map(|range| range.start)
            .collect();
        if starts.first() != Some(&0) {
            starts.insert(0, 0);
        }
        starts.push(text.len());
        Some(starts.windows(2).map(|pair| text[pair[0]..pair[1]].trim()).collect())
    }
}

/// Whether a sentence or a turn ends with a question mark.
pub(super) fn is_question(text: &str) -> bool {
    text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '”' | '»' | '’' | ')')).ends_with(['?', '؟'])
}

/// What is before the colon of "MS SAMPLE: I never lost": at most four words that are names, titles or known labels.
fn label(sentence: &str) -> Option<&str> {
    let (label, rest) = sentence.split_once(':')?;
    let label = label.trim();
    let all: Vec<&str> = label.split_whitespace().collect();
    let named =
        |word: &&str| word.starts_with(char::is_uppercase) || word.starts_with(is_arabic) || word.starts_with('(');
    let fits = (1..=4).contains(&all.len())
        && label.chars().count() <= 40
        && rest.starts_with(char::is_whitespace)
        && !rest.trim().is_empty()
        && all.iter().all(named)
        && !bare(label).is_empty();
    fits.then_some(label)
}

/// The names of speakers that stand on lines of their own, by the places of those lines; empty if it is no conversation. As
/// headings they would part the questions from their answers.
pub(super) fn names_alone(placed: &[Placed<'_>]) -> HashSet<usize> {
    let name = |block: &Placed<'_>| {
        let text = block.text.trim_end_matches([':', '：']);
        // Behind a colon, a label is a few names or a known one.
        label(&format!("{text}: …")).filter(|_| block.block.lines <= 1).map(fold)
    };
    let named: Vec<Option<String>> = placed.iter().map(name).collect();
    let mut count: HashMap<&str, usize> = HashMap::new();
    for name in named.iter().flatten() {
        *count.entry(name).or_default() += 1;
    }
    let speaks = |name: &String| count[name.as_str()] >= 2 && !NO_SPEAKERS.contains(&name.as_str());
    let mut turns: Vec<(usize, &str)> = Vec::new();
    for (at, name) in named.iter().enumerate() {
        if let Some(name) = name.as_ref().filter(|name| speaks(name)) {
            turns.push((at, name.as_str()));
        }
    }
    let is_talk = |pair: &[(usize, &str)]| pair[0].1 != pair[1].1 && pair[1].0 > pair[0].0 + 1;
    let talks = turns.windows(2).filter(|pair| is_talk(pair)).count();
    let asks = |pair: &[(usize, &str)]| is_talk(pair) && is_question(&placed[pair[1].0 - 1].text);
    let is_conversation = turns.len() >= 4 && (talks + 1) * 4 >= turns.len() * 3 && turns.windows(2).any(asks);
    if is_conversation { turns.into_iter().map(|(at, _)| at).collect() } else { HashSet::new() }
}

/// Fewest questions of an interview without labels.
const FEWEST_QUESTIONS: usize = 2;

/// An interview without labels: a paragraph that is one question, twice or more. The next paragraph answers it, and is told
/// with it or not at all.
pub(super) fn join_questions(passages: &mut [super::Passage], bundles: &mut usize) {
    let asks = |passage: &super::Passage| {
        passage.bundle.is_none()
            && is_question(&passage.text)
            && passage.text.matches(['?', '؟']).count() == 1
            && !passage.text.contains(". ")
            && passage.text.split_whitespace().count() <= 30
    };
    if passages.iter().filter(|passage| asks(passage)).count() < FEWEST_QUESTIONS {
        return;
    }
    for index in 0..passages.len().saturating_sub(1) {
        let answered = passages[index + 1].bundle.is_none()
            && passages[index].section == passages[index + 1].section
            && !asks(&passages[index + 1]);
        if asks(&passages[index]) && answered {
            *bundles += 1;
            for passage in &mut passages[index..=index + 1] {
                passage.bundle = Some(super::Bundle::Exchange(*bundles));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_few_names_before_a_colon() {
        for (sentence, expected) in [
            ("MS SAMPLE: I never lost a colony.", Some("MS SAMPLE")),
            ("Q: Why do bees swarm?", Some("Q")),
            ("س: لماذا تهاجر النحل؟", Some("س")),
            ("The ratio was 10:1 in that year.", None),
            ("Note that: the rest is missing.", None),
            ("It is written at 9:30 in the ledger.", None),
            ("Driver:", None),
            ("The Clerk Of The Lower Gate: nobody.", None),
        ] {
            assert_eq!(label(sentence), expected, "{sentence}");
        }
    }

    #[test]
    fn a_question_ends_with_its_mark_also_in_quotation_marks() {
        for text in ["Why do bees swarm?", "“Why do bees swarm?”", "لماذا تهاجر النحل؟", "Really? (Why?) "]
        {
            assert!(is_question(text), "{text}");
        }
        for text in ["Why? Because the hive is small.", "", "He asked why."] {
            assert!(!is_question(text), "{text}");
        }
    }
}
