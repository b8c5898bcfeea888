//! Whisper's tokens: text, languages, tasks and timestamps.

use std::path::Path;

use tokenizers::Tokenizer;

/// Languages that are written without spaces: any character may end a word.
const WITHOUT_SPACES: [&str; 6] = ["zh", "ja", "th", "lo", "my", "yue"];
/// ASCII's, of which each is a word of its own until it is merged with its neighbour.
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// The tokenizer with the ids that have a meaning.
pub(super) struct Tokens {
    tokenizer: Tokenizer,
    /// Ends a text; all ids from here on are no text.
    pub(super) end: u32,
    /// Begins a text. The languages are between it and `translate`.
    start: u32,
    translate: u32,
    transcribe: u32,
    previous: u32,
    /// The first timestamp: 0.00. Each further one is 20 ms later.
    pub(super) first_time: u32,
}

/// A word and its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) tokens: Vec<u32>,
}

impl Tokens {
    /// Reads `tokenizer.json`.
    pub(super) fn load(path: &Path) -> Result<Self, String> {
        let tokenizer = Tokenizer::from_file(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let id = |token: &str| tokenizer.token_to_id(token).ok_or_else(|| format!("the tokenizer has no {token}"));
        Ok(Self {
            end: id("<|endoftext|>")?,
            start: id("<|startoftranscript|>")?,
            translate: id("<|translate|>")?,
            transcribe: id("<|transcribe|>")?,
            previous: id("<|startofprev|>")?,
            first_time: id("<|notimestamps|>")? + 1,
            tokenizer,
        })
    }

    /// What a text in this language begins with; none if Whisper does not know the language.
    pub(super) fn beginning(&self, language: &str) -> Option<[u32; 3]> {
        let language = self.tokenizer.token_to_id(&format!("<|{language}|>"))?;
        if language <= self.start || language >= self.translate {
            return None;
        }
        Some([self.start, language, self.transcribe])
    }

    /// The prompt of a window: the end of the text before it, then the beginning.
    pub(super) fn prompt(&self, before: &[u32], beginning: &[u32]) -> Vec<u32> {
        let mut prompt = Vec::with_capacity(before.len() + 4);
        if !before.is_empty() {
            prompt.push(self.previous);
            prompt.extend(before);
        }
        prompt.extend(beginning);
        prompt
    }

    /// The tokens of a text.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<u32>, String> {
        let encoding = self.tokenizer.encode_fast(text, false).map_err(|error| error.to_string())?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The text of tokens, without timestamps.
    pub(super) fn text(&self, tokens: &[u32]) -> String {
        let text: Vec<u32> = tokens.iter().copied().filter(|token| *token < self.end).collect();
        self.tokenizer.decode(&text, true).unwrap_or_default()
    }

    /// The words of a text in this language, each with the space before it. `tokens` has no timestamps.
    pub(super) fn words(&self, tokens: &[u32], language: &str) -> Vec<Piece> {
        let characters = whole_characters(tokens, |tokens| self.text(tokens));
        if WITHOUT_SPACES.contains(&language) { characters } else { join_at_spaces(characters) }
    }
}

/// The shortest runs of tokens that are whole characters: a token may end in the middle of one.
fn whole_characters(tokens: &[u32], text: impl Fn(&[u32]) -> String) -> Vec<Piece> {
    let whole: Vec<char> = text(tokens).chars().collect();
    let mut pieces = Vec::new();
    let mut current = Vec::new();
    let mut offset = 0;
    for token in tokens {
        current.push(*token);
        let decoded = text(&current);
        let broken = decoded.chars().position(|c| c == char::REPLACEMENT_CHARACTER);
        let is_whole = broken.is_none_or(|at| whole.get(offset + at) == Some(&char::REPLACEMENT_CHARACTER));
        if is_whole {
            offset += decoded.chars().count();
            pieces.push(Piece { text: decoded, tokens: std::mem::take(&mut current) });
        }
    }
    if let Some(last) = pieces.last_mut() {
        last.tokens.append(&mut current);
    }
    pieces
}

fn join_at_spaces(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut words: Vec<Piece> = Vec::new();
    for piece in pieces {
        let begins_word = piece.text.starts_with(' ') || PUNCTUATION.contains(piece.text.trim());
        match words.last_mut().filter(|_| !begins_word) {
            Some(word) => {
                word.text.push_str(&piece.text);
                word.tokens.extend(piece.tokens);
            }
            None => words.push(piece),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_of_two_tokens_is_one_piece() {
        // Token 7 is the first half of "é", token 8 the second.
        let text = |tokens: &[u32]| match tokens {
            [7] => "\u{fffd}".to_owned(),
            [7, 8] => "é".to_owned(),
            [1, 7, 8] => "té".to_owned(),
            _ => "t".to_owned(),
        };
        let pieces = whole_characters(&[1, 7, 8], text);
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>(), ["t", "é"]);
        assert_eq!(pieces[1].tokens, [7, 8]);
    }

    #[test]
    fn a_space_and_punctuation_begin_a_word() {
        let piece = |text: &str| Piece { text: text.to_owned(), tokens: vec![1] };
        let words = join_at_spaces(["Hel", "lo", ",", " wor", "ld", "."].map(piece).to_vec());
        assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["Hello", ",", " world", "."]);
        assert_eq!(words[0].tokens.len(), 2);
    }
}
