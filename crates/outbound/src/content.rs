//! What a request carries: bytes, or a form with files that are read while they are sent.

use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use reqwest::RequestBuilder;
use reqwest::multipart::{Form, Part};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

/// The body of a request.
#[derive(Debug, Clone)]
pub enum Content {
    /// Bytes, as they are.
    Bytes(Bytes),
    /// A form (`multipart/form-data`), which brings its own `Content-Type`.
    Form(Vec<Field>),
}

/// A field of a form. Several may have one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: FieldValue,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// A text.
    Text(String),
    /// A file.
    File {
        /// Where it is read from.
        path: PathBuf,
        /// The name that is sent with it, with its extension.
        name: String,
        /// Its media type.
        content_type: &'static str,
    },
}

impl Field {
    /// A field with a text.
    pub fn text(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: FieldValue::Text(value.into()) }
    }

    /// A field with a file.
    pub fn file(
        name: impl Into<String>,
        path: impl Into<PathBuf>,
        file_name: impl Into<String>,
        content_type: &'static str,
    ) -> Self {
        let value = FieldValue::File { path: path.into(), name: file_name.into(), content_type };
        Self { name: name.into(), value }
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&'static str> for Content {
    fn from(text: &'static str) -> Self {
        Self::Bytes(Bytes::from_static(text.as_bytes()))
    }
}

impl Content {
    /// Puts it into a request. Files are opened here, before anything is sent.
    pub(crate) async fn put_into(self, request: RequestBuilder) -> io::Result<RequestBuilder> {
        let fields = match self {
            Self::Bytes(bytes) => return Ok(request.body(bytes)),
            Self::Form(fields) => fields,
        };
        let mut form = Form::new();
        for Field { name, value } in fields {
            form = match value {
                FieldValue::Text(text) => form.text(name, text),
                FieldValue::File { path, name: file_name, content_type } => {
                    let file = File::open(path).await?;
                    let length = file.metadata().await?.len();
                    let body = reqwest::Body::wrap_stream(ReaderStream::new(file.take(length)));
                    let part = Part::stream_with_length(body, length).file_name(file_name);
                    form.part(name, part.mime_str(content_type).map_err(io::Error::other)?)
                }
            };
        }
        Ok(request.multipart(form))
    }
}
