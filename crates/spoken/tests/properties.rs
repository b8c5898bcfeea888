//! What holds for every text: spans are whole and in order, nothing panics, and plain words stay as they are.

use sluice_spoken::{Spoken, normalise, spoken_length, spoken_words};

const LANGUAGES: [&str; 8] = ["en", "en-GB", "ar", "fr", "de", "es", "it", ""];

/// What numbers, dates and sums are printed with.
#[rustfmt::skip]
const PIECES: [&str; 131] = [
    " ", " ", " ", "\n", "\u{a0}", "1", "12", "2024", "0", "007", "3.5", "1,000", "٣", "٥٠", "٫", "-", "–",
    "−", "/", ":", ".", ",", "%", "٪", "$", "€", "£", "°", "°C", "km²", "kg", "m/s²", "m", "bn", "k", "½",
    "⅔", "²", "⁶", "⁻³", "₂", "^", "(", ")", "[", "]", "[1]", "§", "#", "@", "&", "+", "=", "×", "~", "<",
    "'", "’", "\"", "…", "—", "🎉", "👨‍👩‍👧", "\u{200f}", "a", "I", "V", "XIV", "Louis", "World", "War", "US",
    "IT", "NASA", "CO", "H", "St.", "Dr.", "e.g.", "U.S.", "a.m.", "p.m.", "No.", "May", "Jan.", "1st",
    "90s", "'90s", "v1.2.3", "www.a.org", "a@b.org", "https://", "AD", "BC", "FY", "ISO", "USD", "عام",
    "سنة", "كتب", "الـ", "و", "ب", "كم", "د.إ", "هـ", "م", "ص", "الساعة", "مارس", "القرن", "مليون", "في",
    "h", "er", "Uhr", "siècle", "de", "º", "ß", "é", "e\u{301}", "中文", "\u{0}", "\u{fffd}", "ﷺ", "٪", "T",
    "x", "p", "±",
];

/// A small generator of numbers (xorshift64*), so that a failure can be made again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(value).unwrap_or_default() % bound
    }

    fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

/// The words that white space divides, in bytes.
fn words(text: &str) -> Vec<(usize, usize)> {
    text.split_whitespace()
        .map(|word| {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            (start, start + word.len())
        })
        .collect()
}

fn check(language: &str, printed: &str) -> Spoken {
    let spoken = normalise(language, printed);
    let context = format!("{language}: {printed:?} -> {spoken:?}");
    let (mut printed_end, mut said_end) = (0, 0);
    for (word, said) in &spoken.spans {
        assert!(word.start < word.end && word.start >= printed_end, "{context}");
        assert!(said.start <= said.end && said.start >= said_end, "{context}");
        assert!(printed.get(word.clone()).is_some() && spoken.text.get(said.clone()).is_some(), "{context}");
        // Between two stretches there is only white space, on either side.
        assert!(printed[printed_end..word.start].trim().is_empty(), "{context}");
        assert!(spoken.text[said_end..said.start].trim().is_empty(), "{context}");
        (printed_end, said_end) = (word.end, said.end);
    }
    assert!(printed[printed_end..].trim().is_empty() && spoken.text[said_end..].trim().is_empty(), "{context}");
    for (start, end) in words(printed) {
        let holding = spoken.spans.iter().filter(|(word, _)| word.start < end && word.end > start);
        let covered: usize = holding.map(|(word, _)| word.end.min(end) - word.start.max(start)).sum();
        assert_eq!(covered, end - start, "{context}");
    }
    spoken
}

#[test]
fn spans_hold_every_word_once_whatever_the_text() {
    let mut random = Random(0x5eed_0000_1234_abcd);
    for _ in 0..5_000 {
        let length = 1 + random.below(10);
        let text: String = (0..length).map(|_| random.pick(&PIECES)).collect();
        for language in LANGUAGES {
            check(language, &text);
        }
    }
}

#[test]
fn spans_hold_for_arbitrary_characters() {
    let mut random = Random(0x0dd_ba11);
    for _ in 0..4_000 {
        let length = random.below(24);
        let text: String = (0..length)
            .filter_map(|_| {
                let range = [0x80, 0x250, 0x700, 0x2200, 0x3100, 0x1_fb00][random.below(6)];
                char::from_u32(u32::try_from(random.below(range)).unwrap())
            })
            .collect();
        for language in LANGUAGES {
            check(language, &text);
        }
    }
}

#[test]
fn plain_words_come_out_as_they_went_in() {
    let plain = [
        ("en", "The bees were busy, said the keeper; it was hot. “Is it so?” they asked – and nobody (nobody!) knew…"),
        ("en", "He may march in, us or them, and who is it for?\n\nA well-known man, don’t you think—so I was told."),
        ("ar", "كان النحل مشغولا، قال النحّال؛ وكان الجوّ حارا. هل هذا صحيح؟ لا أحد يعرف."),
        ("fr", "Les abeilles étaient occupées, dit l'apiculteur ; il faisait chaud. « Est-ce vrai ? »"),
        ("de", "Die Bienen waren fleißig, sagte der Imker; es war heiß. „Ist es so?“ – niemand wusste es."),
        ("es", "Las abejas estaban ocupadas, dijo el apicultor; hacía calor. ¿Es cierto? ¡Nadie lo sabía!"),
        ("it", "Nel 1990 c'erano 5 api & 3 vespe: €4,99."),
    ];
    for (language, text) in plain {
        assert_eq!(check(language, text).text, text);
    }
    let letters =
        ["a", "b", "d", "e", "g", "i", "l", "m", "n", "o", "r", "s", "t", "u", "ل", "م", "ن", "ب", "ه", "ي", "ر", "س"];
    let mut random = Random(0xbee5);
    for _ in 0..1_000 {
        let script = random.below(2);
        let range = if script == 0 { 0..14 } else { 14..letters.len() };
        let word = |random: &mut Random| -> String {
            (0..5 + random.below(6)).map(|_| random.pick(&letters[range.clone()])).collect()
        };
        let text = (0..=random.below(8)).map(|_| word(&mut random)).collect::<Vec<_>>().join(" ");
        for language in LANGUAGES {
            assert_eq!(check(language, &text).text, text, "{language}");
        }
    }
}

#[test]
fn words_map_back_to_what_is_printed() {
    let printed = "In 1905, CO₂ cost $5 million [12] 🎉.";
    let spoken = check("en", printed);
    let pairs: Vec<(&str, &str)> =
        spoken.spans.iter().map(|(word, said)| (&printed[word.clone()], &spoken.text[said.clone()])).collect();
    assert_eq!(
        pairs,
        [
            ("In", "In"),
            ("1905,", "nineteen oh five,"),
            ("CO₂", "C O two"),
            ("cost", "cost"),
            ("$5", "five"),
            ("million", "million dollars"),
            ("[12]", ""),
            ("🎉.", "."),
        ]
    );
    assert_eq!(spoken.text, "In nineteen oh five, C O two cost five million dollars.");
    assert_eq!(spoken.words(), 11);
}

#[test]
fn what_is_said_for_several_words_is_divided_among_them() {
    for (language, printed, parts) in [
        ("en", "on 1 May 1998.", vec!["on", "the first of", "May,", "nineteen ninety-eight."]),
        ("en", "at 35 °C", vec!["at", "thirty-five degrees", "Celsius"]),
        ("en", "+44 20 7946", vec!["plus four four,", "two zero,", "seven nine four six"]),
        ("en", "5 – 10 %", vec!["five", "to", "ten", "percent"]),
        ("ar", "15 مارس 2024", vec!["الخامس عشر من", "مارس عام", "ألفين وأربعة وعشرين"]),
        // One word says both.
        ("ar", "2 كم", vec!["كيلومتران"]),
    ] {
        let spoken = check(language, printed);
        let said: Vec<&str> = spoken.spans.iter().map(|(_, said)| &spoken.text[said.clone()]).collect();
        assert_eq!(said, parts, "{printed}");
    }
}

#[test]
fn words_are_counted_as_they_are_said() {
    for (printed, count) in [("", 0), ("…", 0), ("twenty-one bees", 3), ("1999", 3), ("$4.99", 6), ("🎉", 0), ("US", 2)]
    {
        assert_eq!(normalise("en", printed).words(), count, "{printed}");
    }
}

#[test]
fn long_texts_take_no_longer_than_their_length() {
    // Without a limit on how far a rule looks, these would take minutes.
    for piece in
        ["1", "1.", "1,000,", "1/2", "A", "A.", "a@", "$5-", "(", "[1", "§", "ب", "1-", "x²", "—", "Louis ", "5 "]
    {
        for language in LANGUAGES {
            check(language, &piece.repeat(4_000));
        }
    }
}

#[test]
fn spoken_words_are_those_that_take_time() {
    for (language, printed, count) in [
        ("en", "It costs $4.99.", 2 + 5 + 1),
        ("en", "In the 1990s", 4),
        ("ar", "في عام 2024", 2 + 3),
        ("it", "Nel 1984 nacque", 2 + 4),
        ("nl", "Dit zijn gewone woorden", 4),
        ("en", "", 0),
    ] {
        assert_eq!(sluice_spoken::spoken_words(language, printed), count, "{printed}");
    }
}

#[test]
fn long_words_take_more_time_than_short_ones() {
    let usual = "The keeper must give the bees more room before they run out of it, because a crowded colony swarms. \
                 A colony is a single living thing, made of many thousand bodies that carry food into the hive.";
    let (words, length) = (spoken_words("en", usual), spoken_length("en", usual));
    assert!(length.abs_diff(words) * 8 <= words, "{length} for {words}");
    let long = "Postoperative administration necessitates multidisciplinary responsibility, particularly considering \
                antiangiogenic chemotherapy.";
    let (words, length) = (spoken_words("en", long), spoken_length("en", long));
    assert!(length >= words * 2, "{length} for {words}");
    assert_eq!(spoken_length("ar", "تعيش خلية النحل"), spoken_words("ar", "تعيش خلية النحل"));
    assert!(spoken_length("en", "WHO") >= 3, "letters that are said one by one");
    assert_eq!(spoken_length("en", ""), 0);
}
