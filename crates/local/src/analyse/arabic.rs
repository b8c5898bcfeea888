//! Arabic words by Buckwalter's analyser. Vowels that the text has not are those of the chosen solution, which is doubtful; a root is
//! shown only where its letters stand in the lemma.

use sluice_domain::study::{Field, Reason, Source, StudyLanguage, Word};

use super::buckwalter::{Buckwalter, FILES, Solution, from_arabic, to_arabic};
use super::transliterate::{Latin, by_rules, is_mark};
use super::{Files, Found, Pack, field, meaning, tokens};
use crate::models::AR_BUCKWALTER;

/// The data of Arabic.
pub(super) struct Arabic {
    buckwalter: Buckwalter,
}

/// What a word most likely is.
struct Chosen<'a> {
    solution: Solution<'a>,
    /// Whether solutions differ in their lemma.
    has_rivals: bool,
    /// All solutions: form and gender may be others although the lemma is not.
    solutions: Vec<Solution<'a>>,
    /// No solution has the marks of the text.
    is_against_marks: bool,
    /// It may be a command, which no solution says: of this verb, or of another one.
    command: Option<Command>,
}

/// Of which verb a word may be a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    OfThis,
    OfAnother,
}

impl Arabic {
    pub(super) fn read(files: Files<'_>) -> Result<Self, String> {
        let found = files.members(&AR_BUCKWALTER, &FILES)?;
        let buckwalter = Buckwalter::read(&found).map_err(|error| format!("{}: {error}", AR_BUCKWALTER.name))?;
        Ok(Self { buckwalter })
    }

    fn choose(&self, word: &str) -> Option<Chosen<'_>> {
        let plain: String = word.chars().filter(|&letter| !is_mark(letter)).collect();
        let mut solutions = self.buckwalter.solutions(&from_arabic(&plain));
        let marked: Vec<Solution<'_>> =
            solutions.iter().copied().filter(|solution| agrees(word, &vowelled(solution))).collect();
        let is_against_marks = marked.is_empty() && word.chars().any(is_mark);
        if !marked.is_empty() {
            solutions = marked;
        }
        solutions.sort_by_key(rank);
        let solution = *solutions.first()?;
        let has_rivals = solutions.iter().any(|other| other.stem.lemma != solution.stem.lemma);
        let command = if word.chars().any(is_mark) { None } else { self.command(&plain, &solution) };
        Some(Chosen { solution, has_rivals, solutions, is_against_marks, command })
    }

    /// Of which verb a word without marks may be a command, unless it is a particle, or said to be one.
    fn command(&self, plain: &str, solution: &Solution<'_>) -> Option<Command> {
        if solution.stem.category.starts_with("FW") {
            return None;
        }
        let commands = self.buckwalter.commands(&from_arabic(plain));
        if commands.iter().any(|stem| stem.lemma != solution.stem.lemma) {
            return Some(Command::OfAnother);
        }
        (!commands.is_empty() && !solution.stem.category.starts_with("CV")).then_some(Command::OfThis)
    }

    fn word(&self, word: &str) -> Word {
        let rules = by_rules(StudyLanguage::ARABIC, word);
        let is_marked = rules.as_ref().is_some_and(|latin| latin.doubt.is_none());
        let by_rules = rules.map(|latin| latin.field(StudyLanguage::ARABIC));
        let Some(Chosen { solution, has_rivals, solutions, is_against_marks, command }) = self.choose(word) else {
            let unknown = || Some(Field::needs_provider(Reason::UnknownWord));
            return Word {
                transliteration: by_rules,
                lemma: unknown(),
                root: unknown(),
                meaning: unknown(),
                ..Word::of(word)
            };
        };
        let doubt = if is_against_marks {
            Some(Reason::MarksDoNotMatch)
        } else {
            // What was no lemma of the dictionary is no field to rely on, nor is what hangs on it.
            let is_open = has_rivals || solution.stem.lemma.is_empty() || command == Some(Command::OfAnother);
            is_open.then_some(Reason::SeveralAnalyses)
        };
        let unless_all = |agree: &dyn Fn(&Solution<'_>) -> bool| {
            doubt.or((!solutions.iter().all(agree)).then_some(Reason::SeveralAnalyses))
        };
        let stem = solution.stem;
        let senses = stem.gloss.split(';').map(str::trim).filter(|sense| !sense.is_empty()).map(str::to_owned);
        let lemma = lemma(&solution);
        let form = form(&solution);
        let noted = notes(&solution);
        let gender_doubt = unless_all(&|other| gender(other) == gender(&solution));
        let as_command = command.map(|_| Reason::SeveralAnalyses);
        let form_doubt = unless_all(&|other| self::form(other) == form).or(as_command);
        let notes_doubt = unless_all(&|other| notes(other) == noted).or(as_command);
        Word {
            transliteration: if is_marked { by_rules } else { guessed(&solution).or(by_rules) },
            root: Some(match root(stem.root, &lemma) {
                Some(root) => field(root, buckwalter(), doubt),
                None => Field::needs_provider(Reason::NoLocalSource),
            }),
            // No one chose among the senses, nor looked at the sentence.
            meaning: Some(meaning(senses.collect(), buckwalter(), Some(doubt.unwrap_or(Reason::SeveralSenses)))),
            gender: is_noun(&solution).then(|| gender_field(&solution, gender_doubt)),
            declension: (!form.is_empty()).then(|| field(form, buckwalter(), form_doubt)),
            notes: (!noted.is_empty()).then(|| field(noted, buckwalter(), notes_doubt)),
            lemma: Some(match lemma.as_str() {
                "" => Field::needs_provider(Reason::NoLocalSource),
                lemma => field(to_arabic(lemma), buckwalter(), doubt),
            }),
            ..Word::of(word)
        }
    }
}

fn buckwalter() -> Source {
    Source::Pack { name: "buckwalter".to_owned(), version: "1.0".to_owned() }
}

fn vowelled(Solution { prefix, stem, suffix }: &Solution<'_>) -> String {
    to_arabic(&format!("{}{}{}", prefix.vowelled, stem.vowelled, suffix.vowelled))
}

/// Latin letters by the vowels of a solution.
fn guessed(solution: &Solution<'_>) -> Option<Field> {
    let Latin { text, .. } = by_rules(StudyLanguage::ARABIC, &vowelled(solution))?;
    Some(Field::doubtful(text, buckwalter(), Reason::VowelsGuessed))
}

/// Less is likelier: little attached to the stem, a particle before a noun and a noun before a verb, no name, no passive, the first of
/// several lemmas. Nouns that can be counted (with a dual) and plain adjectives are more common than participles.
fn rank(solution: &Solution<'_>) -> u32 {
    let Solution { prefix, stem, suffix } = solution;
    let has = |part: &str| suffix.parts.contains(part);
    let is_verb = stem.category.starts_with(['P', 'I', 'C']);
    let is_particle = stem.category.starts_with("FW");
    let is_capital = stem.gloss.starts_with(|letter: char| letter.is_ascii_uppercase());
    let is_name = stem.category.starts_with("Nprop") || (stem.category == "N0" && is_capital);
    // The person of a verb is always there.
    let is_attached = !prefix.vowelled.is_empty() && !prefix.parts.contains("DET") && !stem.category.starts_with("IV");
    let has_pronoun = has("POSS") || has("_DO:") || (is_particle && !suffix.vowelled.is_empty());
    let written = suffix.vowelled.chars().filter(|letter| !"aiuoFNK~`".contains(*letter)).take(2).count();
    let kind = match stem.category {
        _ if is_particle => 0,
        category if category.contains("du") || category == "N-ap" || category.starts_with("IV") => 1,
        category if category.starts_with("Nall") || category.starts_with("Nel") => 3,
        _ => 2,
    };
    let weights = [
        kind,
        2 * u32::from(is_attached),
        2 * u32::from(has_pronoun),
        u32::try_from(written).unwrap_or(0),
        6 * u32::from(is_name),
        2 * u32::from(is_verb),
        3 * u32::from(stem.category.starts_with("CV")),
        4 * u32::from(is_verb && stem.gloss.starts_with("be ")),
        u32::from(!stem.lemma.ends_with("_1")),
    ];
    weights.iter().sum()
}

/// Whether the marks that a word has are those of a vowelled one; the last letter's are its case.
fn agrees(word: &str, vowelled: &str) -> bool {
    let (ours, theirs) = (marks(word), marks(vowelled));
    if ours.len() != theirs.len() {
        return false;
    }
    let last = ours.len().saturating_sub(1);
    ours.iter().zip(&theirs).enumerate().all(|(at, (ours, theirs))| {
        let is_known = |marks: &str| marks.chars().any(|mark| mark != '\u{0652}');
        let is_double = |marks: &str| marks.contains('\u{0651}');
        let vowel = |marks: &str| marks.chars().find(|mark| *mark != '\u{0651}');
        let same_vowel = vowel(ours).is_none() || vowel(theirs).is_none() || vowel(ours) == vowel(theirs);
        // The first letter after the article is doubled in speech alone.
        at == last || !is_known(ours) || (same_vowel && (!is_double(ours) || is_double(theirs) || at <= 3))
    })
}

/// The marks of each letter.
fn marks(word: &str) -> Vec<String> {
    let mut marks: Vec<String> = Vec::new();
    for letter in word.chars() {
        match marks.last_mut() {
            Some(last) if is_mark(letter) => last.push(letter),
            _ => marks.push(String::new()),
        }
    }
    marks
}

/// The lemma in Buckwalter's letters: `kitAb_1` is "kitAb"; a verb `katab-u_1` is "kataba". Empty if the dictionary names none: a stem
/// may be that of a plural, or of a form that is written otherwise.
fn lemma(solution: &Solution<'_>) -> String {
    let named = solution.stem.lemma;
    let named = named.split_once('_').map_or(named, |(lemma, _)| lemma);
    let named = named.split_once('-').map_or(named, |(lemma, _)| lemma);
    let is_verb = solution.stem.category.starts_with(['P', 'I', 'C']);
    if is_verb && !named.is_empty() && !named.ends_with(['a', 'A', 'Y', 'o']) {
        format!("{named}a")
    } else {
        named.to_owned()
    }
}

/// The root, if it has three or four letters that stand in the lemma in their order: "ك ت ب".
fn root(root: &str, lemma: &str) -> Option<String> {
    let letters: Vec<char> = root.chars().collect();
    let is_consonant =
        |letter: &char| letter.is_ascii_alphabetic() && !"aiuoFNKAYp".contains(*letter) || "'*$><&}".contains(*letter);
    if !(3..=4).contains(&letters.len()) || !letters.iter().all(is_consonant) {
        return None;
    }
    // A letter that is written double stands twice in a root.
    let mut written = lemma.chars().peekable();
    let mut spelled = Vec::new();
    while let Some(letter) = written.next() {
        spelled.push(letter);
        if written.peek() == Some(&'~') {
            spelled.push(letter);
        }
    }
    let mut rest = spelled.iter();
    let stands = letters.iter().all(|letter| rest.any(|written| written == letter));
    let arabic: Vec<String> = letters.iter().map(|letter| to_arabic(&letter.to_string())).collect();
    stands.then(|| arabic.join(" "))
}

fn is_noun(solution: &Solution<'_>) -> bool {
    solution.stem.category.starts_with('N')
}

/// Feminine by its ending; that a noun without one is masculine is not known.
fn gender(solution: &Solution<'_>) -> Option<&'static str> {
    let suffix = solution.suffix.parts;
    if suffix.contains("FEM") || lemma(solution).ends_with('p') {
        Some("feminine")
    } else {
        suffix.contains("MASC").then_some("masculine")
    }
}

fn gender_field(solution: &Solution<'_>, doubt: Option<Reason>) -> Field {
    match gender(solution) {
        Some(gender) => field(gender, buckwalter(), doubt),
        None => Field::needs_provider(Reason::NoLocalSource),
    }
}

/// "definite, plural"; "imperfect, third person, masculine, singular".
fn form(solution: &Solution<'_>) -> String {
    let Solution { prefix, stem, suffix } = solution;
    let mut form: Vec<&str> = Vec::new();
    if stem.category.starts_with("PV") {
        form.push("perfect");
    } else if stem.category.starts_with("IV") {
        form.push(if prefix.parts.contains("FUT") { "future" } else { "imperfect" });
    } else if stem.category.starts_with("CV") {
        form.push("imperative");
    }
    if !form.is_empty() {
        form.extend(person(prefix.parts).or_else(|| person(suffix.parts)).into_iter().flatten());
        return form.join(", ");
    }
    form.extend(prefix.parts.contains("DET").then_some("definite"));
    let numbers = [("_DU", "dual"), ("_PL", "plural")];
    form.extend(numbers.iter().find(|(part, _)| suffix.parts.contains(part)).map(|(_, number)| *number));
    let cases = [("_NOM", "nominative"), ("_ACCGEN", "accusative or genitive"), ("_ACC_INDEF", "accusative")];
    form.extend(cases.iter().find(|(part, _)| suffix.parts.contains(part)).map(|(_, case)| *case));
    form.join(", ")
}

/// The person in `ya/IV3MS+` or `+at/PVSUFF_SUBJ:3FS`.
fn person(parts: &str) -> Option<Vec<&'static str>> {
    let code = parts.split_once("SUBJ:").or_else(|| parts.split_once("/IV")).map(|(_, code)| code)?;
    let names = code.chars().take_while(char::is_ascii_alphanumeric).filter_map(|sign| {
        Some(match sign {
            '1' => "first person",
            '2' => "second person",
            '3' => "third person",
            'M' => "masculine",
            'F' => "feminine",
            'S' => "singular",
            'D' => "dual",
            'P' => "plural",
            _ => return None,
        })
    });
    Some(names.collect())
}

/// "noun; with: and"; "verb; with: it, him".
fn notes(solution: &Solution<'_>) -> String {
    let Solution { prefix, stem, suffix } = solution;
    let part = match stem.category {
        category if category.starts_with("Nprop") => "name",
        category if category.starts_with('N') => "noun or adjective",
        category if category.starts_with(['P', 'I', 'C']) => "verb",
        _ => "particle or pronoun",
    };
    let words = |gloss: &str| -> Vec<String> {
        let words = gloss.split(['+', '/', ';']).map(str::trim);
        let is_word = |word: &&str| !word.is_empty() && !word.contains(['<', '[']) && *word != "the";
        words.filter(is_word).map(str::to_owned).collect()
    };
    let is_pronoun = suffix.parts.contains("POSS") || suffix.parts.contains("_DO:") || suffix.parts.contains("PRON");
    let attached = if is_noun(solution) { words(prefix.gloss) } else { Vec::new() };
    let pronouns = if is_pronoun { words(suffix.gloss) } else { Vec::new() };
    let with = attached.into_iter().chain(pronouns).collect::<Vec<_>>().join(", ");
    if with.is_empty() { part.to_owned() } else { format!("{part}; with: {with}") }
}

impl Pack for Arabic {
    fn look_up(&self, text: &str) -> Found {
        let language = StudyLanguage::ARABIC;
        let mut found = Found::default();
        let mut latin = Latin { text: String::new(), doubt: None };
        let mut done = 0;
        let between = |text: &str| by_rules(language, text).map(|latin| latin.text).unwrap_or_default();
        for range in tokens::words(language, text) {
            latin.text.push_str(&between(&text[done..range.start]));
            done = range.end;
            let word = self.word(&text[range]);
            if let Some(field) = &word.transliteration {
                latin.text.push_str(&field.text);
                let doubt = field.doubt.is_open().then_some(Reason::VowelsGuessed);
                latin.doubt = latin.doubt.or(doubt);
            }
            found.words.push(word);
        }
        latin.text.push_str(&between(&text[done..]));
        let source = if latin.doubt.is_some() { buckwalter() } else { Source::Rules { name: "ijmes".to_owned() } };
        found.transliteration = Some(field(latin.text, source, latin.doubt));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::buckwalter::tests::files;
    use super::*;
    use sluice_domain::study::Doubt;

    fn arabic() -> Arabic {
        Arabic { buckwalter: Buckwalter::read(&files()).unwrap() }
    }

    #[test]
    fn vowels_that_are_not_written_are_guessed_and_said_to_be() {
        let found = arabic().look_up("والمدرسة؟");
        let latin = found.transliteration.unwrap();
        assert_eq!(latin.text, "wa-l-madrasa?");
        assert_eq!(latin.doubt, Doubt::Doubtful { reason: Reason::VowelsGuessed });
        let school = &found.words[0];
        assert_eq!(school.gender, Some(Field::sure("feminine", buckwalter())));
        assert_eq!(school.lemma.as_ref().unwrap().text, "مَدْرَسَة");
        assert_eq!(school.declension.as_ref().unwrap().text, "definite");
        assert_eq!(school.notes.as_ref().unwrap().text, "noun or adjective; with: and");
    }

    #[test]
    fn marks_of_the_text_choose_among_solutions() {
        let lemma = |word: &str| arabic().look_up(word).words.remove(0).lemma.unwrap();
        assert_eq!(lemma("كُتَّاب"), Field::sure("كُتّاب", buckwalter()));
        assert_eq!(lemma("كِتَاب"), Field::sure("كِتاب", buckwalter()));
        assert_eq!(lemma("كتاب").doubt, Doubt::Doubtful { reason: Reason::SeveralAnalyses });
        assert_eq!(lemma("كَتَاب").doubt, Doubt::Doubtful { reason: Reason::MarksDoNotMatch });
        let sure = arabic().look_up("كِتَاب").transliteration.unwrap();
        assert_eq!((sure.text.as_str(), sure.doubt), ("kitāb", Doubt::Sure));
    }

    #[test]
    fn a_root_stands_in_its_lemma() {
        assert_eq!(root("ktb", "kitAb").as_deref(), Some("ك ت ب"));
        assert_eq!(root("mdd", "mad~").as_deref(), Some("م د د"));
        assert_eq!(root("drs", "kitAb"), None);
        assert_eq!(root("AbA", ">abAbA"), None);
    }

    #[test]
    fn verbs_have_their_person() {
        let verb = arabic().look_up("كتبت").words.remove(0);
        assert_eq!(verb.declension.unwrap().text, "perfect, third person, feminine, singular");
        assert_eq!(verb.lemma.unwrap().text, "كَتَبَ");
        assert_eq!(verb.gender, None);
    }

    #[test]
    fn an_unknown_word_needs_a_provider() {
        let unknown = arabic().look_up("ظظظظ").words.remove(0);
        assert_eq!(unknown.meaning, Some(Field::needs_provider(Reason::UnknownWord)));
    }
}
