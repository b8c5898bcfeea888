//! An app that is thrown away: one table, one job, one endpoint. Adding it takes this file, and nothing else but one line
//! in the list of each layer, which are the arguments of [`TestApp::with`] here: its tables in `MODULES`, itself in `APPS`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sluice_app::module::Module;
use sluice_app::platform::Platform;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_engine::{Builder, EnqueueOptions, Job, JobError, Next, Run};
use sluice_server::apps::{APPS, Common, ServerApp};
use sluice_server::http::{Api, Opened, Owner, Problem};
use sluice_store::migrations::{MODULES, Migration, Module as Tables};
use sluice_store::{Dialect, StoreError, events, testing};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::support::TestApp;

// store/src/note.rs

const TABLES: Tables = Tables {
    name: "note",
    migrations: &[Migration {
        name: "baseline",
        sql: "CREATE TABLE notes (
            id TEXT NOT NULL PRIMARY KEY,
            owner TEXT NOT NULL CHECK (owner <> ''),
            text TEXT NOT NULL,
            words TEXT NOT NULL
        ) {strict};",
    }],
};

// app/src/note/

/// Its handles: what is common is enough for it.
#[derive(Clone)]
struct Notes {
    platform: Platform,
}

impl Module for Notes {
    fn name(&self) -> &'static str {
        "note"
    }

    fn register(&self, engine: Builder) -> Builder {
        engine.register::<CountWords>(self.clone())
    }
}

/// Counts the words of a note.
#[derive(Serialize, Deserialize)]
struct CountWords {
    note: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Count,
}

impl Job for CountWords {
    const KIND: &'static str = "note.count";
    type Stage = Stage;
    type Context = Notes;

    fn first_stage() -> Stage {
        Stage::Count
    }

    async fn run(&self, _stage: Stage, run: &Run, _notes: &Notes) -> Result<Next<Stage>, JobError> {
        let owner = run.owner().as_str();
        run.write(async |tx| {
            let query = "SELECT text AS value FROM notes WHERE id = $1 AND owner = $2";
            let text = testing::texts(tx, query, &[&self.note, owner]).await?.concat();
            let words = text.split_whitespace().count().to_string();
            let statement = "UPDATE notes SET words = $3 WHERE id = $1 AND owner = $2";
            testing::run(tx, statement, &[&self.note, owner, &words]).await?;
            events::emit(tx, run.owner(), "note.changed", &self.note, &json!({})).map(drop)
        })
        .await?;
        Ok(Next::Done(json!({})))
    }
}

// server/src/apps/note.rs, server/src/http/note/

struct NoteApp;

impl ServerApp for NoteApp {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        Ok(Arc::new(Notes { platform: common.library.platform.clone() }))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        OpenApiRouter::new().routes(routes!(create)).routes(routes!(show))
    }

    fn connects(&self) -> &'static [&'static str] {
        &["http://127.0.0.1:9999"]
    }
}

#[utoipa::path(post, path = "/api/v1/notes", request_body = String, responses((status = 202)))]
async fn create(
    Owner(owner): Owner,
    Opened(notes): Opened<Notes>,
    State(api): State<Api>,
    text: String,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id = notes.platform.new_id(JobId::new).await?.to_string();
    notes
        .platform
        .store
        .write(async |tx| {
            let statement = "INSERT INTO notes (id, owner, text, words) VALUES ($1, $2, $3, '')";
            testing::run(tx, statement, &[&id, owner.as_str(), &text]).await?;
            let options = EnqueueOptions { subject: Some(id.clone()), ..EnqueueOptions::of(&owner) };
            api.app.engine.enqueue(tx, &CountWords { note: id.clone() }, options).await
        })
        .await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "id": id }))))
}

#[utoipa::path(get, path = "/api/v1/notes/{id}", params(("id" = String, Path)), responses((status = 200)))]
async fn show(
    Owner(owner): Owner,
    Opened(notes): Opened<Notes>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let query = "SELECT words AS value FROM notes WHERE id = $1 AND owner = $2";
    let read = async |tx: &mut sluice_store::Tx| testing::texts(tx, query, &[&id, owner.as_str()]).await;
    let found: Vec<String> = notes.platform.store.read::<_, StoreError, _>(read).await?;
    found.first().map(|words| Json(json!({ "words": words }))).ok_or_else(|| Problem::not_found("note"))
}

// What the whole server makes of it.

#[tokio::test(flavor = "multi_thread")]
async fn an_app_of_its_own_file_works_on_sqlite() {
    an_app_of_its_own_file_works(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_of_its_own_file_works_on_postgres() {
    an_app_of_its_own_file_works(Dialect::Postgres).await;
}

async fn an_app_of_its_own_file_works(dialect: Dialect) {
    let tables = [MODULES, &[TABLES]].concat();
    let apps = [APPS, &[&NoteApp]].concat();
    let app = TestApp::with(dialect, &tables, &apps, &[]).await;
    let mut ask = app.post("/api/v1/notes").header("content-type", "text/plain");
    ask = ask.text("three small words");
    let (status, note) = ask.send().await;
    assert_eq!(status, StatusCode::ACCEPTED, "{note}");
    let path = format!("/api/v1/notes/{}", note["id"].as_str().unwrap());
    assert_eq!(app.run_jobs().await, 1);
    assert_eq!(app.get(&path).send().await, (StatusCode::OK, json!({ "words": "3" })));
    let omar: OwnerId = "omar".parse().unwrap();
    assert_eq!(app.get(&path).of(&omar).send().await.0, StatusCode::NOT_FOUND);
    let description = app.get("/api/v1/openapi.json").send().await.1;
    assert!(description["paths"]["/api/v1/notes/{id}"]["get"].is_object(), "it is described beside the others");
    assert!(description["paths"]["/api/v1/reels/{id}"]["get"].is_object());
    let policy = app.get("/").answer().await.header("content-security-policy").to_owned();
    assert!(policy.contains("connect-src 'self' http://127.0.0.1:9999"), "its page may connect there: {policy}");
    let events = app.app.engine.events_after(&OwnerId::local(), 0, 100).await.unwrap();
    assert!(events.iter().any(|event| event.kind == "note.changed"));
    app.end().await;
}
