//! 1 GiB by tus in one request, and the same to the reference server of tus. The file's last byte is never sent, so that what
//! is measured is the way of the bytes to the disk, and not what becomes of the document.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use bytes::Bytes;

use super::load::Connection;
use super::server::{Server, folder, free_address, program};
use crate::cli::bench::figures::{Figure, Target};

/// What is sent.
const BYTES: u64 = 1024 * 1024 * 1024;
const PIECE: usize = 1024 * 1024;
/// A gigabyte to each is enough to ask of a disk for one figure.
const MOST_ROUNDS: u32 = 3;

pub(super) async fn run(rounds: u32) -> anyhow::Result<Vec<Figure>> {
    let data = folder()?;
    let server = Server::sluice(data.path(), &["--single-user", "--upload-limit", "2GiB"]).await?;
    let place = folder()?;
    let peer = reference(place.path()).await;
    let (mut rates, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..rounds.min(MOST_ROUNDS) {
        rates.push(upload(server.address, "/api/v1/uploads").await?);
        if let Ok(peer) = &peer {
            peers.push(upload(peer.address, "/files").await?);
        }
    }
    let theirs = match &peer {
        Ok(_) => Ok(peers.as_slice()),
        Err(why) => Err(why.as_str()),
    };
    let figure = Figure::beside("upload_1_gib_by_tus", "MB per s", &rates, "@tus/server", theirs);
    Ok(vec![figure.target(Target::AtLeast(1.5))])
}

/// Megabytes per second of one upload, which is deleted afterwards.
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
async fn upload(address: SocketAddr, path: &str) -> anyhow::Result<f64> {
    let mut connection = Connection::open(address).await?;
    let common = "host: localhost\r\ntus-resumable: 1.0.0\r\n";
    // The name "bench.pdf", in Base64 as the protocol wants it.
    let metadata = "upload-metadata: filename YmVuY2gucGRm\r\n";
    let length = BYTES + 1;
    let create =
        format!("POST {path} HTTP/1.1\r\n{common}{metadata}upload-length: {length}\r\ncontent-length: 0\r\n\r\n");
    let created = connection.ask(create.as_bytes()).await?;
    ensure!(created.status == 201, "{}: {}", created.status, String::from_utf8_lossy(&created.body));
    let location = created.header("location").context("an upload without a location")?;
    // Of an absolute address only the path.
    let location = location
        .split_once("://")
        .map_or(location, |(_, rest)| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"));
    let head = format!(
        "PATCH {location} HTTP/1.1\r\n{common}upload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\n\
         content-length: {BYTES}\r\n\r\n"
    );
    let mut first = vec![b' '; PIECE];
    for (to, from) in first.iter_mut().zip(b"%PDF-1.7\n") {
        *to = *from;
    }
    let (first, piece) = (Bytes::from(first), Bytes::from(vec![b' '; PIECE]));
    // The answer may have a body without a length.
    let mut connection = Connection::open(address).await?;
    let begun = Instant::now();
    connection.send(head.as_bytes()).await?;
    connection.send(&first).await?;
    for _ in 1..BYTES / PIECE as u64 {
        connection.send(&piece).await?;
    }
    let (answer, _) = connection.head().await?;
    let took = begun.elapsed();
    ensure!(answer.status == 204, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    ensure!(answer.header("upload-offset") == Some(&BYTES.to_string()), "not all bytes arrived: {}", answer.head);
    let mut connection = Connection::open(address).await?;
    let delete = format!("DELETE {location} HTTP/1.1\r\n{common}content-length: 0\r\n\r\n");
    let deleted = connection.ask(delete.as_bytes()).await?;
    ensure!(deleted.status == 204, "it was not deleted: {}", deleted.head);
    Ok(BYTES as f64 / 1e6 / took.as_secs_f64())
}

/// The reference server, if Node.js and its packages are here.
async fn reference(folder: &Path) -> Result<Server, String> {
    let node = program("node")?;
    let package = PathBuf::from("bench/peers/tus");
    if !package.join("node_modules/@tus/server").is_dir() {
        return Err(
            "its packages are not installed: type npm ci in bench/peers/tus, and run this from the repository".into()
        );
    }
    let start = async {
        let address = free_address()?;
        let mut command = Command::new(node);
        command.arg(package.join("server.mjs")).arg(address.port().to_string()).arg(folder.join("files"));
        Server::start(command, address, "/ready", folder).await
    };
    start.await.map_err(|error| format!("{error:#}"))
}
