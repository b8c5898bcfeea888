//! What is known of a script that a model was asked for: who wrote it, what it was estimated to cost and cost, what was
//! refused, and why it became an extract if it did. Stored with the reel, and shown with it; so is who presents a scene, with the
//! scene's parts.

use serde::{Deserialize, Serialize};
use sluice_capability::{Capability as _, Completing, MadeBy};
use sluice_domain::ids::{JobId, OwnerId};
use sluice_store::{StoreError, Tx, calls};
use utoipa::ToSchema;

use super::script::written::{Reason, Refused, Unusable};

/// A note about a script that a model was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScriptNote {
    /// The model that answered last; none if none did.
    pub made_by: Option<Stamp>,
    /// How many answers there were: two if the first one had to be repaired.
    pub answers: u32,
    /// In millionths of a US dollar, before: the most that the answers cost; none if the price is not known.
    pub estimated_micro_usd: Option<i64>,
    /// In millionths of a US dollar, after: what this video's answers cost; none if that is not known, or if they were there
    /// already.
    pub price_micro_usd: Option<i64>,
    /// Why the script is an extract instead; none if the model wrote it.
    pub instead: Option<Instead>,
    /// The sentences that were refused in the last answer; of a script that was repaired, those of the first.
    pub refused: Vec<RefusedSentence>,
}

/// The origin of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stamp {
    /// The provider.
    pub provider: String,
    /// The model.
    pub model: String,
    /// Its version: what the answer says, or else that of the provider's interface; empty if neither has one.
    pub version: String,
}

impl From<MadeBy> for Stamp {
    fn from(made_by: MadeBy) -> Self {
        let MadeBy { provider, model, version } = made_by;
        Self { provider, model, version }
    }
}

/// Why there is an extract instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Instead {
    /// Stable, for programs.
    pub code: InsteadCode,
    /// In a sentence.
    pub detail: String,
}

/// Why there is an extract instead. The names are permanent: clients translate them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InsteadCode {
    /// No model could be asked, or it failed.
    Failed,
    /// The model would not write about this document.
    Filtered,
    /// The answer was cut off.
    CutOff,
    /// The answer is not what was asked for.
    NotTheSchema,
    /// The script is too long, too short, or breaks another rule.
    Rules,
    /// Sentences were refused after the repair.
    Sentences,
}

/// A sentence that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedSentence {
    /// As the model wrote it.
    pub text: String,
    /// The page that it named.
    pub page: Option<u32>,
    /// Why.
    pub reason: Reason,
    /// The number, the name or the quotation that does not stand there.
    pub found: String,
    /// The reason in a sentence.
    pub detail: String,
}

impl From<&Refused> for RefusedSentence {
    fn from(refused: &Refused) -> Self {
        let Refused { text, page, reason, found, .. } = refused;
        Self { text: text.clone(), page: *page, reason: *reason, found: found.clone(), detail: refused.detail() }
    }
}

/// Who presents a scene for which a provider's presenter was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presented {
    /// The provider's presenter.
    Filmed(Stamp),
    /// The drawn one instead.
    Drawn(NotFilmed),
}

/// Why there is no film of a presenter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotFilmed {
    /// Stable, for programs.
    pub code: NotFilmedCode,
    /// In a sentence.
    pub detail: String,
}

/// Why a scene has the drawn presenter instead. The names are permanent: clients translate them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotFilmedCode {
    /// No provider could be asked, or it failed.
    Failed,
    /// What the provider made cannot be shown.
    Unusable,
}

/// A note about a presenter of a provider that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PresenterNote {
    /// Who made the films that are shown; none if there are none yet.
    pub made_by: Option<Stamp>,
    /// How many scenes show the provider's presenter.
    pub filmed: u32,
    /// The scenes that show the drawn presenter instead.
    pub drawn: Vec<DrawnScene>,
}

/// A scene that shows the drawn presenter instead of a provider's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DrawnScene {
    /// Its position, from 1.
    pub scene: u32,
    /// Stable, for programs.
    pub code: NotFilmedCode,
    /// Why, in a sentence.
    pub detail: String,
}

impl PresenterNote {
    /// From who presents which scene, by their positions.
    pub(super) fn of<'a>(scenes: impl IntoIterator<Item = (u32, &'a Presented)>) -> Self {
        let mut note = Self { made_by: None, filmed: 0, drawn: Vec::new() };
        for (scene, presented) in scenes {
            match presented {
                Presented::Filmed(by) => {
                    note.filmed += 1;
                    note.made_by.get_or_insert_with(|| by.clone());
                }
                Presented::Drawn(NotFilmed { code, detail }) => {
                    note.drawn.push(DrawnScene { scene, code: *code, detail: detail.clone() });
                }
            }
        }
        note
    }
}

impl Instead {
    /// Because the answer as a whole cannot be used.
    pub(super) fn of(unusable: &Unusable) -> Self {
        let code = match unusable {
            Unusable::Filtered => InsteadCode::Filtered,
            Unusable::CutOff => InsteadCode::CutOff,
            Unusable::NotTheSchema(_) => InsteadCode::NotTheSchema,
            Unusable::Script(_) | Unusable::Length { .. } => InsteadCode::Rules,
        };
        Self { code, detail: unusable.to_string() }
    }

    /// Because sentences were refused twice.
    pub(super) fn sentences(count: usize) -> Self {
        let detail = format!("{count} of its sentences do not stand in the document, after one repair");
        Self { code: InsteadCode::Sentences, detail }
    }
}

/// What a job's answers of models cost, in millionths of a US dollar; none if it has none, or one whose cost is not known.
pub(super) async fn price(tx: &mut Tx, owner: &OwnerId, job: &JobId) -> Result<Option<i64>, StoreError> {
    if calls::unpriced(tx, owner, job).await?.contains_key(Completing::NAME) {
        return Ok(None);
    }
    Ok(calls::costs(tx, owner, job).await?.get(Completing::NAME).map(|cost| cost.0))
}
