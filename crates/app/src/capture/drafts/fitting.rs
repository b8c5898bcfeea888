//! Which phrases of a model's answer are what was asked for.

use std::collections::HashSet;

use serde_json::Value;
use sluice_capability::{Completion, Finish};
use sluice_domain::study::StudyLanguage;
use sluice_engine::JobError;

use super::Wanted;
use crate::capture::languages;
use crate::capture::text::plain;

fn bad_answer(what: &str) -> JobError {
    JobError::fail("bad_answer", format!("the model did not answer as it was asked to ({what}): ask again"))
}

/// The texts of an answer.
pub(super) fn listed(completion: &Completion) -> Result<Vec<String>, JobError> {
    if completion.finish == Finish::Filtered {
        return Err(JobError::fail("filtered", "the provider refused the theme: choose another one"));
    }
    let answer: Value = serde_json::from_str(&completion.text).map_err(|error| bad_answer(&error.to_string()))?;
    let texts = answer.get("phrases").and_then(Value::as_array);
    let texts = texts.ok_or_else(|| bad_answer("there is no list of phrases"))?;
    Ok(texts.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The texts that are what was asked for: in the script, of the length, without markup, none to be avoided, none twice.
pub(super) fn fitting(
    texts: &[String],
    wanted: &Wanted,
    language: StudyLanguage,
    avoid: &[&str],
) -> Result<Vec<String>, JobError> {
    let mut known: HashSet<String> = avoid.iter().map(|text| bare(text)).collect();
    let mut kept = Vec::new();
    for text in texts {
        let Ok(text) = languages::phrase(text) else { continue };
        let (found, _) = languages::by_letters(&text);
        let words = u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX);
        let fits = !language.facts().has_spaces || (wanted.min_words..=wanted.max_words).contains(&words);
        if found == Some(language) && fits && !has_markup(&text) && known.insert(bare(&text)) {
            kept.push(text);
        }
    }
    kept.truncate(usize::try_from(wanted.count).unwrap_or(usize::MAX));
    if kept.is_empty() {
        return Err(bad_answer("none of its phrases is in the language, of the length and without markup"));
    }
    Ok(kept)
}

/// Whether a text has what no phrase has: signs of HTML, Markdown, LaTeX or Anki's templates, or the number of a list.
fn has_markup(text: &str) -> bool {
    let is_entity = |rest: &str| {
        let name = rest.split_once(';').map_or("", |(name, _)| name);
        let digits = name.strip_prefix('#').unwrap_or(name);
        !digits.is_empty() && digits.len() <= 8 && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let is_numbered = || {
        let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
        rest.len() < text.len() && rest.starts_with([')', '.']) && rest.chars().nth(1).is_some_and(char::is_whitespace)
    };
    let is_listed = || ["- ", "* ", "# ", "## ", "### ", "> "].iter().any(|sign| text.starts_with(sign));
    text.contains(['<', '>', '*', '_', '`', '~', '{', '}', '\\', '|'])
        || text.contains("](")
        || text.contains("[sound:")
        || text.split('&').skip(1).any(is_entity)
        || is_numbered()
        || is_listed()
}

/// The letters of a text: phrases that differ in punctuation alone are the same.
fn bare(text: &str) -> String {
    plain(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::wanted;
    use super::*;

    #[test]
    fn what_a_model_says_is_checked() {
        let completion = |text: &str| Completion { text: text.to_owned(), finish: Finish::Stop };
        let said = json!({ "phrases": [
            "Где мой чай?", "где мой чай", "Дайте, пожалуйста, счёт!", "Where is my tea", "Чай", "Я хочу чёрный кофе с молоком и сахаром",
            "Мы сидим у окна", "Кофе очень горячий",
        ] });
        let phrases =
            |text: &str, avoid: &[&str]| fitting(&listed(&completion(text))?, &wanted(), StudyLanguage::RUSSIAN, avoid);
        let texts = phrases(&said.to_string(), &["Мы сидим у окна."]);
        assert_eq!(texts.unwrap(), ["Где мой чай?", "Дайте, пожалуйста, счёт!"]);
        for bad in ["", "{}", "{\"phrases\": [\"No\"]}"] {
            assert_eq!(phrases(bad, &[]).unwrap_err().code, "bad_answer", "{bad}");
        }
    }

    #[test]
    fn no_phrase_has_markup() {
        for text in [
            "<b>Где</b> мой чай?",
            "**Где** мой чай?",
            "_Где_ мой чай?",
            "`Где` мой чай?",
            "1. Где мой чай?",
            "12) Где мой чай?",
            "- Где мой чай?",
            "# Где мой чай?",
            "Где [мой](чай) стоит?",
            "Где мой {{c1::чай}} стоит?",
            "Где мой &nbsp;чай стоит?",
            "Где мой &#39;чай стоит?",
            "Где мой чай [sound:a.mp3]",
            "Где \\textbf мой чай?",
        ] {
            assert!(has_markup(text), "{text}");
        }
        for text in [
            "Где мой чай?",
            "Мне 5 лет - и всё.",
            "«Да», - сказал он.",
            "Рок & ролл; да",
            "25.11 был день",
            "¿1 café, 2 tés?",
        ] {
            assert!(!has_markup(text), "{text}");
        }
    }
}
