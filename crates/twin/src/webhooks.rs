//! Webhooks that the twin sends. Only to loopback addresses, in the clear: it is for tests on one machine.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::http::Uri;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::state::Twin;

/// The most time that a receiver has.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is sent.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    /// Headers besides the usual ones.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// Sends it until it is accepted, with as many repetitions as are set; whether it was.
pub(crate) async fn send(twin: &Twin, webhook: &Webhook) -> bool {
    let settings = twin.settings();
    let Some((address, host, path)) = target(&webhook.url, settings.webhook_base.as_deref()) else {
        tracing::warn!(
            url = webhook.url,
            "a webhook is not sent: its address is no loopback address, and no webhook_base is set"
        );
        return false;
    };
    let waits = settings.webhook_retry_ms.into_iter().map(Some).chain([None]);
    for wait in waits {
        match tokio::time::timeout(PATIENCE, post(address, &host, &path, webhook)).await {
            Ok(Ok(status)) if (200..300).contains(&status) => return true,
            outcome => tracing::debug!(?outcome, "a webhook was not accepted"),
        }
        if let Some(wait) = wait {
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
    }
    false
}

/// Whether a webhook to `url` could be sent.
pub(crate) fn is_loopback(url: &str) -> bool {
    target(url, None).is_some()
}

/// Where a webhook goes: its address, the name of the host, and the path with its query.
fn target(url: &str, base: Option<&str>) -> Option<(SocketAddr, String, String)> {
    let url: Uri = url.parse().ok()?;
    let own = address(&url);
    let address = own.or_else(|| address(&base?.parse().ok()?))?;
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    Some((address, url.authority()?.as_str().to_owned(), path.to_owned()))
}

/// The loopback address of an address that starts with `http`.
fn address(url: &Uri) -> Option<SocketAddr> {
    let host = url.host()?.trim_matches(['[', ']']);
    let ip = if host == "localhost" { IpAddr::from([127, 0, 0, 1]) } else { host.parse().ok()? };
    let plain = url.scheme_str() == Some("http") && ip.is_loopback();
    plain.then(|| SocketAddr::new(ip, url.port_u16().unwrap_or(80)))
}

/// Posts, and returns the status.
async fn post(address: SocketAddr, host: &str, path: &str, webhook: &Webhook) -> std::io::Result<u16> {
    let mut stream = TcpStream::connect(address).await?;
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         User-Agent: sluice-twin\r\nContent-Length: {}\r\n",
        webhook.body.len()
    );
    for (name, value) in &webhook.headers {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    request.push_str("\r\n");
    request.push_str(&webhook.body);
    stream.write_all(request.as_bytes()).await?;
    // `HTTP/1.1 200`
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    let code = std::str::from_utf8(&status).ok().and_then(|line| line.get(9..)?.parse().ok());
    code.ok_or_else(|| std::io::Error::other("no status line"))
}
