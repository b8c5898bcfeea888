//! The fields of a card's note, as HTML in which nothing of the card's own texts means anything to Anki.

use super::{Card, Word};

/// What stands between items of a list.
const NEXT: &str = "<br>";

/// How line ends of a text are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnds {
    /// As `<br>`.
    Kept,
    /// As a space.
    Spaces,
}

impl LineEnds {
    /// Plain text as HTML. Brackets and braces are escaped, too: `[sound:…]`, `[latex]…`, `{{c1::…}}` stay what they are.
    /// Characters that separate fields, and other controls, do not occur in the result.
    pub(super) fn html(self, text: &str) -> String {
        let mut html = String::with_capacity(text.len() + 16);
        let mut characters = text.trim().chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                '[' => html.push_str("&#91;"),
                ']' => html.push_str("&#93;"),
                '{' => html.push_str("&#123;"),
                '}' => html.push_str("&#125;"),
                '\r' if characters.peek() == Some(&'\n') => {}
                '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => html.push_str(self.written()),
                '\t' => html.push(' '),
                control if control.is_control() => {}
                other => html.push(other),
            }
        }
        html
    }

    const fn written(self) -> &'static str {
        match self {
            Self::Kept => NEXT,
            Self::Spaces => " ",
        }
    }

    /// The notes on grammar.
    pub(super) fn grammar(self, card: &Card) -> String {
        joined(card.grammar.iter().map(|note| self.html(note)))
    }

    /// The words, one a line.
    pub(super) fn vocabulary(self, card: &Card) -> String {
        joined(card.vocabulary.iter().map(|word| self.word(word)))
    }

    /// `<b>word</b> (root) – meaning; gender; declension; notes`. Words of another direction do not move their neighbours.
    fn word(self, word: &Word) -> String {
        let isolated = |text: &str| format!("<bdi>{}</bdi>", self.html(text));
        let mut html = String::new();
        if !word.word.trim().is_empty() {
            html = format!("<b>{}</b>", isolated(&word.word));
        }
        if !word.root.trim().is_empty() {
            html = format!("{html} ({})", isolated(&word.root));
        }
        let rest = [&word.meaning, &word.gender, &word.declension, &word.notes];
        let rest: Vec<String> = rest.iter().filter(|text| !text.trim().is_empty()).map(|text| isolated(text)).collect();
        match (html.is_empty(), rest.is_empty()) {
            (_, true) => html,
            (true, false) => rest.join("; "),
            (false, false) => format!("{html} – {}", rest.join("; ")),
        }
    }
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.filter(|item| !item.is_empty()).collect::<Vec<_>>().join(NEXT)
}

/// What plays the card's recording; empty if it has none. Names of recordings have no special characters.
pub(super) fn sound(card: &Card) -> String {
    card.audio.as_ref().map_or_else(String::new, |audio| format!("[sound:{}]", audio.name))
}

/// The tag of a language as far as it is one: letters, digits and hyphens.
pub(super) fn language(card: &Card) -> String {
    card.language.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(35).collect()
}

/// The values of the fields of [`super::notetype::FIELDS`], in their order.
pub(super) fn values(card: &Card) -> [String; 11] {
    let kept = LineEnds::Kept;
    [
        kept.html(&card.source),
        kept.html(&card.transliteration),
        kept.html(&card.translation),
        kept.grammar(card),
        kept.vocabulary(card),
        sound(card),
        language(card),
        card.direction.as_html().to_owned(),
        kept.html(&card.id),
        String::new(),
        String::new(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_means_anything_to_anki() {
        let text = "a\tb <b>\"c\"</b> & {{c1::d}} [sound:e.mp3] [latex]f[/latex] \u{1f}g\u{0}";
        let html = LineEnds::Kept.html(text);
        assert_eq!(
            html,
            "a b &lt;b&gt;&quot;c&quot;&lt;/b&gt; &amp; &#123;&#123;c1::d&#125;&#125; &#91;sound:e.mp3&#93; \
             &#91;latex&#93;f&#91;/latex&#93; g"
        );
    }

    #[test]
    fn line_ends_of_all_kinds_are_kept_or_are_spaces() {
        let text = " a\r\nb\nc\rd\u{2028}e\n";
        assert_eq!(LineEnds::Kept.html(text), "a<br>b<br>c<br>d<br>e");
        assert_eq!(LineEnds::Spaces.html(text), "a b c d e");
    }

    #[test]
    fn a_word_shows_what_is_known_of_it() {
        let word = Word { word: "كتب".into(), meaning: "books".into(), gender: "m.".into(), ..Word::default() };
        assert_eq!(LineEnds::Kept.word(&word), "<b><bdi>كتب</bdi></b> – <bdi>books</bdi>; <bdi>m.</bdi>");
        let word = Word { word: "идёт".into(), root: "идти".into(), ..Word::default() };
        assert_eq!(LineEnds::Kept.word(&word), "<b><bdi>идёт</bdi></b> (<bdi>идти</bdi>)");
        assert_eq!(LineEnds::Kept.word(&Word::default()), "");
    }
}
