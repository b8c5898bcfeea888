//! simplemma's dictionaries from a form to its lemma: sorted keys, each without what it shares with the one before, and values as an
//! edit of their key. They stay packed; a sparse index leads to blocks of records.

use std::collections::HashSet;

use super::archive::unxzed;

const MAGIC: &[u8] = b"SMFC1";
/// The key has the value of the record before.
const SAME: u8 = 254;
/// The value does not begin as the key does.
const WHOLE: u8 = 255;
/// Records from one place of the index to the next.
const BLOCK: usize = 32;

/// Where reading can begin.
#[derive(Debug, Clone)]
struct Block {
    at: usize,
    /// The key and the value before.
    before: (Vec<u8>, Vec<u8>),
    first: Vec<u8>,
}

/// A dictionary.
#[derive(Debug)]
pub(super) struct Lemmas {
    data: Vec<u8>,
    blocks: Vec<Block>,
    is_reversed: bool,
    /// Lemmas of other forms whose own lemma is another.
    rivalled: HashSet<String>,
}

impl Lemmas {
    /// Reads a dictionary that is compressed by xz.
    pub(super) fn read(packed: &[u8]) -> Result<Self, String> {
        Self::of(unxzed(packed)?)
    }

    fn of(data: Vec<u8>) -> Result<Self, String> {
        let broken = || "the lemmas are cut off, or in another format".to_owned();
        let mut reader = Reader { data: &data, at: MAGIC.len() };
        let is_ours = data.starts_with(MAGIC);
        let flags = reader.byte().filter(|_| is_ours).ok_or_else(broken)?;
        let count = reader.number().ok_or_else(broken)?;
        let mut blocks: Vec<Block> = Vec::new();
        let mut before = (Vec::new(), Vec::new());
        let mut values: HashSet<Vec<u8>> = HashSet::new();
        let mut read = 0;
        while reader.at < data.len() {
            let at = reader.at;
            let record = reader.record(&before).ok_or_else(broken)?;
            if read % BLOCK == 0 {
                blocks.push(Block { at, before, first: record.0.clone() });
            }
            if !values.contains(&record.1) {
                values.insert(record.1.clone());
            }
            before = record;
            read += 1;
        }
        if read != count {
            return Err(broken());
        }
        let mut this = Self { data, blocks, is_reversed: flags & 1 == 1, rivalled: HashSet::new() };
        let values = values.into_iter().filter_map(|value| String::from_utf8(this.turned(value)).ok());
        this.rivalled = values.filter(|value| this.lemma(value).is_some_and(|lemma| lemma != *value)).collect();
        Ok(this)
    }

    /// Whether a form is, by the list itself, a word of its own, too: other forms have it as their lemma, but it has another.
    pub(super) fn is_rivalled(&self, form: &str) -> bool {
        self.rivalled.contains(form)
    }

    fn turned(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        if self.is_reversed {
            bytes.reverse();
        }
        bytes
    }

    /// The lemma of a form.
    pub(super) fn lemma(&self, form: &str) -> Option<String> {
        let key = self.turned(form.as_bytes().to_vec());
        let block = self.blocks.partition_point(|block| block.first <= key).checked_sub(1)?;
        let Block { at, before, .. } = self.blocks.get(block)?;
        let mut reader = Reader { data: &self.data, at: *at };
        let mut before = before.clone();
        for _ in 0..BLOCK {
            before = reader.record(&before)?;
            if before.0 == key {
                return String::from_utf8(self.turned(before.1)).ok();
            }
        }
        None
    }
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.data.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    /// Seven bits in each byte, the lowest first.
    fn number(&mut self) -> Option<usize> {
        let mut number = 0_usize;
        for shift in (0..28).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        let bytes = self.data.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(bytes)
    }

    fn record(&mut self, (key, value): &(Vec<u8>, Vec<u8>)) -> Option<(Vec<u8>, Vec<u8>)> {
        let shared = self.number()?;
        let mut new_key = key.get(..shared)?.to_vec();
        new_key.extend_from_slice(self.bytes()?);
        let new_value = match self.byte()? {
            SAME => value.clone(),
            WHOLE => self.bytes()?.to_vec(),
            trimmed => {
                let kept = new_key.len().checked_sub(usize::from(trimmed))?;
                let mut value = new_key.get(..kept)?.to_vec();
                value.extend_from_slice(self.bytes()?);
                value
            }
        };
        Some((new_key, new_value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// casa, casas → casa; fui → ir.
    const DATA: &[u8] = b"SMFC1\x00\x03\x00\x04casa\x00\x00\x04\x01s\xfe\x00\x03fui\xff\x02ir";

    #[test]
    fn forms_have_their_lemmas() {
        let lemmas = Lemmas::of(DATA.to_vec()).unwrap();
        let of = |form: &str| lemmas.lemma(form);
        assert_eq!(of("casas").as_deref(), Some("casa"));
        assert_eq!(of("casa").as_deref(), Some("casa"));
        assert_eq!(of("fui").as_deref(), Some("ir"));
        assert_eq!((of("fuimos"), of("a"), of("")), (None, None, None));
    }

    /// moda → moda, modian → modis, modis → moda.
    const RIVALS: &[u8] = b"SMFC1\x00\x03\x00\x04moda\x00\x00\x03\x03ian\xff\x05modis\x04\x01s\xff\x04moda";

    #[test]
    fn a_form_that_is_the_lemma_of_others_is_rivalled() {
        let lemmas = Lemmas::of(RIVALS.to_vec()).unwrap();
        assert_eq!(lemmas.lemma("modis").as_deref(), Some("moda"));
        let rivalled = ["moda", "modian", "modis", ""].map(|form| lemmas.is_rivalled(form));
        assert_eq!(rivalled, [false, false, true, false]);
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        for end in 0..DATA.len() {
            assert!(Lemmas::of(DATA[..end].to_vec()).is_err(), "{end}");
        }
        assert!(Lemmas::read(b"no xz").is_err());
    }
}
