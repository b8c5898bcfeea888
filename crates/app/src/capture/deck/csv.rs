//! CSV with the headers by which Anki finds what it has already.

use std::io::Write;

use super::{Card, Deck, DeckError, fields, guid, names, notetype};

/// Writes the file.
pub(super) fn write(deck: &Deck, cards: &[Card], to: &mut dyn Write) -> Result<(), DeckError> {
    let (name, credited) = (names::deck(&deck.name), deck.credited());
    writeln!(to, "#separator:Comma\n#html:true\n#notetype:{}\n#deck:{name}", notetype::NAME)?;
    writeln!(to, "#guid column:1\n#if matches:update current")?;
    let columns = notetype::FIELDS.iter().take(notetype::WRITTEN).map(|(name, _)| *name);
    writeln!(to, "#columns:GUID,{}", columns.collect::<Vec<_>>().join(","))?;
    // Anki passes over headers that it does not know.
    if !credited.is_empty() {
        writeln!(to, "#credits:{credited}")?;
    }
    for card in cards {
        let values = fields::values(card);
        let row: Vec<String> = std::iter::once(&guid::guid(&card.id))
            .chain(values.iter().take(notetype::WRITTEN))
            .map(|value| quoted(value))
            .collect();
        writeln!(to, "{}", row.join(","))?;
    }
    Ok(to.flush()?)
}

/// Every value is quoted: a line that begins with `#` would be a header.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}
