//! Buckwalter's Arabic morphological analyser: a word is a prefix, a stem and a suffix whose categories go together. Words are in his
//! transliteration, a Latin letter for each Arabic one.

use std::collections::{HashMap, HashSet};

/// What stands behind a command: who is told, and whom it is done to.
const COMMANDED: [&str; 22] = [
    "", "y", "wA", "A", "n", "h", "hA", "hm", "hn", "hmA", "ny", "nA", "yh", "yhA", "yhm", "yny", "ynA", "wh", "whA",
    "whm", "wny", "wnA",
];
/// Stems of the imperfect that are none of a command: those of the passive, and those with a last letter that it drops.
const NOT_COMMANDED: [&str; 8] = ["IV_0_", "IV_0hAnn", "IV_h", "IV_Ann", "IV_no", "IV_yn", "IV_wn", "IV_n"];
/// Longest prefix and suffix, in letters.
const PREFIX: usize = 4;
const SUFFIX: usize = 6;

/// Arabic letters and marks, and what stands for them.
const LETTERS: [(char, char); 45] = [
    ('\'', 'ء'),
    ('|', 'آ'),
    ('>', 'أ'),
    ('&', 'ؤ'),
    ('<', 'إ'),
    ('}', 'ئ'),
    ('A', 'ا'),
    ('b', 'ب'),
    ('p', 'ة'),
    ('t', 'ت'),
    ('v', 'ث'),
    ('j', 'ج'),
    ('H', 'ح'),
    ('x', 'خ'),
    ('d', 'د'),
    ('*', 'ذ'),
    ('r', 'ر'),
    ('z', 'ز'),
    ('s', 'س'),
    ('$', 'ش'),
    ('S', 'ص'),
    ('D', 'ض'),
    ('T', 'ط'),
    ('Z', 'ظ'),
    ('E', 'ع'),
    ('g', 'غ'),
    ('f', 'ف'),
    ('q', 'ق'),
    ('k', 'ك'),
    ('l', 'ل'),
    ('m', 'م'),
    ('n', 'ن'),
    ('h', 'ه'),
    ('w', 'و'),
    ('Y', 'ى'),
    ('y', 'ي'),
    ('{', 'ٱ'),
    ('F', '\u{064b}'),
    ('N', '\u{064c}'),
    ('K', '\u{064d}'),
    ('a', '\u{064e}'),
    ('u', '\u{064f}'),
    ('i', '\u{0650}'),
    ('~', '\u{0651}'),
    ('o', '\u{0652}'),
];

/// The letters of a text in Arabic.
pub(super) fn to_arabic(text: &str) -> String {
    let of = |letter: char| match letter {
        'O' => 'أ',
        'I' => 'إ',
        'W' => 'ؤ',
        '`' => '\u{0670}',
        _ => LETTERS.iter().find(|(latin, _)| *latin == letter).map_or(letter, |(_, arabic)| *arabic),
    };
    text.chars().map(of).collect()
}

/// Arabic without marks, in Buckwalter's letters.
pub(super) fn from_arabic(text: &str) -> String {
    let of = |letter: char| LETTERS.iter().find(|(_, arabic)| *arabic == letter).map_or(letter, |(latin, _)| *latin);
    text.chars().map(of).collect()
}

/// A line of a dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// With vowels.
    pub(super) vowelled: &'a str,
    /// Morphological category.
    pub(super) category: &'a str,
    /// English meanings, divided by ";".
    pub(super) gloss: &'a str,
    /// Parts of speech, if the line names them: "Al/DET+".
    pub(super) parts: &'a str,
    /// The lemma, of a stem: `kitAb_1`; empty where its root names none.
    pub(super) lemma: &'a str,
    /// The root that the line stands under.
    pub(super) root: &'a str,
}

/// A prefix, a stem and a suffix that go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Solution<'a> {
    pub(super) prefix: Entry<'a>,
    pub(super) stem: Entry<'a>,
    pub(super) suffix: Entry<'a>,
}

/// A dictionary: its text, and where the lines of each form are.
#[derive(Debug)]
struct Dictionary {
    text: String,
    /// Places of a line, of its lemma and of its root (0 for none), sorted by the form.
    lines: Vec<[u32; 3]>,
}

impl Dictionary {
    fn read(name: &str, content: &[u8]) -> Result<Self, String> {
        // Latin-1: a byte is a character.
        let text: String = content.iter().copied().map(char::from).collect();
        let mut lines = Vec::new();
        let (mut at, mut lemma, mut root) = (0_usize, 0, 0);
        for line in text.split_inclusive('\n') {
            let place = u32::try_from(at).map_err(|_| format!("{name} is too long"))?;
            at += line.len();
            if line.starts_with(";--- ") {
                root = place + 5;
                // Some roots name no lemma, and the one of the root before is none of theirs.
                lemma = 0;
            } else if line.starts_with(";; ") {
                lemma = place + 3;
            } else if !line.starts_with(';') && !line.trim_matches(['\r', '\n', ' ']).is_empty() {
                if line.split('\t').count() != 4 {
                    return Err(format!("{name} has a line that is no entry: {}", line.trim()));
                }
                lines.push([place, lemma, root]);
            }
        }
        if lines.is_empty() {
            return Err(format!("{name} has no entry"));
        }
        lines.sort_by(|one, other| form_at(&text, one[0]).cmp(form_at(&text, other[0])).then(one.cmp(other)));
        lines.shrink_to_fit();
        Ok(Self { text, lines })
    }

    fn entries<'a>(&'a self, form: &str) -> impl Iterator<Item = Entry<'a>> {
        let from = self.lines.partition_point(|line| form_at(&self.text, line[0]) < form);
        let form = form.to_owned();
        let same = self.lines.iter().skip(from).take_while(move |line| form_at(&self.text, line[0]) == form);
        same.filter_map(|line| self.entry(*line))
    }

    fn entry(&self, [line, lemma, root]: [u32; 3]) -> Option<Entry<'_>> {
        let mut fields = line_at(&self.text, line).split('\t').skip(1);
        let (vowelled, category, gloss) = (fields.next()?, fields.next()?, fields.next()?);
        let (gloss, parts) = gloss.split_once("<pos>").unwrap_or((gloss, ""));
        let first = |place: u32| match place {
            0 => "",
            place => line_at(&self.text, place).split_whitespace().next().unwrap_or_default(),
        };
        let parts = parts.split("</pos>").next().unwrap_or_default();
        Some(Entry { vowelled, category, gloss: gloss.trim(), parts, lemma: first(lemma), root: first(root) })
    }
}

fn line_at(text: &str, place: u32) -> &str {
    let rest = usize::try_from(place).ok().and_then(|place| text.get(place..)).unwrap_or_default();
    rest.lines().next().unwrap_or_default()
}

fn form_at(text: &str, place: u32) -> &str {
    line_at(text, place).split('\t').next().unwrap_or_default()
}

/// The analyser.
#[derive(Debug)]
pub(super) struct Buckwalter {
    prefixes: Dictionary,
    stems: Dictionary,
    suffixes: Dictionary,
    /// Which categories go together: prefix and stem, prefix and suffix, stem and suffix.
    tables: [HashMap<String, HashSet<String>>; 3],
}

/// The files of the analyser, in the order in which [`Buckwalter::read`] wants them.
pub(super) const FILES: [&str; 6] = ["dictPrefixes", "dictStems", "dictSuffixes", "tableAB", "tableAC", "tableBC"];

impl Buckwalter {
    /// Reads the contents of [`FILES`].
    pub(super) fn read(files: &[Vec<u8>]) -> Result<Self, String> {
        let [prefixes, stems, suffixes, ab, ac, bc] = files else {
            return Err("the analyser has six files".to_owned());
        };
        Ok(Self {
            prefixes: Dictionary::read("dictPrefixes", prefixes)?,
            stems: Dictionary::read("dictStems", stems)?,
            suffixes: Dictionary::read("dictSuffixes", suffixes)?,
            tables: [table("tableAB", ab)?, table("tableAC", ac)?, table("tableBC", bc)?],
        })
    }

    /// All solutions of a word without marks, in Buckwalter's letters.
    pub(super) fn solutions(&self, word: &str) -> Vec<Solution<'_>> {
        let [ab, ac, bc] = &self.tables;
        let goes = |table: &HashMap<String, HashSet<String>>, one: &str, other: &str| {
            table.get(one).is_some_and(|others| others.contains(other))
        };
        let mut found = Vec::new();
        for (before, form, after) in cuts(word) {
            let suffixes: Vec<Entry<'_>> = self.suffixes.entries(after).collect();
            if suffixes.is_empty() {
                continue;
            }
            let prefixes: Vec<Entry<'_>> = self.prefixes.entries(before).collect();
            for stem in self.stems.entries(form) {
                for &prefix in prefixes.iter().filter(|prefix| goes(ab, prefix.category, stem.category)) {
                    let fits = |suffix: &&Entry<'_>| {
                        goes(ac, prefix.category, suffix.category) && goes(bc, stem.category, suffix.category)
                    };
                    found.extend(suffixes.iter().filter(fits).map(|&suffix| Solution { prefix, stem, suffix }));
                }
            }
        }
        found
    }

    /// The stems of verbs of which a word without marks may be a command, of which the dictionary has hardly any. It is the stem of the
    /// imperfect without its prefix, with an alif before two consonants: "قف" of "يقف", "العب" of "يلعب".
    pub(super) fn commands(&self, word: &str) -> Vec<Entry<'_>> {
        let mut found = Vec::new();
        for rest in ["", "w", "f"].iter().filter_map(|and| word.strip_prefix(and)) {
            for alif in ["", "A", ">"] {
                let Some(rest) = rest.strip_prefix(alif) else { continue };
                for form in COMMANDED.iter().filter_map(|told| rest.strip_suffix(told)) {
                    found.extend(self.stems.entries(form).filter(|stem| is_command(stem, alif)));
                }
            }
        }
        found
    }
}

/// Whether a stem is that of a command with this alif.
fn is_command(stem: &Entry<'_>, alif: &str) -> bool {
    let category = stem.category;
    let is_active = category.starts_with("IV") && !category.contains("Pass") && category != "IV_0";
    let has_cluster = stem.vowelled.chars().nth(1) == Some('o');
    // Of "ajlis" (make sit) the alif has a hamza, which is often not written.
    let goes = if alif == ">" { has_cluster && category.ends_with("_yu") } else { has_cluster != alif.is_empty() };
    is_active && goes && !NOT_COMMANDED.iter().any(|other| category.starts_with(other))
}

/// The ways to cut a word into prefix, stem and suffix.
fn cuts(word: &str) -> Vec<(&str, &str, &str)> {
    let ends: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let count = ends.len() - 1;
    let mut cuts = Vec::new();
    for from in 0..=PREFIX.min(count.saturating_sub(1)) {
        for to in (from + 1).max(count.saturating_sub(SUFFIX))..=count {
            let (Some(&from), Some(&to)) = (ends.get(from), ends.get(to)) else { continue };
            cuts.push((&word[..from], &word[from..to], &word[to..]));
        }
    }
    cuts
}

fn table(name: &str, content: &[u8]) -> Result<HashMap<String, HashSet<String>>, String> {
    let text: String = content.iter().copied().map(char::from).collect();
    let mut table: HashMap<String, HashSet<String>> = HashMap::new();
    for line in text.lines().filter(|line| !line.starts_with(';') && !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let (Some(one), Some(other)) = (words.next(), words.next()) else {
            return Err(format!("{name} has a line that is no pair: {}", line.trim()));
        };
        table.entry(one.to_owned()).or_default().insert(other.to_owned());
    }
    if table.is_empty() { Err(format!("{name} has no pair")) } else { Ok(table) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::analyse) fn files() -> Vec<Vec<u8>> {
        let prefixes = "\t\tPref-0\t\nAl\tAl\tNPref-Al\tthe <pos>Al/DET+</pos>\nwAl\twaAl\tNPref-Al\tand + the <pos>wa/CONJ+Al/DET+</pos>\n";
        let stems = "; a comment\n;--- ktb\n;; kitAb_1\nktAb\tkitAb\tNdu\tbook\n;; kut~Ab_1\nktAb\tkut~Ab\tN\tkuttab;Quran school\n;--- mdrs\n;; madorasap_1\nmdrs\tmadoras\tNapAt\tschool\n;; katab-u_1\nktb\tkatab\tPV\twrite\n";
        let suffixes = "\t\tSuff-0\t\np\tap\tNSuff-ap\t[fem.sg.] <pos>+ap/NSUFF_FEM_SG</pos>\nt\tat\tPVSuff-at\tshe <verb> <pos>+at/PVSUFF_SUBJ:3FS</pos>\n\ta\tPVSuff-a\the <verb> <pos>+a/PVSUFF_SUBJ:3MS</pos>\n";
        let ab = "Pref-0 Ndu\nPref-0 N\nPref-0 NapAt\nPref-0 PV\nNPref-Al Ndu\nNPref-Al N\nNPref-Al NapAt\n";
        let ac =
            "Pref-0 Suff-0\nPref-0 NSuff-ap\nPref-0 PVSuff-at\nPref-0 PVSuff-a\nNPref-Al Suff-0\nNPref-Al NSuff-ap\n";
        let bc = "Ndu Suff-0\nN Suff-0\nNapAt NSuff-ap\nPV PVSuff-at\nPV PVSuff-a\n";
        [prefixes, stems, suffixes, ab, ac, bc].into_iter().map(|text| text.as_bytes().to_vec()).collect()
    }

    #[test]
    fn a_word_is_cut_where_the_parts_go_together() {
        let buckwalter = Buckwalter::read(&files()).unwrap();
        let of = |word: &str| -> Vec<String> {
            let solutions = buckwalter.solutions(word);
            let vowelled =
                solutions.iter().map(|s| format!("{}+{}+{}", s.prefix.vowelled, s.stem.vowelled, s.suffix.vowelled));
            vowelled.collect()
        };
        assert_eq!(of("ktAb"), ["+kitAb+", "+kut~Ab+"]);
        assert_eq!(of("wAlmdrsp"), ["waAl+madoras+ap"]);
        assert_eq!(of("ktbt"), ["+katab+at"]);
        assert_eq!(of("Alktbt"), Vec::<String>::new(), "verbs have no article");
        assert_eq!(of(""), Vec::<String>::new());
        let school = buckwalter.solutions("mdrsp")[0].stem;
        assert_eq!((school.lemma, school.root, school.gloss), ("madorasap_1", "mdrs", "school"));
    }

    #[test]
    fn a_stem_of_a_root_without_lemmas_has_not_that_of_the_root_before() {
        let text = ";--- rAwnd\n;; rAwanod_1\nrAwnd\trAwanod\tN\trhubarb\n;--- rAy\nr>y\tra>ay\tPV_C\tsee\n";
        let stems = Dictionary::read("dictStems", text.as_bytes()).unwrap();
        let of = |form: &str| stems.entries(form).next().map(|entry| (entry.lemma, entry.root));
        assert_eq!((of("rAwnd"), of("r>y")), (Some(("rAwanod_1", "rAwnd")), Some(("", "rAy"))));
    }

    #[test]
    fn a_command_is_the_stem_of_the_imperfect() {
        let mut files = files();
        files[1].extend(
            b";--- wqf\n;; waqaf-i_1\nqf\tqif\tIV\tstop\nqf\tqaf\tIV_Pass_yu\tbe stopped\n;--- lEb\n;; laEib-a_1\nlEb\tloEab\tIV\tplay\n\
            ;--- jls\n;; >ajolas_1\njls\tjolis\tIV_yu\tseat\n;--- mAE\n;; mAE-i_1\nmy\tmiy\tIV_0hAnn\tmelt\n",
        );
        let buckwalter = Buckwalter::read(&files).unwrap();
        let of = |word: &str| buckwalter.commands(word).into_iter().map(|stem| stem.lemma).collect::<Vec<_>>();
        assert_eq!((of("qf"), of("qfy"), of("wqfwA")), (vec!["waqaf-i_1"], vec!["waqaf-i_1"], vec!["waqaf-i_1"]));
        assert_eq!((of("AlEb"), of("lEb"), of(">lEb")), (vec!["laEib-a_1"], vec![], vec![]));
        assert_eq!((of(">jlsny"), of("Ajls")), (vec![">ajolas_1"], vec![">ajolas_1"]));
        assert!(of("Aqf").is_empty() && of("my").is_empty() && of("ktAb").is_empty());
    }

    #[test]
    fn letters_go_both_ways() {
        assert_eq!(to_arabic("kitAb"), "كِتاب");
        assert_eq!(from_arabic("كتاب"), "ktAb");
        assert!(LETTERS.iter().all(|(latin, arabic)| to_arabic(&latin.to_string()) == arabic.to_string()));
    }

    #[test]
    fn what_is_broken_is_an_error() {
        for at in 0..6 {
            let mut empty = files();
            empty[at].clear();
            assert!(Buckwalter::read(&empty).unwrap_err().contains(FILES[at]));
            let mut wrong = files();
            wrong[at] = b"one".to_vec();
            assert!(Buckwalter::read(&wrong).unwrap_err().contains("one"));
        }
        assert!(Buckwalter::read(&[]).is_err());
    }
}
