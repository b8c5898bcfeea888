//! The peer of GET: a bare axum route that reads one row, by the same statement and connection pool as the server, with no
//! layer, no identity, no log around it.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use clap::Args;
use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;
use sluice_store::{Store, jobs};

use crate::config::Config;

#[derive(Debug, Clone, Args)]
pub(crate) struct HttpPeer {
    /// Address and port on this machine.
    #[arg(long)]
    listen: SocketAddr,
}

pub(crate) async fn run(config: &Config, options: HttpPeer) -> anyhow::Result<()> {
    let store = Store::open_with(&config.database()?, config.database_options()).await?;
    let router = Router::new().route("/ready", get(async || "ready")).route("/jobs/{id}", get(show)).with_state(store);
    let listener = tokio::net::TcpListener::bind(options.listen).await?;
    Ok(axum::serve(listener, router).await?)
}

async fn show(State(store): State<Store>, Path(id): Path<String>) -> Result<axum::Json<Value>, StatusCode> {
    let id = id.parse().map_err(|_| StatusCode::NOT_FOUND)?;
    let found = store.read(async |tx| jobs::find(tx, &OwnerId::local(), &id).await).await;
    let job = found.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?.ok_or(StatusCode::NOT_FOUND)?;
    Ok(axum::Json(json!({ "id": job.id.as_str(), "kind": job.kind, "state": job.state.as_str(), "stage": job.stage })))
}
