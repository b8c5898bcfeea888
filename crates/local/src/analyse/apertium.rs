//! Transducers of Apertium as lttoolbox 3.6 compiles them: from a form to its lemma with tags ("vino" to "venir vblex ifi p3 sg"), and
//! from a lemma to its translation.
//!
//! A file has an alphabet (tags, and pairs of what is read and written: a character, or the negative number of a tag) and sections,
//! each an automaton with its final states and transitions. Numbers take one to four bytes, the length in the first two bits.

/// Transitions of all sections, at most.
const MOST_TRANSITIONS: usize = 2_000_000;
/// Steps of one lookup, at most.
const MOST_STEPS: usize = 50_000;
/// Results of one lookup, at most.
const MOST_RESULTS: usize = 64;

/// What is read or written: 0 for nothing, a character, or a tag.
type Symbol = i32;

#[derive(Debug, Clone, Copy)]
struct Transition {
    reads: Symbol,
    writes: Symbol,
    to: u32,
}

#[derive(Debug)]
struct Section {
    initial: usize,
    is_final: Vec<bool>,
    /// Where the transitions of each state begin; one more for the end.
    starts: Vec<usize>,
    transitions: Vec<Transition>,
}

/// What a lookup wrote: a lemma with its tags.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Tagged {
    pub(super) lemma: String,
    pub(super) tags: Vec<String>,
}

impl Tagged {
    /// Whether it has a tag.
    pub(super) fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|known| known == tag)
    }
}

/// A compiled dictionary.
#[derive(Debug)]
pub(super) struct Transducer {
    tags: Vec<String>,
    sections: Vec<Section>,
}

impl Transducer {
    /// Reads a compiled dictionary.
    pub(super) fn read(data: &[u8]) -> Result<Self, String> {
        let mut reader = Reader { data, at: 0 };
        reader
            .transducer()
            .ok_or_else(|| format!("the dictionary is cut off, or in another format (byte {})", reader.at))
    }

    /// All that a form can be; a part for each word that was contracted ("del": "de" and "el").
    pub(super) fn analyses(&self, form: &str) -> Vec<Vec<Tagged>> {
        let read: Vec<Symbol> = form.chars().filter_map(|letter| Symbol::try_from(u32::from(letter)).ok()).collect();
        self.look_up(&read, false)
    }

    /// The translations of a lemma with its tags, of which the last ones need not be known.
    pub(super) fn translations(&self, of: &Tagged) -> Vec<String> {
        let letters = of.lemma.chars().filter_map(|letter| Symbol::try_from(u32::from(letter)).ok());
        let tags = of.tags.iter().map_while(|tag| self.number(tag));
        let read: Vec<Symbol> = letters.chain(tags).collect();
        let found = self.look_up(&read, true).into_iter().filter_map(|parts| parts.into_iter().next());
        found.map(|part| part.lemma.replace('#', "")).filter(|lemma| !lemma.is_empty()).collect()
    }

    fn number(&self, tag: &str) -> Option<Symbol> {
        let at = self.tags.iter().position(|known| known == tag)?;
        Some(-Symbol::try_from(at + 1).ok()?)
    }

    fn look_up(&self, read: &[Symbol], allows_rest: bool) -> Vec<Vec<Tagged>> {
        let mut found = Vec::new();
        for section in &self.sections {
            section.walk(read, allows_rest, &mut |written| {
                let parts = self.parts(written);
                if found.len() < MOST_RESULTS && !found.contains(&parts) {
                    found.push(parts);
                }
            });
        }
        found
    }

    fn parts(&self, written: &[Symbol]) -> Vec<Tagged> {
        let mut parts = vec![Tagged::default()];
        for &symbol in written {
            let is_joint = symbol == Symbol::from(b'+') && parts.last().is_some_and(|part| !part.tags.is_empty());
            if is_joint {
                parts.push(Tagged::default());
                continue;
            }
            let Some(part) = parts.last_mut() else { continue };
            match u32::try_from(symbol) {
                Ok(letter) => part.lemma.extend(char::from_u32(letter)),
                Err(_) => part.tags.extend(tag_at(&self.tags, symbol).cloned()),
            }
        }
        parts
    }
}

fn tag_at(tags: &[String], symbol: Symbol) -> Option<&String> {
    tags.get(usize::try_from(-(symbol + 1)).ok()?)
}

impl Section {
    /// Calls back for every way from the first state to a final one that reads all; with `allows_rest`, all but some tags at the end.
    fn walk(&self, read: &[Symbol], allows_rest: bool, found: &mut dyn FnMut(&[Symbol])) {
        let mut open: Vec<(usize, usize, Vec<Symbol>)> = vec![(self.initial, 0, Vec::new())];
        for _ in 0..MOST_STEPS {
            let Some((state, at, written)) = open.pop() else { return };
            let rest = read.get(at..).unwrap_or_default();
            let is_end = rest.is_empty() || (allows_rest && rest.iter().all(|symbol| *symbol < 0));
            if is_end && self.is_final.get(state) == Some(&true) {
                found(&written);
            }
            let range = self.starts.get(state).copied().zip(self.starts.get(state + 1).copied());
            let transitions = range.and_then(|(from, to)| self.transitions.get(from..to)).unwrap_or_default();
            for transition in transitions {
                let at = match transition.reads {
                    0 => at,
                    symbol if rest.first() == Some(&symbol) => at + 1,
                    _ => continue,
                };
                let mut written = written.clone();
                written.extend((transition.writes != 0).then_some(transition.writes));
                if let Ok(to) = usize::try_from(transition.to) {
                    open.push((to, at, written));
                }
            }
        }
    }
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn number(&mut self) -> Option<usize> {
        let first = *self.data.get(self.at)?;
        self.at += 1;
        let mut number = usize::from(first & 0x3f);
        for _ in 0..first >> 6 {
            number = number << 8 | usize::from(*self.data.get(self.at)?);
            self.at += 1;
        }
        Some(number)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.number().filter(|&length| length <= self.data.len())?;
        (0..length).map(|_| char::from_u32(u32::try_from(self.number()?).ok()?)).collect()
    }

    /// Skips a header, whose features must be none (they would be weights).
    fn header(&mut self, magic: &[u8]) -> Option<()> {
        if self.data.get(self.at..)?.starts_with(magic) {
            let features = self.data.get(self.at + magic.len()..self.at + magic.len() + 8)?;
            self.at += magic.len() + 8;
            return features.iter().all(|byte| *byte == 0).then_some(());
        }
        Some(())
    }

    fn transducer(&mut self) -> Option<Transducer> {
        if !self.data.starts_with(b"LTTB") {
            return None;
        }
        self.header(b"LTTB")?;
        // The letters of words.
        self.text()?;
        let count = self.number().filter(|&count| count <= self.data.len())?;
        let tags: Vec<String> = (0..count).map(|_| self.text()).collect::<Option<_>>()?;
        let pairs = self.number().filter(|&pairs| pairs <= self.data.len())?;
        let pairs: Vec<(Symbol, Symbol)> =
            (0..pairs).map(|_| Some((self.symbol(count)?, self.symbol(count)?))).collect::<Option<_>>()?;
        let mut room = MOST_TRANSITIONS;
        let sections = self.number()?;
        let mut read = Vec::new();
        for _ in 0..sections {
            self.text()?;
            self.header(b"LTTD")?;
            read.push(self.section(&pairs, &mut room)?);
        }
        (!read.is_empty() && self.at == self.data.len()).then_some(Transducer { tags, sections: read })
    }

    /// Numbers of symbols are stored with that of the tags added.
    fn symbol(&mut self, tags: usize) -> Option<Symbol> {
        let number = Symbol::try_from(self.number()?).ok()?;
        Some(number - Symbol::try_from(tags).ok()?)
    }

    fn section(&mut self, pairs: &[(Symbol, Symbol)], room: &mut usize) -> Option<Section> {
        let initial = self.number()?;
        let finals = self.number().filter(|&finals| finals <= self.data.len())?;
        let mut last = 0;
        let mut ends = Vec::with_capacity(finals);
        for _ in 0..finals {
            last += self.number()?;
            ends.push(last);
        }
        let states = self.number().filter(|&states| states <= self.data.len())?;
        let mut is_final = vec![false; states];
        for end in ends {
            *is_final.get_mut(end)? = true;
        }
        let (mut starts, mut transitions) = (Vec::with_capacity(states + 1), Vec::new());
        for state in 0..states {
            starts.push(transitions.len());
            let mut pair = 0;
            let count = self.number().filter(|&count| count <= *room)?;
            *room -= count;
            for _ in 0..count {
                pair += self.number()?;
                let to = (state + self.number()?) % states;
                let &(reads, writes) = pairs.get(pair)?;
                transitions.push(Transition { reads, writes, to: u32::try_from(to).ok()? });
            }
        }
        starts.push(transitions.len());
        (initial < states).then_some(Section { initial, is_final, starts, transitions })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One section, "ab" to "a" with the tag "n".
    fn data() -> Vec<u8> {
        let mut data = b"LTTB\0\0\0\0\0\0\0\0".to_vec();
        data.extend([0, 1, 1, 0x40, b'n']);
        // Pairs, with one tag added: nothing and nothing, a and a, b and the tag.
        data.extend([3, 1, 1, 0x40, 98, 0x40, 98, 0x40, 99, 0]);
        data.extend([1, 4, 0x40, b'm', 0x40, b'a', 0x40, b'i', 0x40, b'n']);
        data.extend(b"LTTD\0\0\0\0\0\0\0\0");
        // The first state, one final one (2), three states: 0 by "a" to 1, 1 by "b" to 2.
        data.extend([0, 1, 2, 3, 1, 1, 1, 1, 2, 1, 0]);
        data
    }

    #[test]
    fn a_form_has_its_lemma_and_tags() {
        let transducer = Transducer::read(&data()).unwrap();
        let noun = Tagged { lemma: "a".to_owned(), tags: vec!["n".to_owned()] };
        assert_eq!(transducer.analyses("ab"), [vec![noun]]);
        assert_eq!(transducer.analyses("a"), Vec::<Vec<Tagged>>::new());
        assert_eq!(transducer.analyses("abb"), Vec::<Vec<Tagged>>::new());
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        let data = data();
        for end in 0..data.len() {
            assert!(Transducer::read(&data[..end]).is_err(), "{end}");
        }
        assert!(Transducer::read(b"something else").unwrap_err().contains("another format"));
    }
}
