//! GET of a job while people sign in: hashing passwords must not hold up anybody else.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use sluice_domain::ids::OwnerId;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::get::{fill, requests};
use super::load::{Connection, load};
use super::server::{Server, folder, this_program};
use crate::cli::bench::figures::{Figure, median};

/// People who sign in at the same time, again and again.
const PEOPLE: usize = 20;
/// Connections that ask for jobs meanwhile.
const CONNECTIONS: usize = 4;
const TIME: Duration = Duration::from_secs(4);
const EMAIL: &str = "bench@example.org";
const PASSWORD: &str = "a password for the benchmark";

pub(super) async fn run(rounds: u32) -> anyhow::Result<Vec<Figure>> {
    let folder = folder()?;
    // The first administrator is given the local owner.
    let ids = fill(folder.path(), &OwnerId::local()).await?;
    let token = account(folder.path())?;
    let server = Server::sluice(folder.path(), &[]).await?;
    let asked = requests("/api/v1/jobs/", &ids, &format!("authorization: Bearer {token}\r\n"));
    load(server.address, &asked, CONNECTIONS, TIME / 8).await?;
    let (mut with, mut without, mut signed_in) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        without.push(load(server.address, &asked, CONNECTIONS, TIME).await?.p99_ms());
        let until = CancellationToken::new();
        let mut people = JoinSet::new();
        for _ in 0..PEOPLE {
            people.spawn(sign_in_again_and_again(server.address, until.clone()));
        }
        let done = load(server.address, &asked, CONNECTIONS, TIME).await;
        until.cancel();
        while let Some(times) = people.join_next().await {
            signed_in += times??;
        }
        with.push(done?.p99_ms());
    }
    ensure!(signed_in > 0, "nobody could sign in");
    let figure = Figure::beside("get_job_p99_while_20_sign_in", "ms", &with, "without", Ok(&without));
    let per_second = f64::from(signed_in) / (TIME.as_secs_f64() * f64::from(rounds));
    let note =
        format!("{signed_in} signed in, {per_second:.1} per s; {:.1} ms more at p99", median(&with) - median(&without));
    Ok(vec![figure.note(note)])
}

async fn sign_in_again_and_again(address: std::net::SocketAddr, until: CancellationToken) -> anyhow::Result<u32> {
    let body = json!({ "email": EMAIL, "password": PASSWORD }).to_string();
    let request = format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let (mut connection, mut times) = (Connection::open(address).await?, 0);
    while !until.is_cancelled() {
        let answer = connection.ask(request.as_bytes()).await?;
        ensure!(answer.status == 200, "sign-in: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        times += 1;
    }
    Ok(times)
}

/// An account, and a token of it.
fn account(data: &Path) -> anyhow::Result<String> {
    let file = data.join("password");
    std::fs::write(&file, PASSWORD)?;
    let mut add = this_program(data)?;
    add.args(["user", "add", EMAIL, "--json", "--password-file"]).arg(&file);
    done(add)?;
    let mut token = this_program(data)?;
    token.args(["token", "add", EMAIL, "bench", "--json"]);
    let made: Value = serde_json::from_str(&done(token)?)?;
    made["secret"].as_str().map(str::to_owned).context("no token was printed")
}

fn done(mut command: Command) -> anyhow::Result<String> {
    let output = command.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8(output.stdout)?)
}
