//! What the words of a language are.

use crate::number::Separators;

/// When an abbreviation is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    /// Before a number, or a numeral.
    Number,
    /// Before a name.
    Name,
    /// Where a sentence may end with it: then its full stop stays.
    Closing,
}

/// As printed with its full stop, what is said, and when.
pub(crate) type Abbreviation = (&'static str, &'static str, When);

/// A unit's English name, then one and many of it, and whether it is feminine.
pub(crate) type UnitName = (&'static str, &'static str, &'static str, bool);

/// A currency: its key, one and many of it, one and many of its hundredth part (empty without one), and whether it is
/// feminine.
pub(crate) type Currency = (&'static str, &'static str, &'static str, &'static str, &'static str, bool);

/// The words of a language. Pairs are one and many.
pub(crate) struct Table {
    pub(crate) separators: Separators,
    /// What a decimal point and a decimal comma are called.
    pub(crate) full_stop: &'static str,
    pub(crate) comma: &'static str,
    /// "3,14" is three comma fourteen.
    pub(crate) decimals_as_number: bool,
    pub(crate) and: &'static str,
    /// From one number to another.
    pub(crate) to: &'static str,
    /// After this word "and" stands between them instead.
    pub(crate) between: &'static str,
    /// "4x4"; empty where that has no word.
    pub(crate) by: &'static str,
    /// Before a quantity that is an adjective, in the singular: "a $5 note".
    pub(crate) articles: &'static [&'static str],
    /// After these words it is one where a noun follows, and what is none of those.
    pub(crate) definite_articles: &'static [&'static str],
    pub(crate) not_nouns: &'static [&'static str],
    /// Between the numbers of a ratio.
    pub(crate) ratio: &'static str,
    /// "120/80".
    pub(crate) over: &'static str,
    /// "7/10" as a mark.
    pub(crate) out_of: &'static str,
    /// Words beside which a fraction is a mark.
    pub(crate) marks: &'static [&'static str],
    /// Words before which or after which a time is a ratio.
    pub(crate) ratios: &'static [&'static str],
    pub(crate) percent: &'static str,
    pub(crate) per_mille: &'static str,
    pub(crate) degree: (&'static str, &'static str),
    /// Of a degree.
    pub(crate) minute: (&'static str, &'static str),
    pub(crate) north_east_south_west: [&'static str; 4],
    /// "to the power of".
    pub(crate) power: &'static str,
    pub(crate) squared: &'static str,
    pub(crate) cubed: &'static str,
    pub(crate) section: (&'static str, &'static str),
    pub(crate) paragraph: (&'static str, &'static str),
    pub(crate) number: &'static str,
    pub(crate) hashtag: &'static str,
    pub(crate) at: &'static str,
    pub(crate) dot: &'static str,
    pub(crate) slash: &'static str,
    pub(crate) dash: &'static str,
    pub(crate) underscore: &'static str,
    pub(crate) version: &'static str,
    pub(crate) times: &'static str,
    /// "per".
    pub(crate) per: &'static str,
    /// "square", "cubic": before the unit, or after it.
    pub(crate) square: (&'static str, &'static str),
    pub(crate) cubic: (&'static str, &'static str),
    pub(crate) power_before: bool,
    /// Prefixes of units that differ from English.
    pub(crate) prefixes: &'static [(&'static str, &'static str)],
    pub(crate) units: &'static [UnitName],
    /// A word between a number and a unit where a magnitude stands before it: "un million d'euros".
    pub(crate) of: &'static str,
    /// Letters after a number, then one and many.
    pub(crate) magnitudes: &'static [(&'static str, &'static str, &'static str)],
    /// Words that may stand between a sum and its currency.
    pub(crate) magnitude_words: &'static [&'static str],
    pub(crate) currencies: &'static [Currency],
    /// Before a number: what the sign means.
    pub(crate) before_numbers: &'static [(char, &'static str)],
    /// Anywhere else.
    pub(crate) signs: &'static [(char, &'static str)],
    pub(crate) months: &'static [&'static str],
    pub(crate) month_abbreviations: &'static [(&'static str, usize)],
    pub(crate) days: &'static [&'static str],
    /// What may stand after the number of a day.
    pub(crate) day_marks: &'static [&'static str],
    /// Between a day and a month, a month and a year.
    pub(crate) date_links: &'static [&'static str],
    /// Between hour and minute.
    pub(crate) clock_marks: &'static [char],
    pub(crate) abbreviations: &'static [Abbreviation],
    /// Names before which a roman numeral is an ordinal, nouns after which it is a number.
    pub(crate) rulers: &'static [&'static str],
    pub(crate) numbered: &'static [&'static str],
    /// `XXe siècle`: words after which, or before which, a numeral counts centuries, as an ordinal or not.
    pub(crate) century: &'static [&'static str],
    /// The article before the ordinal of a ruler, and up to which number it is one.
    pub(crate) ruler_article: &'static str,
    pub(crate) ruler_ordinals: u64,
    /// Words before which a number of four digits counts, and is no year.
    pub(crate) not_years: &'static [&'static str],
}

impl Table {
    /// A table with nothing but signs that need no words, for languages to fill.
    pub(crate) const EMPTY: Self = Self {
        separators: Separators { groups: &[], decimal: &['.'] },
        full_stop: "",
        comma: "",
        decimals_as_number: false,
        and: "",
        to: "",
        between: "",
        by: "",
        articles: &[],
        definite_articles: &[],
        not_nouns: &[],
        ratio: "",
        over: "",
        out_of: "",
        marks: &[],
        ratios: &[],
        percent: "",
        per_mille: "",
        degree: ("", ""),
        minute: ("", ""),
        north_east_south_west: [""; 4],
        power: "",
        squared: "",
        cubed: "",
        section: ("", ""),
        paragraph: ("", ""),
        number: "",
        hashtag: "hashtag",
        at: "",
        dot: "",
        slash: "slash",
        dash: "",
        underscore: "",
        version: "version",
        times: "",
        per: "",
        square: ("", ""),
        cubic: ("", ""),
        power_before: false,
        prefixes: &[],
        units: &[],
        of: "",
        magnitudes: &[],
        magnitude_words: &[],
        currencies: &[],
        before_numbers: &[],
        signs: &[],
        months: &[],
        month_abbreviations: &[],
        days: &[],
        day_marks: &[],
        date_links: &[],
        clock_marks: &[':'],
        abbreviations: &[],
        rulers: &[],
        numbered: &[],
        century: &[],
        ruler_article: "",
        ruler_ordinals: 0,
        not_years: &[],
    };
}
