//! Spanish, in the plain cases.

use crate::Said;
use crate::number::{Separators, digits};
use crate::scan::{ends, starts_with_any};
use crate::shape::{Clock, Order};
use crate::west::When::{Always, Closing, Name, Number};
use crate::west::{Language, Table, one_by_one};

/// Spanish.
pub(crate) struct Spanish;

const SMALL: [&str; 30] = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];
const TENS: [&str; 10] = ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];
const HUNDREDS: [&str; 10] = [
    "",
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
];

fn below_thousand(value: usize) -> String {
    let rest = match value % 100 {
        0 => String::new(),
        rest @ 1..30 => SMALL[rest].to_owned(),
        rest if rest % 10 == 0 => TENS[rest / 10].to_owned(),
        rest => format!("{} y {}", TENS[rest / 10], SMALL[rest % 10]),
    };
    match (value / 100, rest.is_empty()) {
        (0, _) => rest,
        (1, true) => "cien".to_owned(),
        (hundred, true) => HUNDREDS[hundred].to_owned(),
        (hundred, false) => format!("{} {rest}", HUNDREDS[hundred]),
    }
}

/// Before a noun "uno" loses its o.
fn shortened(said: &str) -> String {
    match said.strip_suffix("veintiuno") {
        Some(head) => format!("{head}veintiún"),
        None => said.strip_suffix("uno").map_or_else(|| said.to_owned(), |head| format!("{head}un")),
    }
}

fn spelled(value: u64) -> String {
    if value == 0 {
        return SMALL[0].to_owned();
    }
    let below_million = |value: u64| {
        let (thousands, rest) = ((value / 1000) as usize, (value % 1000) as usize);
        let thousands = match thousands {
            0 => String::new(),
            1 => "mil".to_owned(),
            count => format!("{} mil", shortened(&below_thousand(count))),
        };
        [thousands, below_thousand(rest)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let mut parts: Vec<String> = Vec::new();
    for (size, one, many) in [(1_000_000_000_000, "un billón", "billones"), (1_000_000, "un millón", "millones")] {
        match value / size % 1_000_000 {
            0 => {}
            1 => parts.push(one.to_owned()),
            count => parts.push(format!("{} {many}", shortened(&below_million(count)))),
        }
    }
    let low = below_million(value % 1_000_000);
    if !low.is_empty() {
        parts.push(low);
    }
    parts.join(" ")
}

const ORDINALS: [&str; 11] =
    ["", "primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno", "décimo"];

impl Language for Spanish {
    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn cardinal(&self, digits: &str, feminine: bool) -> String {
        match digits.parse::<u64>() {
            Ok(value) if value < 1_000_000_000_000_000 => {
                let said = spelled(value);
                if !feminine {
                    return said;
                }
                let said = said.replace("cientos", "cientas").replace("quinientos", "quinientas");
                said.strip_suffix("uno").map_or(said.clone(), |head| format!("{head}una"))
            }
            _ => one_by_one(digits, &SMALL),
        }
    }

    fn counting(&self, digits: &str, feminine: Option<bool>, noun: &str) -> String {
        let long = noun.chars().count() > 3;
        let feminine = feminine.unwrap_or(long && (noun.ends_with("as") || noun.ends_with('a')));
        if feminine {
            return self.cardinal(digits, true);
        }
        let masculine = noun.is_empty() || long && (noun.ends_with('s') || noun.ends_with('o'));
        let said = self.cardinal(digits, false);
        if masculine { shortened(&said) } else { said }
    }

    fn ordinal(&self, value: u64, feminine: bool) -> String {
        let Some(said) =
            usize::try_from(value).ok().and_then(|value| ORDINALS.get(value)).filter(|said| !said.is_empty())
        else {
            return spelled(value);
        };
        if feminine { format!("{}a", said.trim_end_matches('o')) } else { (*said).to_owned() }
    }

    fn fraction(&self, numerator: u64, denominator: u64) -> String {
        let one = numerator == 1;
        let count = shortened(&spelled(numerator));
        let many = if one { "" } else { "s" };
        match denominator {
            2 if one => "un medio".to_owned(),
            2 => format!("{count} medios"),
            3 => format!("{count} tercio{many}"),
            4..=10 => format!("{count} {}{many}", ORDINALS[usize::try_from(denominator).unwrap_or(4)]),
            100 => format!("{count} centésimo{many}"),
            _ => {
                let said = spelled(denominator);
                format!("{count} {}avo{many}", said.trim_end_matches('o').trim_end_matches('a').trim_end_matches('e'))
            }
        }
    }

    fn date(&self, year: Option<&str>, month: usize, day: u64, _: Order, _: &str) -> String {
        let day = if day == 1 { "uno".to_owned() } else { spelled(day) };
        let year = year.map_or_else(String::new, |year| format!(" de {}", self.cardinal(year, false)));
        format!("{day} de {}{year}", TABLE.months[month - 1])
    }

    fn clock(&self, clock: &Clock) -> String {
        let hour = self.cardinal(&clock.hour.to_string(), true);
        match clock.minute {
            0 => format!("{hour} en punto"),
            15 => format!("{hour} y cuarto"),
            30 => format!("{hour} y media"),
            minute => format!("{hour} y {}", spelled(minute)),
        }
    }

    fn own_number(&self, text: &str, at: usize) -> Option<Said> {
        let (end, run) = digits(text, at)?;
        let mark = starts_with_any(&text[end..], [".º", "º", ".ª", "ª", ".er", "er", "°"])?;
        let value: u64 = run.parse().ok().filter(|value| (1..=10).contains(value))?;
        let stop = end + mark.len();
        if mark == "°" && !crate::scan::word_after(text, stop).starts_with(char::is_alphabetic) || !ends(text, stop) {
            return None;
        }
        let said = self.ordinal(value, mark.ends_with('ª'));
        let said = if mark.ends_with("er") { said.trim_end_matches('o').to_owned() } else { said };
        Some(Said::new(stop, said))
    }
}

static TABLE: Table = Table {
    separators: Separators { groups: &['.', '\u{a0}', '\u{202f}', '\u{2009}'], decimal: &[',', '.'] },
    full_stop: "punto",
    comma: "coma",
    decimals_as_number: true,
    and: "y",
    to: "a",
    between: "entre",
    by: "por",
    definite_articles: &[],
    not_nouns: &[],
    ratio: "a",
    over: "sobre",
    out_of: "de",
    percent: "por ciento",
    per_mille: "por mil",
    degree: ("grado", "grados"),
    minute: ("minuto", "minutos"),
    north_east_south_west: ["norte", "este", "sur", "oeste"],
    power: "elevado a",
    squared: "al cuadrado",
    cubed: "al cubo",
    section: ("sección", "secciones"),
    paragraph: ("párrafo", "párrafos"),
    number: "número",
    at: "arroba",
    dot: "punto",
    slash: "barra",
    dash: "guion",
    underscore: "guion bajo",
    version: "versión",
    times: "veces",
    per: "por",
    square: ("cuadrado", "cuadrados"),
    cubic: ("cúbico", "cúbicos"),
    prefixes: &[
        ("kilo meter", "kiló"),
        ("milli meter", "milí"),
        ("centi meter", "centí"),
        ("deci meter", "decí"),
        ("milli", "mili"),
    ],
    units: &[
        ("meter", "metro", "metros", false),
        ("gram", "gramo", "gramos", false),
        ("second", "segundo", "segundos", false),
        ("minute", "minuto", "minutos", false),
        ("part per million", "parte por millón", "partes por millón", true),
        ("part per billion", "parte por mil millones", "partes por mil millones", true),
        ("hour", "hora", "horas", true),
        ("liter", "litro", "litros", false),
        ("watt hour", "vatio hora", "vatios hora", false),
        ("watt", "vatio", "vatios", false),
        ("volt", "voltio", "voltios", false),
        ("byte", "byte", "bytes", false),
        ("bit", "bit", "bits", false),
        ("hertz", "hercio", "hercios", false),
        ("tonne", "tonelada", "toneladas", true),
        ("hectare", "hectárea", "hectáreas", true),
        ("calorie", "caloría", "calorías", true),
        ("degree Celsius", "grado Celsius", "grados Celsius", false),
        ("degree Fahrenheit", "grado Fahrenheit", "grados Fahrenheit", false),
    ],
    of: "de",
    magnitudes: &[("M", "millón", "millones")],
    magnitude_words: &["millón", "millones", "mil", "billón", "billones"],
    currencies: &[
        ("$", "dólar", "dólares", "centavo", "centavos", false),
        ("USD", "dólar estadounidense", "dólares estadounidenses", "centavo", "centavos", false),
        ("EUR", "euro", "euros", "céntimo", "céntimos", false),
        ("GBP", "libra", "libras", "penique", "peniques", true),
        ("MXN", "peso mexicano", "pesos mexicanos", "centavo", "centavos", false),
        ("CHF", "franco suizo", "francos suizos", "céntimo", "céntimos", false),
        ("JPY", "yen", "yenes", "", "", false),
    ],
    before_numbers: &[
        ('-', "menos "),
        ('−', "menos "),
        ('–', "menos "),
        ('+', "más "),
        ('±', "más o menos "),
        ('~', "unos "),
        ('≈', "unos "),
        ('<', "menos de "),
        ('>', "más de "),
    ],
    signs: &[
        ('&', "y"),
        ('+', "más"),
        ('=', "igual a"),
        ('×', "por"),
        ('÷', "entre"),
        ('%', "por ciento"),
        ('→', "a"),
        ('−', "menos"),
    ],
    months: &[
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    month_abbreviations: &[
        ("ene", 1),
        ("feb", 2),
        ("mar", 3),
        ("abr", 4),
        ("jun", 6),
        ("jul", 7),
        ("ago", 8),
        ("sept", 9),
        ("oct", 10),
        ("nov", 11),
        ("dic", 12),
    ],
    days: &["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    day_marks: &["º"],
    date_links: &["de", "del"],
    abbreviations: &[
        ("Sr.", "señor", Name),
        ("Sra.", "señora", Name),
        ("Srta.", "señorita", Name),
        ("Dr.", "doctor", Name),
        ("Dra.", "doctora", Name),
        ("D.", "don", Name),
        ("Dña.", "doña", Name),
        ("EE. UU.", "Estados Unidos", Closing),
        ("EE.UU.", "Estados Unidos", Closing),
        ("etc.", "etcétera", Closing),
        ("p. ej.", "por ejemplo", Always),
        ("a. C.", "antes de Cristo", Closing),
        ("d. C.", "después de Cristo", Closing),
        ("n.º", "número", Number),
        ("N.º", "Número", Number),
        ("nº", "número", Number),
        ("núm.", "número", Number),
        ("pág.", "página", Number),
        ("págs.", "páginas", Number),
        ("p.", "página", Number),
        ("art.", "artículo", Number),
        ("cap.", "capítulo", Number),
        ("fig.", "figura", Number),
        ("vol.", "volumen", Number),
        ("aprox.", "aproximadamente", Always),
    ],
    rulers: &[
        "Luis",
        "Carlos",
        "Felipe",
        "Fernando",
        "Alfonso",
        "Isabel",
        "Juan",
        "Pablo",
        "Pío",
        "León",
        "Benedicto",
        "Enrique",
        "Jorge",
        "Napoleón",
        "Catalina",
        "Pedro",
        "Guillermo",
        "Eduardo",
        "Sancho",
        "Jaime",
        "Francisco",
    ],
    numbered: &[
        "Mundial",
        "capítulo",
        "parte",
        "tomo",
        "acto",
        "escena",
        "libro",
        "artículo",
        "sección",
        "título",
        "anexo",
        "siglo",
        "siglos",
        "fase",
        "tipo",
    ],
    ruler_ordinals: 10,
    ..Table::EMPTY
};
