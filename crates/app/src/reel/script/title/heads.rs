//! The head of a letter or memo: its subject line is the title; its addresses, its date and the name of its kind are none.

use sluice_domain::language::MONTHS;

use crate::reel::script::placed::Placed;
use crate::reel::script::text::{bare, fold, word_count};

const SUBJECT: &[&str] = &[
    "subject",
    "re",
    "regarding",
    "betreff",
    "betrifft",
    "objet",
    "asunto",
    "oggetto",
    "assunto",
    "onderwerp",
    "betreft",
    "الموضوع",
    "موضوع",
];

const OTHERS: &[&str] = &[
    "to",
    "from",
    "date",
    "cc",
    "bcc",
    "attn",
    "attention",
    "via",
    "through",
    "an",
    "von",
    "datum",
    "à",
    "de",
    "para",
    "fecha",
    "da",
    "a",
    "per",
    "data",
    "aan",
    "van",
    "إلى",
    "الى",
    "من",
    "التاريخ",
    "نسخة",
    "السيد",
];

/// Names of kinds of documents, which say nothing of the subject.
const KINDS: &[&str] = &[
    "memorandum",
    "memo",
    "interoffice memorandum",
    "internal memorandum",
    "letter",
    "circular",
    "notice",
    "fax",
    "minutes",
    "press release",
    "for immediate release",
    "newsletter",
    "agenda",
    "report",
    "draft",
    "confidential",
    "internal",
    "invoice",
    "announcement",
    "مذكرة",
    "مذكرة داخلية",
    "تعميم",
    "رسالة",
    "بيان صحفي",
    "محضر",
    "إعلان",
    "سري",
    "note de service",
    "mémorandum",
    "communiqué de presse",
    "compte rendu",
    "circulaire",
    "rundschreiben",
    "aktennotiz",
    "aktenvermerk",
    "protokoll",
    "pressemitteilung",
    "vermerk",
    "memorándum",
    "circular interna",
    "comunicado de prensa",
    "nota de prensa",
    "acta",
    "promemoria",
    "circolare",
    "comunicato stampa",
    "verbale",
    "memorando",
    "comunicado de imprensa",
    "ata",
    "persbericht",
    "notulen",
    "rondschrijven",
];

const STREETS: &[&str] = &[
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "boulevard",
    "blvd",
    "square",
    "box",
    "straße",
    "strasse",
    "str",
    "platz",
    "weg",
    "rue",
    "place",
    "calle",
    "avenida",
    "plaza",
    "via",
    "piazza",
    "viale",
    "rua",
    "praça",
    "straat",
    "laan",
    "plein",
    "شارع",
    "ص.ب",
    "طريق",
];

/// Beginnings of the lines that close a letter.
const CLOSINGS: &[&str] = &[
    "yours sincerely",
    "yours faithfully",
    "yours truly",
    "sincerely",
    "respectfully",
    "kind regards",
    "best regards",
    "warm regards",
    "regards",
    "best wishes",
    "mit freundlichen grüßen",
    "mit freundlichem gruß",
    "freundliche grüße",
    "hochachtungsvoll",
    "cordialement",
    "bien à vous",
    "salutations distinguées",
    "atentamente",
    "un saludo",
    "saludos cordiales",
    "cordiali saluti",
    "distinti saluti",
    "atenciosamente",
    "met vriendelijke groet",
    "hoogachtend",
    "مع خالص",
    "مع فائق",
    "مع أطيب",
    "وتفضلوا بقبول",
    "وتفضلوا بقبول فائق",
    "تفضلوا بقبول",
    "المخلص",
];

/// Blocks at the start of the first page among which a head is looked for.
const REACH: usize = 14;

/// The subject of a letter or memo: what a label says it is, or the line beside the salutation.
pub(super) fn subject(placed: &[Placed<'_>]) -> Option<String> {
    let first = placed.first()?.page_index;
    labelled_subject(placed, first).or_else(|| line_of_subject(placed, first))
}

/// Where the salutation of a letter stands.
pub(in crate::reel::script) fn salutation(placed: &[Placed<'_>]) -> Option<usize> {
    let first = placed.first()?.page_index;
    placed.iter().take(REACH).position(|block| {
        let key = fold(block.text.trim_matches(|c: char| !c.is_alphanumeric()));
        block.page_index == first && block.text.ends_with([',', ':', '،', '!']) && is_salutation(&key)
    })
}

/// The line directly before or behind the salutation, where letters have their subject: no part of an address or a date,
/// and no sentence. Addresses are set line by line, a subject by itself.
fn line_of_subject(placed: &[Placed<'_>], first: usize) -> Option<String> {
    let at = salutation(placed)?;
    let is_subject = |block: &&Placed<'_>| {
        block.page_index == first
            && (3..=25).contains(&block.words)
            && block.block.lines <= 2
            && !block.text.ends_with(['.', ',', ':', '،'])
            && block.text.split(|c: char| !c.is_numeric()).all(|digits| digits.is_empty() || is_year(digits))
            && !is_no_subject(&block.text)
    };
    let gap = |upper: &Placed<'_>, lower: &Placed<'_>| lower.block.bounds[1] - upper.block.bounds[3];
    let before = at.checked_sub(1).and_then(|before| {
        let above = before.checked_sub(1).and_then(|above| placed.get(above));
        let stands_apart = above.is_none_or(|above| {
            above.page_index != first || gap(above, &placed[before]) > 0.5 * placed[before].block.line_height
        });
        placed.get(before).filter(|block| stands_apart && is_subject(block))
    });
    let behind = || placed.get(at + 1).filter(is_subject);
    before.or_else(behind).map(|block| block.text.clone())
}

fn labelled_subject(placed: &[Placed<'_>], first: usize) -> Option<String> {
    placed.iter().take(REACH).filter(|block| block.page_index == first).find_map(|block| {
        let labels = labels(&block.text);
        let at = labels.iter().position(|(label, _, _)| SUBJECT.contains(&label.as_str()))?;
        let (_, start, end) = &labels[at];
        // Inside a sentence "re:" is no head.
        if *start > 0 && labels.len() < 2 {
            return None;
        }
        let stop = labels.get(at + 1).map_or(block.text.len(), |(_, start, _)| *start);
        let subject = block.text[*end..stop].trim();
        (2..=25).contains(&word_count(subject)).then(|| subject.to_owned())
    })
}

/// Whether a block is the head of a letter or memo, which is not told.
pub(in crate::reel::script) fn is_letter_head(text: &str) -> bool {
    let labels = labels(text);
    let subject = labels.iter().any(|(label, start, _)| *start == 0 && SUBJECT.contains(&label.as_str()));
    word_count(text) <= 80 && labels.first().is_some_and(|(_, start, _)| *start == 0) && (labels.len() >= 2 || subject)
        || labels.len() == 1 && labels[0].1 == 0 && word_count(text) <= 10
}

/// The labels of a text with the start of each and the end of its colon, in bytes.
fn labels(text: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim_end();
        if let Some(core) = word.strip_suffix([':', '：']) {
            let label = fold(bare(core));
            let capital = core.starts_with(|c: char| c.is_uppercase() || !c.is_lowercase());
            if capital && (SUBJECT.contains(&label.as_str()) || OTHERS.contains(&label.as_str())) {
                found.push((label, at, at + word.len()));
            }
        }
        at += part.len();
    }
    found
}

/// Whether a line cannot be the title: the name of a kind of document, a date, an address, a salutation, a line of a head.
pub(in crate::reel::script) fn is_no_subject(text: &str) -> bool {
    let key = fold(text.trim_matches(|c: char| !c.is_alphanumeric()));
    KINDS.contains(&key.as_str())
        || is_date(&key)
        || is_address(&key)
        || is_salutation(&key)
        || is_closing(&key)
        || is_letter_head(text)
}

/// Whether a line closes a letter.
pub(in crate::reel::script) fn closes_letter(text: &str) -> bool {
    is_closing(&fold(text.trim_matches(|c: char| !c.is_alphanumeric())))
}

/// Whether a line is "Yours sincerely", perhaps with the name below it.
fn is_closing(key: &str) -> bool {
    let begins = |closing: &&str| {
        key.strip_prefix(*closing).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    };
    key.split_whitespace().count() <= 9
        && CLOSINGS.iter().map(|closing| fold(closing)).any(|closing| begins(&closing.as_str()))
}

fn is_year(digits: &str) -> bool {
    digits.parse::<u32>().is_ok_and(|year| (1000..2100).contains(&year))
}

fn is_date(key: &str) -> bool {
    let all: Vec<&str> = key.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect();
    let digits = key.chars().filter(char::is_ascii_digit).count();
    let numeric = all.iter().filter(|word| word.starts_with(char::is_numeric)).count();
    let month = all.iter().any(|word| MONTHS.contains(word));
    let written = all.len() == 1 && digits >= 4;
    all.len() <= 6 && (month && numeric >= 1 && all.len() <= numeric + 3 || written)
}

fn is_address(key: &str) -> bool {
    let all: Vec<&str> = key.split([' ', ',']).map(bare).filter(|word| !word.is_empty()).collect();
    let number = all.iter().any(|word| word.chars().next().is_some_and(char::is_numeric));
    let street = all.iter().any(|word| STREETS.contains(word) || word.ends_with("straße") || word.ends_with("straat"));
    let reach =
        ["tel", "phone", "telephone", "fax", "telefon", "téléphone", "teléfono", "telefono", "telefone", "هاتف"];
    let contact = key.contains('@') || key.contains("www.") || all.first().is_some_and(|word| reach.contains(word));
    all.len() <= 30 && (contact || number && street)
}

fn is_salutation(key: &str) -> bool {
    let first = key.split_whitespace().next().map(bare).unwrap_or_default();
    [
        "dear",
        "sehr",
        "liebe",
        "lieber",
        "cher",
        "chère",
        "chers",
        "estimado",
        "estimada",
        "estimados",
        "gentile",
        "egregio",
        "prezado",
        "prezada",
        "caro",
        "geachte",
        "beste",
        "السادة",
        "عزيزي",
    ]
    .contains(&first)
        && key.split_whitespace().count() <= 8
}
