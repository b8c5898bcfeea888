//! Which titles in a file's metadata are usable.

/// What programs write when no title was given.
const PLACEHOLDERS: [&str; 12] = [
    "untitled",
    "document",
    "title",
    "no title",
    "powerpoint presentation",
    "presentation",
    "slide 1",
    "model",
    "layout",
    "template",
    "scan",
    "sans titre",
];

/// File extensions, which do not occur in titles.
const FILE_ENDINGS: [&str; 18] = [
    ".pdf", ".doc", ".docx", ".odt", ".rtf", ".txt", ".tex", ".dvi", ".ps", ".indd", ".qxd", ".qxp", ".ppt", ".pptx",
    ".xls", ".xlsx", ".html", ".md",
];

/// The title, trimmed, if a reader would take it for one.
pub(super) fn usable(title: &str) -> Option<String> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = title.to_lowercase();
    let length = title.chars().count();
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let unreadable = title.chars().any(|c| c.is_control() || c == '\u{fffd}' || ('\u{e000}'..='\u{f8ff}').contains(&c));
    let is_placeholder = PLACEHOLDERS.iter().any(|placeholder| lower == *placeholder)
        || lower.starts_with("untitled")
        || lower.starts_with("microsoft word")
        || lower.starts_with("microsoft powerpoint");
    let is_file = FILE_ENDINGS.iter().any(|ending| lower.ends_with(ending)) || title.contains(['/', '\\', '_']);
    let is_title = (3..=200).contains(&length) && letters * 2 >= length && !unreadable && !is_placeholder && !is_file;
    is_title.then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_kept_and_the_rest_is_dropped() {
        assert_eq!(usable("  On  Growth and Form "), Some("On Growth and Form".to_owned()));
        assert_eq!(usable("اللغة العربية"), Some("اللغة العربية".to_owned()));
        for no_title in [
            "",
            "untitled",
            "Untitled document",
            "Microsoft Word - x.doc",
            "report.PDF",
            "final_v2",
            "C:\\x",
            "12/3",
            "Model",
        ] {
            assert_eq!(usable(no_title), None, "{no_title}");
        }
    }
}
