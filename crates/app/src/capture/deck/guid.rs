//! What identifies a note for ever.

use sha2::{Digest as _, Sha256};

/// The characters of Anki's own GUIDs.
const ALPHABET: &[u8; 91] =
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&()*+,-./:;<=>?@[]^_`{|}~";

/// What comes before the card's id in what is hashed. A note type of another shape gets another one.
const NAMESPACE: &str = "sluice__phrase__1__";

/// The GUID of the note of a card: the first eight bytes of the SHA-256 of its id, in base 91.
pub fn guid(card: &str) -> String {
    let mut rest = number(NAMESPACE, card);
    let mut digits = Vec::with_capacity(10);
    loop {
        let digit = usize::try_from(rest % 91).unwrap_or(0);
        digits.push(ALPHABET.get(digit).copied().map_or('a', char::from));
        rest /= 91;
        if rest == 0 {
            break;
        }
    }
    digits.iter().rev().collect()
}

/// A positive id in the range of Anki's own, for a deck.
pub(super) fn deck_id(deck: &str) -> i64 {
    /// Milliseconds of some day after any clock is wrong about the century, so that no deck is 1, Anki's default.
    const FIRST: i64 = 1_700_000_000_000;
    /// About three years.
    const RANGE: u64 = 100_000_000_000;
    FIRST + i64::try_from(number("sluice__deck__", deck) % RANGE).unwrap_or(0)
}

fn number(namespace: &str, id: &str) -> u64 {
    let hash = Sha256::new().chain_update(namespace).chain_update(id).finalize();
    hash.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_guid_is_the_same_for_ever_and_another_for_each_card() {
        // What was exported before is found by these: a change of them duplicates every card of every learner.
        assert_eq!(guid("019a0000-0000-7000-8000-000000000001"), guid("019a0000-0000-7000-8000-000000000001"));
        let all: HashSet<String> = (0..10_000).map(|card| guid(&card.to_string())).collect();
        assert_eq!(all.len(), 10_000);
        assert!(all.iter().all(|guid| guid.is_ascii() && guid.len() <= 11 && !guid.contains(['"', '\'', '\\', ' '])));
    }

    #[test]
    fn a_deck_is_never_the_default_one() {
        assert!(["", "1", "Deck"].iter().all(|deck| deck_id(deck) >= 1_700_000_000_000));
        assert_ne!(deck_id("1"), deck_id("2"));
    }
}
