//! Maps the phonemes of a clause to its words.
//!
//! The voice model wants dictionary phonemes, with stress and with spaces, but a dictionary joins some words ("of the"
//! becomes one) and splits numbers into many. The synthesiser's events have the word of each phoneme, but not its
//! stress. The two sequences are aligned here as `diff` does it.

use unicode_normalization::UnicodeNormalization;

use super::plan::ClauseText;

/// A phoneme as the synthesiser reports it, with the first character of its word in the text of the clause.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub(crate) struct Heard {
    /// Without stress; may be several characters (`aɪ`).
    pub(crate) ipa: String,
    /// Counted from 0.
    pub(crate) character: u32,
}

/// One character of a phoneme string, decomposed (NFD), with the word of the clause that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Symbol {
    /// A phoneme, a stress or length mark, a space, or the clause's punctuation.
    pub(crate) character: char,
    /// None for what separates words.
    pub(crate) word: Option<usize>,
}

/// The symbols of `ipa`, each with its word. Words that the dictionary joined to a neighbour may have none.
pub(crate) fn symbols(ipa: &str, heard: &[Heard], text: &ClauseText) -> Vec<Symbol> {
    let written: Vec<char> = without_language_switches(ipa).nfd().collect();
    let sounded: Vec<usize> = (0..written.len()).filter(|index| is_sound(written[*index])).collect();
    let heard: Vec<(char, usize)> = heard
        .iter()
        .flat_map(|phoneme| {
            let word = text.word_at(usize::try_from(phoneme.character).unwrap_or(0));
            phoneme.ipa.nfd().filter(|c| is_sound(*c)).map(move |c| (c, word)).collect::<Vec<_>>()
        })
        .collect();
    let of_sounded = common(&sounded.iter().map(|index| written[*index]).collect::<Vec<_>>(), &heard);

    let mut words: Vec<Option<usize>> = vec![None; written.len()];
    for (index, word) in sounded.iter().zip(&of_sounded) {
        words[*index] = *word;
    }
    spread(&written, &mut words, text.starts.len());
    written.into_iter().zip(words).map(|(character, word)| Symbol { character, word }).collect()
}

/// For each written sound, the word of the heard sound that it is aligned with, by the longest common subsequence.
fn common(written: &[char], heard: &[(char, usize)]) -> Vec<Option<usize>> {
    let width = heard.len() + 1;
    let mut longest = vec![0_u32; (written.len() + 1) * width];
    for (row, sound) in written.iter().enumerate().rev() {
        for (column, (other, _)) in heard.iter().enumerate().rev() {
            longest[row * width + column] = if sound == other {
                longest[(row + 1) * width + column + 1] + 1
            } else {
                longest[(row + 1) * width + column].max(longest[row * width + column + 1])
            };
        }
    }
    let mut words = vec![None; written.len()];
    let (mut row, mut column) = (0, 0);
    while row < written.len() && column < heard.len() {
        if written[row] == heard[column].0 {
            words[row] = Some(heard[column].1);
            row += 1;
            column += 1;
        } else if longest[(row + 1) * width + column] >= longest[row * width + column + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    words
}

/// Assigns the unmatched sounds and the stress marks to the word of a neighbour. Word numbers never decrease.
fn spread(written: &[char], words: &mut [Option<usize>], count: usize) {
    let mut reached = 0;
    for word in words.iter_mut().flatten() {
        reached = reached.max((*word).min(count.saturating_sub(1)));
        *word = reached;
    }
    // Forwards within a run of letters, then backwards: a stress mark precedes its sound.
    for index in 1..words.len() {
        if words[index].is_none() && is_sound_or_length(written[index]) {
            words[index] = words[index - 1];
        }
    }
    for index in (0..words.len().saturating_sub(1)).rev() {
        if words[index].is_none() && written[index] != ' ' {
            words[index] = words[index + 1];
        }
    }
    let mut last = words.iter().flatten().next().copied().unwrap_or(0);
    for (index, word) in words.iter_mut().enumerate() {
        match word {
            Some(word) => last = *word,
            None if written[index] == ' ' => {}
            None => *word = Some(last),
        }
    }
}

/// Whether a symbol has a sound of its own: no space, no stress mark, no length mark.
fn is_sound(character: char) -> bool {
    character.is_alphabetic() && !matches!(character, 'ˈ' | 'ˌ' | 'ː' | 'ˑ' | '\u{361}')
}

fn is_sound_or_length(character: char) -> bool {
    !matches!(character, ' ' | 'ˈ' | 'ˌ')
}

/// Removes `(en)` and the like, which mark a change of language in the dictionary.
fn without_language_switches(ipa: &str) -> String {
    let mut plain = String::with_capacity(ipa.len());
    let mut rest = ipa;
    while let Some((before, after)) = rest.split_once('(') {
        plain.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(sounds: &str, character: u32) -> Vec<Heard> {
        sounds.chars().map(|c| Heard { ipa: c.to_string(), character }).collect()
    }

    fn of_words(symbols: &[Symbol], words: usize) -> Vec<String> {
        (0..words)
            .map(|word| {
                symbols.iter().filter(|symbol| symbol.word == Some(word)).map(|symbol| symbol.character).collect()
            })
            .collect()
    }

    #[test]
    fn joined_and_split_words_are_distinguished() {
        // "of the 35": the dictionary joins the first two words and splits the last.
        let text = ClauseText::join(["of", "the", "35"]);
        let sounds = [heard("ʌv", 0), heard("ðə", 3), heard("θɜːɾi", 7), heard("faɪv", 8)].concat();
        let symbols = symbols("ʌvðə θˈɜːɾi fˈaɪv", &sounds, &text);
        assert_eq!(of_words(&symbols, 3), ["ʌv", "ðə", "θˈɜːɾifˈaɪv"]);
        assert_eq!(symbols.iter().filter(|symbol| symbol.word.is_none()).count(), 2, "the spaces");
    }

    #[test]
    fn unmatched_sounds_belong_to_the_neighbouring_word() {
        let text = ClauseText::join(["better", "data"]);
        let sounds = [heard("bɛtɚ", 0), heard("deɪtə", 7)].concat();
        let symbols = symbols("bˈɛɾɚ dˈeɪɾə", &sounds, &text);
        assert_eq!(of_words(&symbols, 2), ["bˈɛɾɚ", "dˈeɪɾə"]);
    }

    #[test]
    fn without_events_everything_belongs_to_the_first_word() {
        let text = ClauseText::join(["a", "b"]);
        let symbols = symbols("(en)ˈeɪ(ar)", &[], &text);
        assert_eq!(of_words(&symbols, 2), ["ˈeɪ", ""]);
    }
}
