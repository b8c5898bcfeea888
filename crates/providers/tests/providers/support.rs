//! A server that gives prepared answers in order and notes what it was asked, and services that ask it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use futures::{StreamExt as _, stream};
use serde_json::Value;
use sluice_capability::{Answer, Begun, Capability, CapabilityError, Context, Does};
use sluice_outbound::{Client, Rules, Settings as Outbound};
use sluice_providers::http::Secret;
use sluice_providers::openai::{Server, Service, Settings};
use sluice_providers::prices::Prices;
use tokio::net::TcpListener;

/// The key that no message may show.
pub(crate) const KEY: &str = "secret-key-of-the-test";

/// A request that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A prepared answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
    is_cut: bool,
}

impl Reply {
    pub(crate) fn new(status: u16, kind: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        Self { status, headers, body: body.into(), is_cut: false }
    }

    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::new(status, "application/json", body.to_owned())
    }

    pub(crate) fn events(body: &str) -> Self {
        Self::new(200, "text/event-stream", body.to_owned())
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The connection ends before the body is complete.
    pub(crate) fn cut(mut self) -> Self {
        self.is_cut = true;
        self
    }

    fn response(self) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        let body = if self.is_cut {
            // What precedes the cut is sent while the stream is pending.
            let end = async {
                tokio::task::yield_now().await;
                Err(std::io::Error::other("cut"))
            };
            Body::from_stream(stream::iter([Ok(self.body)]).chain(stream::once(end)))
        } else {
            Body::from(self.body)
        };
        response.body(body).unwrap()
    }
}

/// A server on loopback.
pub(crate) struct Fake {
    pub(crate) at: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Fake {
    /// Gives each of these answers once, in order; then it has none.
    pub(crate) async fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::with(|_| replies).await
    }

    /// The same with answers that name the server's own address.
    pub(crate) async fn with<R: IntoIterator<Item = Reply>>(make: impl FnOnce(SocketAddr) -> R) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let replies = make(at);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let replies = Arc::new(Mutex::new(replies.into_iter().collect::<std::collections::VecDeque<_>>()));
        let noted = Arc::clone(&seen);
        let app = Router::new().fallback(async move |request: Request| {
            let (head, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            noted.lock().unwrap().push(Seen { path: head.uri.to_string(), headers: head.headers, body });
            let reply = replies.lock().unwrap().pop_front();
            reply.unwrap_or_else(|| Reply::json(500, r#"{"error":"nothing is prepared"}"#)).response()
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { at, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn one(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "one request");
        seen[0].clone()
    }

    pub(crate) fn settings(&self, server: Server, model: &str) -> Settings {
        Settings {
            address: Some(format!("http://{}/v1", self.at)),
            key: Some(Secret::new(KEY).unwrap()),
            ..Settings::new(server, model, Arc::new(Prices::built_in().unwrap()))
        }
    }

    pub(crate) fn service(&self, server: Server, model: &str) -> Service {
        Service::new(client(), self.settings(server, model)).unwrap()
    }
}

/// A client that may reach loopback.
pub(crate) fn client() -> Client {
    let rules = Rules::new(vec!["127.0.0.0/8".parse().unwrap()]);
    Client::new(&Outbound { rules, ..Outbound::new("Sluice/test") }).unwrap()
}

/// Makes a request.
pub(crate) async fn begin<C: Capability>(
    model: &impl Does<C>,
    request: &C::Request,
) -> Result<Begun<C::Output>, CapabilityError> {
    model.begin(request, Context { key: "key", progress: &|_| {} }).await
}

/// Makes a request that is answered at once.
pub(crate) async fn done<C: Capability>(model: &impl Does<C>, request: &C::Request) -> Answer<C::Output> {
    match begin(model, request).await.unwrap() {
        Begun::Done(answer) => answer,
        Begun::Accepted { provider_id, .. } => panic!("it is still working on {provider_id}"),
    }
}

/// Makes a request that fails, and checks that its error shows no key.
pub(crate) async fn failed<C: Capability>(model: &impl Does<C>, request: &C::Request) -> CapabilityError {
    let error = match begin(model, request).await {
        Err(error) => error,
        Ok(Begun::Done(_)) => panic!("it was answered"),
        Ok(Begun::Accepted { provider_id, .. }) => panic!("it is still working on {provider_id}"),
    };
    assert!(!format!("{error:?}").contains(KEY), "{error:?}");
    error
}

fn boxed(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes()[..], &name, content].concat()
}

/// An MP4 file of 2.5 seconds, 640 × 360, without any picture.
pub(crate) fn video() -> Vec<u8> {
    let timed = [&[0; 12][..], &1_000_u32.to_be_bytes(), &2_500_u32.to_be_bytes(), &[0; 4]].concat();
    let size = [&[0; 76][..], &(640_u32 << 16).to_be_bytes(), &(360_u32 << 16).to_be_bytes()].concat();
    let handler = [&[0; 8][..], b"vide", &[0; 13]].concat();
    let media = [boxed(*b"mdhd", &timed), boxed(*b"hdlr", &handler)].concat();
    let track = boxed(*b"trak", &[boxed(*b"tkhd", &size), boxed(*b"mdia", &media)].concat());
    [boxed(*b"ftyp", b"isom"), boxed(*b"moov", &[boxed(*b"mvhd", &timed), track].concat()), boxed(*b"mdat", &[0; 64])]
        .concat()
}

fn chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let named = [&name[..], content].concat();
    let step =
        |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 * (sum & 1)));
    let sum = !named.iter().fold(u32::MAX, step);
    [&u32::try_from(content.len()).unwrap().to_be_bytes()[..], &named, &sum.to_be_bytes()].concat()
}

/// A PNG file with a head of this size, and no pixels.
pub(crate) fn picture(width: u32, height: u32) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let start = b"\x89PNG\r\n\x1a\n".to_vec();
    [start, chunk(*b"IHDR", &head), chunk(*b"IDAT", b"\x78\x9c\x03\x00\x00\x00\x00\x01"), chunk(*b"IEND", b"")].concat()
}
