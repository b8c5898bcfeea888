//! Marks at the beginning of a list's items.

/// Bullets that are nothing else. The private ones are those of the Symbol and Wingdings fonts.
const BULLETS: [char; 26] = [
    '•', '◦', '▪', '‣', '●', '○', '■', '□', '∙', '▶', '►', '▸', '➢', '➤', '✓', '✔', '❖', '◆', '◇', '★', '⁃', '☐',
    '\u{f0b7}', '\u{f0a7}', '\u{f0d8}', '\u{f0fc}',
];

/// The length in bytes of the bullet at the start of a line, with the space after it.
pub(super) fn bullet(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let rest = text.get(first.len_utf8()..)?;
    let after_space = rest.trim_start();
    // A dash is a bullet only before the beginning of a sentence: prose breaks lines at dashes as well.
    let is_dash = matches!(first, '-' | '–' | '—' | '*' | '·')
        && rest.starts_with(' ')
        && !after_space.starts_with(|c: char| c.is_lowercase() || c.is_numeric());
    // "★★★★☆" is a mark that was given, not an item.
    let is_bullet = BULLETS.contains(&first) && !rest.starts_with(|c| BULLETS.contains(&c) || c == '☆');
    (is_bullet || is_dash).then(|| text.len() - after_space.len())
}

/// The number of a numbered item (`1.`, `2)`, `(c)`, `٣.`) at the start of a line, and its length with the space after it.
pub(super) fn number(text: &str) -> Option<(u32, usize)> {
    let (mark, rest) = text.split_once(' ')?;
    let core = mark.strip_suffix(['.', ')'])?;
    let core = core.strip_prefix('(').unwrap_or(core);
    let length = text.len() - rest.trim_start().len();
    let mut letters = core.chars();
    let value = match (letters.next(), letters.next()) {
        (Some(letter @ 'a'..='z'), None) => u32::from(letter) - u32::from('a') + 1,
        _ if core.len() <= 6 && core.chars().count() <= 2 => {
            core.chars().try_fold(0, |sum, c| Some(sum * 10 + digit(c)?))?
        }
        _ => return None,
    };
    (value > 0).then_some((value, length))
}

fn digit(c: char) -> Option<u32> {
    match c {
        '\u{660}'..='\u{669}' => Some(u32::from(c) - 0x660),
        '\u{6f0}'..='\u{6f9}' => Some(u32::from(c) - 0x6f0),
        _ => c.to_digit(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bullets_are_told_from_dashes_in_prose() {
        assert_eq!(bullet("• Room for the brood"), Some(4));
        assert_eq!(bullet("•Room"), Some(3));
        assert_eq!(bullet("- Water"), Some(2));
        assert_eq!(bullet("– and then it rained"), None);
        assert_eq!(bullet("-5 degrees"), None);
        assert_eq!(bullet("★ Room for the brood"), Some(4));
        assert_eq!(bullet("★★★★☆ The honey of this keeper"), None);
        assert_eq!(bullet("★☆☆ The jar"), None);
        assert_eq!(bullet("●●○○ Hot"), None);
    }

    #[test]
    fn numbers_of_items_are_read() {
        assert_eq!(number("3. Wash"), Some((3, 3)));
        assert_eq!(number("(c) Wash"), Some((3, 4)));
        assert_eq!(number("\u{662}) اغسل"), Some((2, 4)));
        assert_eq!(number("2024. The next"), None);
        assert_eq!(number("It rained"), None);
    }
}
