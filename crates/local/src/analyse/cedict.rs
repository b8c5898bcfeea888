//! CC-CEDICT, a line an entry: `傳統 传统 [chuan2 tong3] /tradition/traditional/`. The text stays as it is; an index leads to the lines.

/// A dictionary entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// In traditional characters.
    pub(super) traditional: &'a str,
    /// In simplified characters.
    pub(super) simplified: &'a str,
    /// Syllables with numbers.
    pub(super) pinyin: &'a str,
    /// Senses, divided by "/".
    senses: &'a str,
}

impl<'a> Entry<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (words, rest) = line.split_once(" [")?;
        let (traditional, simplified) = words.split_once(' ')?;
        let (pinyin, senses) = rest.split_once("] /")?;
        Some(Self { traditional, simplified, pinyin, senses: senses.trim_end().strip_suffix('/')? })
    }

    /// Its senses.
    pub(super) fn senses(self) -> impl Iterator<Item = &'a str> {
        self.senses.split('/').map(str::trim).filter(|sense| !sense.is_empty())
    }

    /// Whether it is a name, a surname, or a way to write another word.
    pub(super) fn is_aside(self) -> bool {
        const ASIDE: [&str; 8] = [
            "surname ",
            "variant of ",
            "old variant of ",
            "archaic variant of ",
            "erroneous variant of ",
            "Japanese variant of ",
            "used in ",
            "see ",
        ];
        let is_name = self.pinyin.starts_with(|letter: char| letter.is_ascii_uppercase());
        is_name || self.senses().next().is_none_or(|first| ASIDE.iter().any(|aside| first.starts_with(aside)))
    }
}

/// A word that is not so many times as likely as its parts beside each other may be these parts.
const RIVAL: f64 = 100.0;

/// A way to write a word: the place of its line, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    line: u32,
    is_traditional: bool,
    /// How often the word occurs, of all that jieba counted; 0 if it did not count it.
    frequency: u32,
}

/// The dictionary, and how often its words occur.
#[derive(Debug)]
pub(super) struct Cedict {
    text: String,
    /// Sorted by the word.
    places: Vec<Place>,
    /// Sum of all frequencies.
    total: u64,
    /// Characters of the longest word.
    longest: usize,
}

impl Cedict {
    /// Reads the dictionary, and the lines `word frequency tag` of jieba.
    pub(super) fn read(dictionary: Vec<u8>, frequencies: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8(dictionary).map_err(|error| format!("CC-CEDICT is not UTF-8: {error}"))?;
        let mut this = Self { text, places: Vec::new(), total: 1, longest: 0 };
        this.index()?;
        let frequencies = std::str::from_utf8(frequencies).map_err(|error| format!("jieba's words: {error}"))?;
        this.count(frequencies)?;
        Ok(this)
    }

    fn index(&mut self) -> Result<(), String> {
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let place = u32::try_from(at).map_err(|_| "CC-CEDICT is longer than 4 GiB".to_owned())?;
            at += line.len();
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let entry =
                Entry::of(line).ok_or_else(|| format!("CC-CEDICT has a line that is no entry: {}", line.trim()))?;
            self.longest = self.longest.max(entry.simplified.chars().count());
            self.places.push(Place { line: place, is_traditional: false, frequency: 0 });
            if entry.traditional != entry.simplified {
                self.places.push(Place { line: place, is_traditional: true, frequency: 0 });
            }
        }
        if self.places.is_empty() {
            return Err("CC-CEDICT has no entry".to_owned());
        }
        let text = &self.text;
        self.places
            .sort_by(|one, other| word_at(text, *one).cmp(word_at(text, *other)).then(one.line.cmp(&other.line)));
        self.places.shrink_to_fit();
        Ok(())
    }

    fn count(&mut self, frequencies: &str) -> Result<(), String> {
        for line in frequencies.lines().filter(|line| !line.is_empty()) {
            let mut fields = line.split(' ');
            let counted = fields.next().zip(fields.next().and_then(|count| count.parse::<u32>().ok()));
            let (word, count) = counted.ok_or_else(|| format!("jieba has a line that is no word: {line}"))?;
            self.total += u64::from(count);
            let same = self.range(word);
            for place in self.places.get_mut(same).unwrap_or_default() {
                place.frequency = count;
            }
        }
        Ok(())
    }

    fn range(&self, word: &str) -> std::ops::Range<usize> {
        let from = self.places.partition_point(|place| word_at(&self.text, *place) < word);
        let rest = self.places.get(from..).unwrap_or_default();
        from..from + rest.iter().take_while(|place| word_at(&self.text, **place) == word).count()
    }

    /// The entries of a word, those in simplified characters first.
    pub(super) fn entries(&self, word: &str) -> Vec<Entry<'_>> {
        let places = self.places.get(self.range(word)).unwrap_or_default();
        let (traditional, simplified): (Vec<&Place>, Vec<&Place>) =
            places.iter().partition(|place| place.is_traditional);
        simplified.into_iter().chain(traditional).filter_map(|place| entry_at(&self.text, *place)).collect()
    }

    /// Cuts characters into words, so that the product of their frequencies is the largest.
    pub(super) fn cut<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let count = starts.len() - 1;
        let best = self.best(text, &starts, count);
        let mut words = Vec::new();
        let mut from = 0;
        while from < count {
            let to = best[from].1;
            words.push(&text[starts[from]..starts[to]]);
            from = to;
        }
        words
    }

    /// Whether a word may as well be several: together they are not much less likely than it is.
    pub(super) fn is_rivalled(&self, word: &str) -> bool {
        let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
        let count = starts.len() - 1;
        let whole = self.weight(word, count == 1);
        let parts = self.best(word, &starts, count.saturating_sub(1));
        count > 1 && whole.zip(parts.first()).is_some_and(|(whole, (parts, _))| whole - parts < RIVAL.ln())
    }

    /// The best way from each character to the end, by words of so many characters at most: its weight, and where its first word ends.
    fn best(&self, text: &str, starts: &[usize], longest: usize) -> Vec<(f64, usize)> {
        let count = starts.len() - 1;
        let longest = longest.min(self.longest).max(1);
        let mut best = vec![(0.0_f64, count); count + 1];
        for from in (0..count).rev() {
            let mut chosen = (f64::NEG_INFINITY, from + 1);
            for to in from + 1..=(from + longest).min(count) {
                let word = &text[starts[from]..starts[to]];
                let Some(weight) = self.weight(word, to == from + 1) else { continue };
                if weight + best[to].0 > chosen.0 {
                    chosen = (weight + best[to].0, to);
                }
            }
            best[from] = chosen;
        }
        best
    }

    /// The logarithm of a word's share; none for what is no word. A single character always is one.
    #[expect(clippy::cast_precision_loss, reason = "shares are compared, not counted")]
    fn weight(&self, word: &str, is_character: bool) -> Option<f64> {
        let places = self.places.get(self.range(word)).unwrap_or_default();
        let frequency = places.iter().map(|place| place.frequency).max();
        let frequency = frequency.or(is_character.then_some(0))?;
        Some((f64::from(frequency.max(1)) / self.total as f64).ln())
    }
}

fn entry_at(text: &str, place: Place) -> Option<Entry<'_>> {
    let line = text.get(usize::try_from(place.line).ok()?..)?.lines().next()?;
    Entry::of(line)
}

fn word_at(text: &str, place: Place) -> &str {
    let entry = entry_at(text, place);
    entry.map_or("", |entry| if place.is_traditional { entry.traditional } else { entry.simplified })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::analyse) const WORDS: &str = "# a comment\n研究 研究 [yan2 jiu1] /research; a study/to research/CL:項|项[xiang4]/\n研究生 研究生 [yan2 jiu1 sheng1] /graduate student/\n生命 生命 [sheng1 ming4] /life/\n起源 起源 [qi3 yuan2] /origin/to originate/\n生 生 [sheng1] /to be born/raw/\n命 命 [ming4] /life/fate/\n銀行 银行 [yin2 hang2] /bank/CL:家[jia1],個|个[ge4]/\n行 行 [hang2] /row/\n行 行 [xing2] /to walk/to go/OK!/\n行 行 [Xing2] /surname Xing/\n";
    pub(in crate::analyse) const COUNTS: &str =
        "研究 5000 v\n研究生 300 n\n生命 2000 n\n起源 400 n\n生 900 v\n命 300 n\n银行 800 n\n行 700 v\n";

    fn cedict() -> Cedict {
        Cedict::read(WORDS.as_bytes().to_vec(), COUNTS.as_bytes()).unwrap()
    }

    #[test]
    fn words_are_cut_by_frequency() {
        assert_eq!(cedict().cut("研究生命起源"), ["研究", "生命", "起源"]);
        assert_eq!(cedict().cut("龘研究"), ["龘", "研究"]);
        assert_eq!(cedict().cut(""), Vec::<&str>::new());
    }

    #[test]
    fn a_word_that_is_rarer_than_its_parts_let_expect_has_rivals() {
        let cedict = cedict();
        assert!(!cedict.is_rivalled("银行") && !cedict.is_rivalled("行") && !cedict.is_rivalled(""));
        // Of 8,400 words, 20 are it, and 900 and 300 its characters.
        let counts = COUNTS.replace("生命 2000", "生命 20");
        assert!(Cedict::read(WORDS.as_bytes().to_vec(), counts.as_bytes()).unwrap().is_rivalled("生命"));
    }

    #[test]
    fn entries_are_found_in_both_scripts() {
        let cedict = cedict();
        assert_eq!(cedict.entries("銀行"), cedict.entries("银行"));
        assert_eq!(cedict.entries("银行")[0].senses().collect::<Vec<_>>(), ["bank", "CL:家[jia1],個|个[ge4]"]);
        let readings: Vec<_> = cedict.entries("行").iter().map(|entry| (entry.pinyin, entry.is_aside())).collect();
        assert_eq!(readings, [("hang2", false), ("xing2", false), ("Xing2", true)]);
        assert_eq!(cedict.entries("没有"), []);
    }

    #[test]
    fn what_is_no_dictionary_is_an_error() {
        let read = |words: &str, counts: &str| Cedict::read(words.as_bytes().to_vec(), counts.as_bytes()).unwrap_err();
        assert!(read("", "").contains("no entry"));
        assert!(read("a line\n", "").contains("a line"));
        assert!(read(WORDS, "研究 many v\n").contains("no word"));
    }
}
