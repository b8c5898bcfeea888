//! Pictures from words (`POST /images/generations`, at OpenRouter `POST /images`), written as PNG.

use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Method;
use image::{ImageFormat, ImageReader, Limits};
use serde::Deserialize;
use serde_json::{Value, json};
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, DrawRequest, Drawing, Drawn, Profile, Usage,
};
use sluice_domain::money::MicroUsd;
use sluice_outbound::Content;

use super::server::Server;
use super::service::{Made, Metered, Service, ServiceError, check_text, refused};
use crate::http::{Lost, Operation, Reply};

const TIME: Duration = Duration::from_mins(5);
/// A picture of 4,096 × 4,096 as text.
const BODY: usize = 128 * 1024 * 1024;
/// The largest side, in pixels, of what is asked for and of what is accepted.
const LARGEST: u32 = 4_096;
/// The most memory that a picture may take while it is decoded.
const MEMORY: u64 = 512 * 1024 * 1024;
/// The greatest ratio of the sides.
const LONGEST_SHAPE: u32 = 3;

const GPT: [(u32, u32); 3] = [(1_024, 1_024), (1_536, 1_024), (1_024, 1_536)];
const DALL_E_3: [(u32, u32); 3] = [(1_024, 1_024), (1_792, 1_024), (1_024, 1_792)];
const DALL_E_2: [(u32, u32); 1] = [(1_024, 1_024)];

/// A model that draws.
#[derive(Debug, Clone)]
pub struct ImageModel {
    service: Service,
    path: &'static str,
}

#[derive(Debug, Deserialize)]
struct Listed {
    data: Option<Vec<Picture>>,
    usage: Option<Metered>,
}

#[derive(Debug, Deserialize)]
struct Picture {
    b64_json: Option<String>,
    url: Option<String>,
}

impl ImageModel {
    /// The model of a service.
    pub fn new(service: Service) -> Result<Self, ServiceError> {
        let path = service.able("draw", service.quirks().images)?;
        Ok(Self { service, path })
    }

    fn is_dall_e(&self) -> bool {
        self.service.model.starts_with("dall-e")
    }

    fn longest_prompt(&self) -> usize {
        match self.service.model.as_str() {
            "dall-e-2" => 1_000,
            "dall-e-3" => 4_000,
            _ => 32_000,
        }
    }

    /// The sizes of which the model has one.
    fn sizes(&self) -> &'static [(u32, u32)] {
        match self.service.model.as_str() {
            "dall-e-2" => &DALL_E_2,
            "dall-e-3" => &DALL_E_3,
            _ => &GPT,
        }
    }

    fn check(&self, request: &DrawRequest) -> Result<(), (&'static str, String)> {
        check_text(&request.prompt, self.longest_prompt())?;
        let (small, large) = (request.width.min(request.height), request.width.max(request.height));
        if small == 0 || large > LARGEST || large / small.max(1) > LONGEST_SHAPE {
            let message = format!(
                "a picture of {} × {} pixels is not drawn: ask for at most {LARGEST} × {LARGEST}, and no side more than \
                 {LONGEST_SHAPE} times the other",
                request.width, request.height
            );
            return Err(("unsupported_size", message));
        }
        Ok(())
    }

    fn body(&self, request: &DrawRequest) -> Value {
        let (width, height) = nearest(self.sizes(), request.width, request.height);
        let mut body = json!({
            "model": self.service.model,
            "prompt": request.prompt,
            "n": 1,
            "size": format!("{width}x{height}"),
        });
        let mut set = |name: &str, value: Value| {
            if let Some(fields) = body.as_object_mut() {
                fields.insert(name.to_owned(), value);
            }
        };
        // Each kind of model refuses the other's field.
        let (name, value) = if self.is_dall_e() { ("response_format", "b64_json") } else { ("output_format", "png") };
        set(name, json!(value));
        if self.service.server == Server::OpenRouter {
            set("seed", json!(request.seed & 0x7fff_ffff));
        }
        body
    }

    /// The bytes of the picture, from the answer or from where it says.
    async fn bytes(&self, operation: Operation, listed: &mut Listed, out: &Path) -> Result<Bytes, CapabilityError> {
        let missing = || CapabilityError::fail("bad_answer", "the provider sent no picture");
        let picture = listed.data.take().into_iter().flatten().next().ok_or_else(missing)?;
        if let Some(text) = picture.b64_json {
            let decoded = STANDARD.decode(text.trim());
            return decoded.map(Bytes::from).map_err(|error| missing().because(error));
        }
        let url = picture.url.ok_or_else(missing)?;
        let part = out.with_extension("download");
        // It is charged by now; what the address holds can be fetched again.
        let fetch = Operation { lost: Lost::Ask, ..operation };
        self.service.endpoint.download(fetch, &url, &part).await?;
        let bytes = tokio::fs::read(&part).await;
        let _ = tokio::fs::remove_file(&part).await;
        bytes.map(Bytes::from).map_err(|error| missing().because(error))
    }

    async fn answer(
        &self,
        operation: Operation,
        request: &DrawRequest,
        reply: Reply<Listed>,
    ) -> Result<Answer<Drawn>, CapabilityError> {
        let Reply { value: mut listed, headers } = reply;
        let tokens = listed.usage.take().unwrap_or_default();
        let usage = Usage { pictures: 1, ..tokens.usage() };
        let bytes = self.bytes(operation, &mut listed, &request.out).await?;
        let out = request.out.clone();
        let written = tokio::task::spawn_blocking(move || write_png(&bytes, &out)).await;
        let drawn = written
            .map_err(|error| CapabilityError::fail("bad_answer", "the picture was not decoded").because(error))??;
        let made = Made { usage, cached: tokens.cached(), cost: tokens.cost(), ..Made::default() };
        Ok(self.service.answer(Reply { value: drawn, headers }, made))
    }
}

/// Of the sizes the one whose shape is nearest.
fn nearest(sizes: &[(u32, u32)], width: u32, height: u32) -> (u32, u32) {
    let shape = |(width, height): (u32, u32)| (f64::from(width) / f64::from(height.max(1))).ln();
    let wanted = shape((width.max(1), height));
    let off = |size: &&(u32, u32)| (shape(**size) - wanted).abs();
    sizes.iter().min_by(|a, b| off(a).total_cmp(&off(b))).copied().unwrap_or((1_024, 1_024))
}

/// Writes a picture of any format that is known as PNG beside `out`, and renames it when it is complete. Its size is read before
/// it is decoded.
fn write_png(bytes: &[u8], out: &Path) -> Result<Drawn, CapabilityError> {
    let unreadable =
        |error| CapabilityError::fail("bad_answer", "the provider's picture cannot be read").because(error);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LARGEST), Some(LARGEST));
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes));
    reader.limits(limits);
    let reader = reader.with_guessed_format().map_err(|error| unreadable(error.into()))?;
    let picture = reader.decode().map_err(unreadable)?;
    let part = out.with_extension("part");
    let saved = picture.save_with_format(&part, ImageFormat::Png);
    let moved = saved.and_then(|()| std::fs::rename(&part, out).map_err(Into::into));
    if let Err(error) = moved {
        let _ = std::fs::remove_file(&part);
        let message = "the picture cannot be written: check the space of the work folder";
        return Err(CapabilityError::lost("file_unwritable", message).because(error));
    }
    Ok(Drawn { width: picture.width(), height: picture.height() })
}

impl Does<Drawing> for ImageModel {
    fn profile(&self) -> &Profile {
        &self.service.profile
    }

    fn made_with(&self) -> String {
        self.service.models()
    }

    fn accepts(&self, request: &DrawRequest) -> Result<(), String> {
        self.check(request).map_err(|(_, message)| message)
    }

    /// Models that count tokens do not say how many a picture has: their pictures have a price only for this.
    fn estimate(&self, _request: &DrawRequest) -> Option<MicroUsd> {
        self.service.estimate(&Usage { pictures: 1, ..Usage::default() })
    }

    fn begin<'a>(&'a self, request: &'a DrawRequest, _context: Context<'a>) -> Doing<'a, Begun<Drawn>> {
        Box::pin(async move {
            self.check(request).map_err(refused)?;
            let operation = self.service.operation(TIME, BODY);
            let endpoint = &self.service.endpoint;
            let body = Content::Bytes(self.body(request).to_string().into());
            let incoming = endpoint.open(operation, Method::POST, self.path, body).await?;
            let headers = incoming.headers.clone();
            match endpoint.value::<Listed>(operation, incoming).await {
                Ok(reply) => self.answer(operation, request, reply).await.map(Begun::Done),
                Err(error) => self.service.lost(&headers, error),
            }
        })
    }

    fn look<'a>(&'a self, _key: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        self.service.look(provider_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_shape_is_asked_for() {
        assert_eq!(nearest(&GPT, 1_920, 1_080), (1_536, 1_024));
        assert_eq!(nearest(&GPT, 1_080, 1_920), (1_024, 1_536));
        assert_eq!(nearest(&GPT, 1_100, 1_000), (1_024, 1_024));
        assert_eq!(nearest(&DALL_E_3, 1_920, 1_080), (1_792, 1_024));
        assert_eq!(nearest(&DALL_E_2, 9, 3), (1_024, 1_024));
    }
}
