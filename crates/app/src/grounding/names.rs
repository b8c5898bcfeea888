//! Proper names and quotations of a sentence, and whether they stand on its page.

use super::ground::Ground;
use super::lexicon::{Lexicon, is_topic};
use super::normal::normal;
use super::sentences::is_terminal;
use super::stem::stem;
use super::text::{bare, fold, is_arabic, words};

/// Endings of words that are no names, by language: what begins a sentence may be one of these.
const COMMON_ENDINGS: [(&str, &[&str]); 7] = [
    ("en", &["ly", "ing", "tion", "ness", "ment", "ity"]),
    ("de", &["ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "tion", "tionen", "tät", "nis", "ismus"]),
    ("fr", &["ment", "tion", "ité"]),
    ("es", &["mente", "ción", "dad"]),
    ("it", &["mente", "zione", "ità"]),
    ("pt", &["mente", "ção", "dade"]),
    ("nl", &["lijk", "ing", "heid"]),
];

/// Common German nouns that a narrator needs, whatever the document is about.
const GERMAN_NOUNS: &str = "abschnitt anfang art aufgabe augenblick autor autoren bedeutung beginn beispiel beispiele \
    bereich bericht blick dinge dokument ende ergebnis ergebnisse fall fälle form frage fragen geschichte grenze grund \
    gründe gruppe hand hilfe idee jahr jahre jahren jahrhundert kern kraft lage land leben lehre leser licht lösung mal \
    mensch menschen methode mitte moment mut möglichkeit name nutzen ordnung ort orte person personen problem probleme \
    punkt punkte rahmen raum regel regeln reihe rolle sache schluss schritt schritte seite seiten sicht sinn stelle \
    stück tag tage tages teil teile text thema titel umgang unterschied ursache verfasser vergleich wahl wandel weg wege \
    weise welt wert wissen woche wochen wort worte wörter zahl zahlen zeit zeiten ziel ziele zusammenhang zweck";

/// Words after which an Arabic name follows.
const ARABIC_TITLES: &str = "السيد السيده الدكتور الدكتوره الاستاذ الاستاذه الشيخ الملك الملكه الامير الاميره الامام \
    الرئيس الوزير القاضي مدينه قريه دوله جامعه شركه بن ابن بنت ابو ام عبد";

/// How many of its topic words a sentence has from its page at least, of ten, where names have no capitals.
const SUPPORTED_OF_TEN: usize = 6;

/// A word with its place.
struct Word<'a> {
    text: &'a str,
    /// First of a sentence, a clause after a colon, or a quotation.
    first: bool,
    /// Nothing but a space is between it and the word before.
    joined: bool,
}

fn words_of(text: &str) -> Vec<Word<'_>> {
    let mut found: Vec<Word<'_>> = Vec::new();
    let mut ends = true;
    let mut closes = true;
    for printed in text.split_whitespace() {
        for piece in printed.split(['–', '—', '/']) {
            let word = bare(piece);
            if word.is_empty() {
                closes = true;
                continue;
            }
            let opens = piece.starts_with(['“', '„', '«', '»', '"', '‹', '(']);
            found.push(Word { text: word, first: ends || opens, joined: !closes && !opens });
            ends =
                piece.trim_end_matches(['”', '“', '»', '«', '"', ')', '’']).ends_with(|c| is_terminal(c) || c == ':');
            closes = !piece.ends_with(|c: char| c.is_alphanumeric());
        }
    }
    found
}

/// The first name of a text that does not stand on its page. `document` has all pages, and tells common words at the
/// beginning of a sentence from names.
pub(crate) fn unknown_name(text: &str, page: &Ground, document: &Ground, lexicon: &Lexicon) -> Option<String> {
    if lexicon.words.code == "ar" {
        return unknown_arabic_name(text, page, lexicon);
    }
    let german = lexicon.words.code == "de";
    let all = words_of(text);
    let mut before: Option<&Word<'_>> = None;
    for word in &all {
        if !is_name_like(word.text) || is_small(word, lexicon) {
            before = None;
            continue;
        }
        let stands = page.has_word(word.text) || (german && page.has_noun(word.text));
        if !stands && !is_common(word, document, lexicon) {
            return Some(word.text.to_owned());
        }
        // A first name of one person and a last name of another make a third. German nouns follow each other, too.
        if let Some(before) = before.filter(|before| word.joined && stands && !german && !before.first)
            && !page.has_pair(before.text, word.text)
        {
            return Some(format!("{} {}", before.text, word.text));
        }
        before = Some(word).filter(|_| stands);
    }
    None
}

/// A capital, or letters with digits: "Hale", "pdfTeX", "A4".
fn is_name_like(word: &str) -> bool {
    let letter = word.chars().any(char::is_alphabetic);
    let named = word.starts_with(char::is_alphabetic) && word.chars().any(char::is_numeric);
    letter && (word.chars().any(char::is_uppercase) || named)
}

/// A word of the language that carries no topic: it is no name wherever it stands, if it is printed as usual.
fn is_small(word: &Word<'_>, lexicon: &Lexicon) -> bool {
    let folded = fold(word.text);
    let start = folded.split('\'').next().unwrap_or_default();
    let known = |text: &str| {
        lexicon.stop_words.contains(text)
            || lexicon.dangling.contains(text)
            || lexicon.determiners.contains(text)
            || lexicon.connectives.contains(&text)
    };
    let shouted = word.text.chars().count() > 1 && !word.text.chars().any(char::is_lowercase);
    !shouted && (known(&folded) || word.first && known(start))
}

/// Whether a word that does not stand on the page is certainly not a name.
fn is_common(word: &Word<'_>, document: &Ground, lexicon: &Lexicon) -> bool {
    let code = lexicon.words.code;
    let rest = word.text.chars().skip(1);
    if rest.clone().any(|c| c.is_uppercase() || c.is_numeric()) {
        return false;
    }
    let german = code == "de";
    let lower = normal(word.text);
    let endings = COMMON_ENDINGS.iter().find(|(known, _)| *known == code).map_or(&[][..], |(_, endings)| endings);
    let ending = || lower.chars().count() > 5 && endings.iter().any(|ending| lower.ends_with(ending));
    if german && (ending() || GERMAN_NOUNS.split_whitespace().any(|noun| noun == lower)) {
        return true;
    }
    // Only the first word of a sentence has a capital without being a name.
    word.first && (ending() || document.common.contains(&stem(&lower, code)))
}

/// Arabic has no capitals: names are known by Latin letters and by the titles before them.
fn unknown_arabic_name(text: &str, page: &Ground, lexicon: &Lexicon) -> Option<String> {
    let titles: Vec<&str> = ARABIC_TITLES.split_whitespace().collect();
    let mut named = false;
    for word in words(text).map(bare) {
        let latin = word.chars().any(|c| c.is_alphabetic() && !is_arabic(c));
        let small = lexicon.stop_words.contains(fold(word).as_str());
        if (latin || (named && !small)) && !page.has_word(word) && !page.has_noun(word) {
            return Some(word.to_owned());
        }
        let plain = normal(word);
        named = titles.iter().any(|title| plain == *title || plain.strip_prefix('و') == Some(*title));
    }
    None
}

/// In a language whose names have no capitals, the words of a sentence of which too few stand on its page.
pub(crate) fn unsupported(text: &str, page: &Ground, lexicon: &Lexicon) -> Option<String> {
    if lexicon.words.code != "ar" {
        return None;
    }
    let topics: Vec<&str> = words(text).map(bare).filter(|word| is_topic(word, lexicon)).collect();
    let unknown: Vec<&str> =
        topics.iter().copied().filter(|word| !page.has_word(word) && !page.has_noun(word)).collect();
    let supported = topics.len() - unknown.len();
    (supported * 10 < topics.len() * SUPPORTED_OF_TEN).then(|| unknown.join(" "))
}

/// The quotations of a text: what stands between quotation marks. One that is not closed goes to the end.
pub(crate) fn quotations(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(char, String)> = None;
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let ends_word = before.is_alphanumeric() || before.is_ascii_punctuation() || is_terminal(before);
        match &mut open {
            None if matches!(c, '“' | '„' | '«' | '»' | '"' | '‹' | '”') => open = Some((c, String::new())),
            None if matches!(c, '‘' | '‚') && !before.is_alphanumeric() => open = Some((c, String::new())),
            None => {}
            Some((mark, quoted)) => {
                let next_is_letter = chars.peek().is_some_and(|next| next.is_alphanumeric());
                let closes = match mark {
                    '“' => matches!(c, '”' | '“' | '"'),
                    '„' | '”' => matches!(c, '“' | '”' | '"'),
                    '«' => c == '»',
                    '»' => matches!(c, '«' | '»'),
                    '‹' => c == '›',
                    '‘' | '‚' => matches!(c, '’' | '‘') && ends_word && !next_is_letter,
                    mark => c == *mark,
                };
                if closes {
                    found.push(std::mem::take(quoted));
                    open = None;
                } else {
                    quoted.push(c);
                }
            }
        }
        before = c;
    }
    found.extend(open.map(|(_, quoted)| quoted));
    found.retain(|quoted| quoted.chars().any(char::is_alphanumeric));
    found
}

/// The first quotation of a text that does not stand on its page word for word; what an ellipsis leaves out is left out.
pub(crate) fn unknown_quotation(text: &str, page: &Ground) -> Option<String> {
    quotations(text).into_iter().find(|quoted| {
        let pieces = quoted.replace("...", "…").replace("[…]", "…");
        !pieces.split('…').all(|piece| page.has_phrase(piece))
    })
}
