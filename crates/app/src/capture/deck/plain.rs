//! Six fields a line, separated by tabs: source, translation, grammar, vocabulary, recording, transliteration.

use std::io::Write;

use super::fields::{self, LineEnds};
use super::{Card, DeckError};

/// Writes the lines.
pub(super) fn write(cards: &[Card], to: &mut dyn Write) -> Result<(), DeckError> {
    let html = LineEnds::Spaces;
    for card in cards {
        let values = [
            first(html.html(&card.source)),
            html.html(&card.translation),
            html.grammar(card),
            html.vocabulary(card),
            fields::sound(card),
            html.html(&card.transliteration),
        ];
        writeln!(to, "{}", values.join("\t"))?;
    }
    Ok(())
}

/// A line that begins with `#` would be a header.
fn first(value: String) -> String {
    match value.strip_prefix('#') {
        Some(rest) => format!("&#35;{rest}"),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_a_header() {
        assert_eq!(first("#deck:Other".into()), "&#35;deck:Other");
        assert_eq!(first("a#".into()), "a#");
    }
}
