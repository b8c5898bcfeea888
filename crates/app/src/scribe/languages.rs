//! The languages that are written down: how a person names one, and what hears which.

use sluice_capability::{Router, Transcribe, Transcribing};
use sluice_domain::ids::OwnerId;
use sluice_domain::language::LanguageCode;
use sluice_local::speech::LANGUAGES;

use super::context::ScribeApp;
use super::error::SessionError;
use crate::providers::ProviderError;

/// Most characters of a name that is repeated in an answer.
const NAMED: usize = 20;

/// The code of the language that a person names. Its case, and what follows it as in "en-US", make no difference to what is heard.
pub fn known(named: &str) -> Result<&'static str, SessionError> {
    let primary = named.trim().split(['-', '_']).next().unwrap_or_default().to_lowercase();
    // The same language by the code that Whisper has for it.
    let primary = match primary.as_str() {
        "nb" => "no",
        "jv" => "jw",
        "fil" => "tl",
        "iw" => "he",
        same => same,
    };
    LANGUAGES.iter().copied().find(|code| *code == primary).ok_or_else(|| refused(named, LANGUAGES.to_vec()))
}

/// The same, of a language that something hears, be it with a key of the owner's own: what nothing hears is refused before anything is
/// recorded or sent.
pub async fn chosen(app: &ScribeApp, owner: &OwnerId, named: Option<String>) -> Result<Option<String>, SessionError> {
    let Some(named) = named else { return Ok(None) };
    let code = known(&named)?;
    let mut all = heard(app.hearing.configured());
    if !all.contains(&code) {
        let own = match app.hearing.of(owner).await {
            Ok(router) => heard(&router),
            Err(ProviderError::Keyless { .. }) => Vec::new(),
            // It is not known what the owner's own key hears: nothing is refused for that, and the transcription says why.
            Err(error) => {
                tracing::warn!(%owner, %error, "what an owner's own routes hear is not known");
                return Ok(Some(code.to_owned()));
            }
        };
        if !own.contains(&code) {
            all.extend(own);
            all.sort_unstable();
            all.dedup();
            return Err(refused(&named, all));
        }
    }
    Ok(Some(code.to_owned()))
}

fn refused(named: &str, known: Vec<&'static str>) -> SessionError {
    SessionError::Language { code: named.chars().take(NAMED).collect(), known }
}

/// The languages that a router has something for.
pub(super) fn heard(router: &Router<Transcribing, dyn Transcribe>) -> Vec<&'static str> {
    heard_by(router.routes().map(|route| {
        let own = &route.implementation.profile().languages;
        [&*route.when.languages, own]
    }))
}

/// The languages that one of these routes hears, each with those that it is for and those that its implementation knows; all where
/// there is no route.
fn heard_by<'a>(routes: impl Iterator<Item = [&'a [LanguageCode]; 2]>) -> Vec<&'static str> {
    let routes: Vec<_> = routes.collect();
    let hears = |code: &&'static str| {
        let language = LanguageCode::from_code(code);
        routes.is_empty()
            || routes.iter().any(|[wanted, known]| match language {
                Some(language) => [wanted, known].iter().all(|some| some.is_empty() || some.contains(&language)),
                // As the router has it: of a language that it does not know nobody says that they cannot hear it.
                None => wanted.is_empty(),
            })
    };
    LANGUAGES.iter().copied().filter(hears).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_however_it_is_written() {
        for (named, code) in [("en", "en"), ("EN", "en"), ("en-US", "en"), ("zh_Hant_TW", "zh"), (" Haw ", "haw")] {
            assert_eq!(known(named).unwrap(), code, "{named}");
        }
        for (named, code) in [("nb", "no"), ("nb-NO", "no"), ("jv", "jw"), ("fil-PH", "tl"), ("IW", "he")] {
            assert_eq!(known(named).unwrap(), code, "{named}");
        }
        for named in ["", "-", "English", "tlh", "xx-US", "e n"] {
            assert!(known(named).is_err(), "{named}");
        }
    }

    #[test]
    fn a_language_that_no_route_hears_is_not_offered() {
        let of = |codes: &[&str]| codes.iter().filter_map(|code| LanguageCode::from_code(code)).collect::<Vec<_>>();
        let (arabic, known, any) = (of(&["ar"]), of(&["en", "fr"]), of(&[]));
        assert_eq!(heard_by([[&*arabic, &*any], [&*any, &*any]].into_iter()), LANGUAGES);
        assert_eq!(heard_by(std::iter::empty()), LANGUAGES);
        assert_eq!(heard_by([[&*arabic, &*any]].into_iter()), ["ar"]);
        let few = heard_by([[&*arabic, &*known], [&*any, &*known]].into_iter());
        assert!(few.contains(&"fr") && !few.contains(&"ar"), "it is for Arabic, and does not know it: {few:?}");
    }
}
