//! D-ID: presenters that speak.

mod catalogue;
mod check;
mod jobs;
mod uploads;

use axum::Router;
use axum::routing::{delete, get, post};

use crate::call::Provider;
use crate::gate::Gate;
use crate::state::Twin;

pub(crate) use jobs::Job;

pub(crate) fn routes(twin: &Twin) -> Router {
    let gate = Gate::new(twin, Provider::Did);
    Router::new()
        .route(
            "/talks",
            gate.guard("talks_create", post(jobs::create_talk)).merge(gate.guard("talks_list", get(jobs::list_talks))),
        )
        .route(
            "/talks/{id}",
            gate.guard("talks_get", get(jobs::show)).merge(gate.guard("talks_delete", delete(jobs::remove))),
        )
        .route("/clips/presenters", gate.guard("presenters", get(catalogue::presenters)))
        .route("/clips/presenters/{id}", gate.guard("presenters", get(catalogue::presenter)))
        .route("/clips/presenters/{id}/drivers", gate.guard("drivers", get(catalogue::drivers)))
        .route(
            "/clips",
            gate.guard("clips_create", post(jobs::create_clip)).merge(gate.guard("clips_list", get(jobs::list_clips))),
        )
        .route(
            "/clips/{id}",
            gate.guard("clips_get", get(jobs::show)).merge(gate.guard("clips_delete", delete(jobs::remove))),
        )
        .route("/expressives/avatars", gate.guard("avatars", get(catalogue::avatars)))
        .route("/expressives/avatars/{id}", gate.guard("avatars", get(catalogue::avatar)))
        .route(
            "/expressives",
            gate.guard("expressives_create", post(jobs::create_expressive))
                .merge(gate.guard("expressives_list", get(jobs::list_expressives))),
        )
        .route(
            "/expressives/{id}",
            gate.guard("expressives_get", get(jobs::show))
                .merge(gate.guard("expressives_delete", delete(jobs::remove))),
        )
        .route("/images", gate.guard("images", post(uploads::image)))
        .route("/audios", gate.guard("audios", post(uploads::audio)))
        .route("/credits", gate.guard("credits", get(catalogue::credits)))
        .route("/tts/voices", gate.guard("voices", get(catalogue::voices)))
        .route("/pictures/{file}", gate.guard_link("pictures", get(catalogue::picture)))
        .route("/results/{file}", gate.guard_link("download", get(uploads::download)))
}
