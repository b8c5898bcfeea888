//! Every row of the tables in `cases/`: what is printed, and what is said.

/// A language with its table: `printed<TAB>spoken`; `\n` is a line break, `#` at the start a heading.
const TABLES: [(&str, &str); 6] = [
    ("en", include_str!("cases/en.tsv")),
    ("en-GB", include_str!("cases/en-GB.tsv")),
    ("ar", include_str!("cases/ar.tsv")),
    ("fr", include_str!("cases/fr.tsv")),
    ("de", include_str!("cases/de.tsv")),
    ("es", include_str!("cases/es.tsv")),
];

fn rows() -> impl Iterator<Item = (&'static str, usize, String, String)> {
    TABLES.iter().flat_map(|(language, table)| {
        table.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with("# ")).map(
            move |(index, line)| {
                let (printed, spoken) =
                    line.split_once('\t').unwrap_or_else(|| panic!("{language} line {}", index + 1));
                (*language, index + 1, printed.replace("\\n", "\n"), spoken.replace("\\n", "\n"))
            },
        )
    })
}

#[test]
fn everything_is_said_as_a_person_says_it() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (language, line, printed, expected) in rows() {
        count += 1;
        let spoken = sluice_spoken::normalise(language, &printed).text;
        if spoken != expected {
            wrong.push(format!("{language}:{line} {printed}\n   said: {spoken}\n  right: {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 300, "only {count} cases");
}

#[test]
fn no_row_is_there_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for (language, line, printed, _) in rows() {
        assert!(seen.insert((language, printed.clone())), "{language}:{line} is there twice: {printed}");
    }
}
