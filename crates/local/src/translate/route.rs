//! By which models a language becomes another: one, or two by way of English.

use super::error::TranslateError;
use crate::models::{Models, Pair};

/// The language that every model reads or writes.
const HUB: &str = "en";

/// The models that translate `from` into `to`, in their order; none if both are the same. Fails if there is no such model, or if
/// it is not installed.
pub(super) fn route(models: &Models, from: &str, to: &str) -> Result<Vec<&'static Pair>, TranslateError> {
    if from == to {
        return Ok(Vec::new());
    }
    let route = known(models.pairs(), from, to).ok_or_else(|| TranslateError::NoPair {
        from: from.to_owned(),
        to: to.to_owned(),
        known: described(models.pairs().iter()),
    })?;
    for pair in &route {
        let files: Vec<&str> = models.missing(&[&pair.set]).iter().map(|file| file.name).collect();
        if !files.is_empty() {
            return Err(TranslateError::NotInstalled { from: pair.from, to: pair.to, set: &pair.set, files });
        }
    }
    Ok(route)
}

fn known<'a>(pairs: &'a [Pair], from: &str, to: &str) -> Option<Vec<&'a Pair>> {
    let pair = |from: &str, to: &str| pairs.iter().find(|pair| pair.from == from && pair.to == to);
    let by_hub = || Some(vec![pair(from, HUB)?, pair(HUB, to)?]);
    pair(from, to).map(|pair| vec![pair]).or_else(by_hub)
}

/// The installed models.
pub(super) fn installed(models: &Models) -> Vec<&'static Pair> {
    models.pairs().iter().filter(|pair| models.missing(&[&pair.set]).is_empty()).collect()
}

/// "en → pt, pt → en"
pub(super) fn described<'a>(pairs: impl Iterator<Item = &'a Pair>) -> String {
    let pairs: Vec<String> = pairs.map(|pair| format!("{} → {}", pair.from, pair.to)).collect();
    if pairs.is_empty() { "none".to_owned() } else { pairs.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{EN_PT, PT_EN};

    #[test]
    fn other_pairs_go_by_english() {
        let pairs = [EN_PT, PT_EN, Pair { from: "de", ..PT_EN }, Pair { to: "fr", ..EN_PT }];
        let names = |from, to| {
            let route = known(&pairs, from, to)?;
            Some(route.iter().map(|pair| format!("{}{}", pair.from, pair.to)).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(names("pt", "en").as_deref(), Some("pten"));
        assert_eq!(names("de", "fr").as_deref(), Some("deen enfr"));
        assert_eq!(names("fr", "de"), None);
        assert_eq!(names("de", "ja"), None);
    }

    #[test]
    fn a_circle_of_pairs_is_followed_by_english_alone() {
        let pair = |from, to| Pair { from, to, ..EN_PT };
        let circle = [pair("de", "fr"), pair("fr", "it"), pair("it", "de")];
        assert!(known(&circle, "de", "it").is_none(), "not by two of them, since none is English");
        let by_english = [pair("de", "en"), pair("en", "de"), pair("fr", "en"), pair("en", "fr"), pair("de", "fr")];
        let steps = |from, to| known(&by_english, from, to).map(|route| route.len());
        assert_eq!([steps("de", "fr"), steps("fr", "de")], [Some(1), Some(2)]);
        let nowhere = Models::new("nowhere");
        assert_eq!(route(&nowhere, "en", "en").unwrap().len(), 0);
    }

    #[test]
    fn what_is_missing_is_said_with_what_brings_it() {
        let folder = tempfile::tempdir().unwrap();
        let models = Models::new(folder.path());
        let error = route(&models, "en", "pt").unwrap_err();
        assert_eq!(error.code(), "translate_not_installed");
        assert!(error.to_string().contains("`sluice models pull translate-en-pt --from FOLDER`"), "{error}");
        let error = route(&models, "ja", "pt").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no model that translates ja to pt, neither directly nor by English; there are: en → pt, pt → en \
             (the configuration can add others: [translation.FROM-TO])"
        );
        assert!(route(&models, "ja", "ja").unwrap().is_empty());
        assert_eq!(described(installed(&models).into_iter()), "none");
    }
}
