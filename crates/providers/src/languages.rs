//! Which languages a voice speaks of which its provider does not say it.

use sluice_domain::language::LanguageCode;
use sluice_domain::study::StudyLanguage;

/// Those of the apps that the usual models of providers are documented for. Georgian is not among them: a model that speaks it is
/// configured with its voices, as `voices.ka`.
pub(crate) fn spoken_by_default() -> impl Iterator<Item = LanguageCode> {
    LanguageCode::of_apps().filter(|language| *language != LanguageCode::from(StudyLanguage::GEORGIAN))
}
