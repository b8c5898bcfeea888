//! Voices, models, and the account.

use axum::Json;
use axum::extract::{Path, Query};
use serde_json::{Value, json};

use super::speech::spent;
use crate::call::Call;
use crate::refusal::{Refusal, Refused};

/// Voices: id, name, gender, the language that they are best at.
pub(super) const VOICES: [(&str, &str, &str, &str); 4] = [
    ("21m00Tcm4TlvDq8ikWAM", "Rachel", "female", "en"),
    ("JBFqnCBsd6RMkjVDRZzb", "George", "male", "en"),
    ("twinVoiceGerman00001", "Greta", "female", "de"),
    ("twinVoiceArabic00001", "Amal", "female", "ar"),
];
/// Models: id, the most characters of a request, what a character costs.
const MODELS: [(&str, u64, f64); 5] = [
    ("eleven_v3", 3_000, 1.0),
    ("eleven_multilingual_v2", 10_000, 1.0),
    ("eleven_turbo_v2_5", 40_000, 0.5),
    ("eleven_flash_v2_5", 40_000, 0.5),
    ("eleven_flash_v2", 30_000, 0.5),
];
/// Voices of a page, if nothing is said.
const PAGE: usize = 10;

/// The most characters of a request of a model.
pub(super) fn limit_of(model: &str) -> Option<u64> {
    MODELS.iter().find(|(id, ..)| *id == model).map(|(_, limit, _)| *limit)
}

fn described((id, name, gender, language): &(&str, &str, &str, &str)) -> Value {
    json!({
        "voice_id": id, "name": name, "category": "premade", "labels": { "gender": gender, "language": language, "accent": "neutral" },
        "description": null, "preview_url": null, "available_for_tiers": [], "settings": null, "sharing": null, "samples": null,
        "high_quality_base_model_ids": ["eleven_multilingual_v2"],
        "verified_languages": [{ "language": language, "model_id": "eleven_multilingual_v2" }],
    })
}

pub(crate) async fn voices(_: Call) -> Json<Value> {
    Json(json!({ "voices": VOICES.iter().map(described).collect::<Vec<_>>() }))
}

pub(crate) async fn voice(call: Call, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let found = VOICES.iter().find(|(known, ..)| *known == id).map(described);
    found
        .map(Json)
        .ok_or_else(|| call.refuse(Refusal::NotFound(format!("A voice with voice_id '{id}' was not found."))))
}

pub(crate) async fn voices_paged(_: Call, Query(query): Query<Vec<(String, String)>>) -> Json<Value> {
    let value = |wanted: &str| query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let search = value("search").unwrap_or_default().to_lowercase();
    let all: Vec<Value> =
        VOICES.iter().filter(|(_, name, ..)| name.to_lowercase().contains(&search)).map(described).collect();
    let size = value("page_size").and_then(|size| size.parse().ok()).unwrap_or(PAGE).clamp(1, 100);
    let start: usize = value("next_page_token").and_then(|token| token.parse().ok()).unwrap_or(0);
    let end = start.saturating_add(size).min(all.len());
    let page = all.get(start..end).unwrap_or_default();
    let next = (end < all.len()).then(|| end.to_string());
    Json(json!({ "voices": page, "has_more": next.is_some(), "total_count": all.len(), "next_page_token": next }))
}

pub(crate) async fn models(_: Call) -> Json<Value> {
    let all = MODELS.iter().map(|(id, limit, cost)| {
        json!({
            "model_id": id, "name": id, "description": "", "can_be_finetuned": false, "can_do_text_to_speech": true,
            "can_do_voice_conversion": false, "can_use_style": true, "can_use_speaker_boost": true, "serves_pro_voices": false,
            "token_cost_factor": cost, "requires_alpha_access": false, "max_characters_request_free_user": limit,
            "max_characters_request_subscribed_user": limit, "maximum_text_length_per_request": limit,
            "languages": [{ "language_id": "en", "name": "English" }, { "language_id": "de", "name": "German" },
                          { "language_id": "ar", "name": "Arabic" }],
            "model_rates": { "character_cost_multiplier": cost }, "concurrency_group": "standard",
        })
    });
    Json(all.collect())
}

fn subscribed(call: &Call) -> Value {
    json!({
        "tier": "creator", "status": "active", "character_count": spent(call),
        "character_limit": call.twin.settings().elevenlabs_characters, "max_character_limit_extension": null,
        "max_credit_limit_extension": "unlimited", "can_extend_character_limit": true, "allowed_to_extend_character_limit": true,
        "next_character_count_reset_unix": call.twin.now_seconds() + 86_400, "voice_slots_used": 0,
        "professional_voice_slots_used": 0, "professional_voice_slots_used_in_workspace": 0, "voice_limit": 30,
        "voice_add_edit_counter": 0, "professional_voice_limit": 1, "can_extend_voice_limit": false,
        "can_use_instant_voice_cloning": true, "can_use_professional_voice_cloning": true, "currency": "usd",
        "current_overage": { "amount": "0", "currency": "usd" }, "billing_period": "monthly_period",
        "character_refresh_period": "monthly_period", "open_invoices": [], "has_open_invoices": false, "next_invoice": null,
        "pending_change": null,
    })
}

pub(crate) async fn subscription(call: Call) -> Json<Value> {
    Json(subscribed(&call))
}

pub(crate) async fn user(call: Call) -> Json<Value> {
    Json(json!({
        "user_id": "twin", "subscription": subscribed(&call), "is_new_user": false, "xi_api_key": null,
        "can_use_delayed_payment_methods": false, "is_onboarding_completed": true, "is_onboarding_checklist_completed": true,
        "created_at": 1_700_000_000, "seat_type": "workspace_admin", "first_name": "Twin",
    }))
}

/// What was spoken, newest first.
pub(crate) async fn history(call: Call, Query(query): Query<Vec<(String, String)>>) -> Json<Value> {
    let value = |wanted: &str| query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let size: usize = value("page_size").and_then(|size| size.parse().ok()).unwrap_or(100).clamp(1, 1_000);
    let mut items: Vec<Value> = call.twin.with(|state| state.history.iter().rev().cloned().collect());
    let id = |item: &Value| item.get("history_item_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(after) = value("start_after_history_item_id") {
        let start = items.iter().position(|item| id(item) == after).map_or(0, |at| at + 1);
        items.drain(..start);
    }
    let more = items.len() > size;
    items.truncate(size);
    let last = items.last().map(id);
    Json(json!({ "history": items, "has_more": more, "last_history_item_id": last }))
}
