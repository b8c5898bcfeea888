//! What there is to choose from, and what the account has.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use image::ImageFormat;
use serde_json::{Value, json};

use super::jobs::{paged, spent};
use crate::call::Call;
use crate::media::picture;
use crate::refusal::{Refusal, Refused};
use crate::state::{date, hash};

type Options = Query<Vec<(String, String)>>;

/// Presenters: id, name, gender.
const PRESENTERS: [(&str, &str, &str); 3] = [
    ("v2_public_twin_ada", "Ada", "female"),
    ("v2_public_twin_alan", "Alan", "male"),
    ("v2_public_twin_grace", "Grace", "female"),
];
/// Avatars: id, name, gender.
const AVATARS: [(&str, &str, &str); 2] = [("avt_twin_mary", "Mary", "female"), ("avt_twin_otto", "Otto", "male")];
/// What avatars feel.
const SENTIMENTS: [&str; 5] = ["Professional", "Empathetic", "Excited", "Frustrated", "Friendly"];
/// When everything was made.
const MADE: &str = "2026-01-01T00:00:00.000Z";

fn media(id: &str, name: &str) -> String {
    format!("https://example.org/{id}/{name}")
}

/// Where the picture of a presenter lies.
fn picture_of(call: &Call, id: &str) -> String {
    format!("{}/d-id/pictures/{id}.png", call.twin.base())
}

fn described(call: &Call, (id, name, gender): &(&str, &str, &str)) -> Value {
    json!({
        "presenter_id": id, "name": name, "gender": gender, "driver_id": "driver-1", "owner_id": "PUBLIC_D-ID", "created_at": MADE,
        "modified_at": MADE, "preview_url": media(id, "preview.mp4"), "talking_preview_url": media(id, "talking.mp4"),
        "video_url": media(id, "video.mp4"), "thumbnail_url": picture_of(call, id), "image_url": picture_of(call, id),
        "voice": { "type": "microsoft", "voice_id": "en-US-JennyNeural" }, "is_streamable": true, "is_greenscreen": false,
        "status": "done",
    })
}

/// The named ones, and after them as many as the settings say.
pub(crate) async fn presenters(call: Call, query: Options) -> Json<Value> {
    let mut all: Vec<Value> = PRESENTERS.iter().map(|one| described(&call, one)).collect();
    let more = (0..call.twin.settings().did_presenters).map(|number| {
        let (id, name) = (format!("v2_public_twin_more_{number}"), format!("Presenter {number}"));
        described(&call, &(id.as_str(), name.as_str(), "female"))
    });
    all.extend(more);
    paged(&all, "presenters", &query)
}

/// The picture of a presenter or an avatar, at a link for everybody.
pub(crate) async fn picture(call: Call, Path(file): Path<String>) -> Result<Response, Refused> {
    let id = file.strip_suffix(".png").unwrap_or_default();
    if !PRESENTERS.iter().chain(&AVATARS).any(|(known, ..)| *known == id) {
        return Err(call.refuse(Refusal::NotFound(format!("{file} not found"))));
    }
    let png = picture::draw(64, 64, hash(call.twin.seed(), &[id]), ImageFormat::Png);
    Ok(([(CONTENT_TYPE, "image/png")], png).into_response())
}

pub(crate) async fn presenter(call: Call, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let named = PRESENTERS.iter().filter(|(known, ..)| *known == id);
    let found: Vec<Value> = named.map(|one| described(&call, one)).collect();
    if found.is_empty() {
        return Err(call.refuse(Refusal::NotFound(format!("{id} not found"))));
    }
    Ok(Json(json!({ "presenters": found })))
}

pub(crate) async fn drivers(call: Call, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let Some((id, _, gender)) = PRESENTERS.iter().find(|(known, ..)| *known == id) else {
        return Err(call.refuse(Refusal::NotFound(format!("{id} not found"))));
    };
    Ok(Json(json!({ "clips_drivers": [{
        "presenter_id": id, "driver_id": "driver-1", "gender": gender, "owner_id": "PUBLIC_D-ID", "created_at": MADE,
        "modified_at": MADE, "width": 1_080, "height": 1_080, "driver_image_url": media(id, "driver.png"),
        "thumbnail_url": media(id, "thumbnail.png"), "video_url": media(id, "video.mp4"), "preview_url": media(id, "preview.mp4"),
        "talking_preview_url": media(id, "talking.mp4"),
    }] })))
}

fn avatar_of(call: &Call, (id, name, gender): &(&str, &str, &str)) -> Value {
    let sentiments: Vec<Value> = SENTIMENTS
        .iter()
        .map(|sentiment| {
            json!({
                "id": format!("snt_{}", sentiment.to_lowercase()), "name": sentiment, "sentiment": sentiment,
                "description": format!("{name}, {}", sentiment.to_lowercase()), "preview_url": media(id, "preview.mp4"),
            })
        })
        .collect();
    json!({
        "id": id, "owner_id": "PUBLIC_D-ID", "name": name, "gender": gender, "is_greenscreen": false,
        "thumbnail_url": picture_of(call, id), "sentiments": sentiments,
    })
}

pub(crate) async fn avatars(call: Call) -> Json<Value> {
    Json(json!({ "avatars": AVATARS.iter().map(|one| avatar_of(&call, one)).collect::<Vec<_>>() }))
}

pub(crate) async fn avatar(call: Call, Path(id): Path<String>) -> Result<Json<Value>, Refused> {
    let found = AVATARS.iter().find(|(known, ..)| *known == id).map(|one| avatar_of(&call, one));
    found.map(Json).ok_or_else(|| call.refuse(Refusal::NotFound(format!("{id} not found"))))
}

pub(crate) async fn credits(call: Call) -> Json<Value> {
    let total = call.twin.settings().did_credits;
    let remaining = total.saturating_sub(spent(&call.twin));
    let until = date(call.twin.now() + std::time::Duration::from_hours(30 * 24));
    Json(json!({
        "credits": [{
            "owner_id": "twin|owner", "created_at": MADE, "modified_at": MADE, "remaining": remaining, "total": total,
            "expire_at": until, "valid_from": MADE, "product_id": "prod_twin", "plan_group": "twin", "product_billing_interval": "month",
        }],
        "remaining": remaining, "total": total,
    }))
}

pub(crate) async fn voices(_: Call) -> Json<Value> {
    let voice = |id: &str, name: &str, language: &str, locale: &str| {
        json!({
            "id": id, "name": name, "gender": "female", "access": "public", "provider": "microsoft",
            "languages": [{ "language": language, "locale": locale }], "styles": [], "isLegacy": false,
        })
    };
    Json(json!([
        voice("en-US-JennyNeural", "Jenny", "English", "en-US"),
        voice("de-DE-KatjaNeural", "Katja", "German", "de-DE"),
        voice("ar-SA-ZariyahNeural", "Zariyah", "Arabic", "ar-SA"),
    ]))
}
