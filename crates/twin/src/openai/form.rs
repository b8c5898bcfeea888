//! Forms with a file.

use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use bytes::Bytes;

use crate::call::Call;
use crate::refusal::{Refusal, Refused};

/// A file of a form.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

/// What a form has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    pub(crate) files: Vec<Upload>,
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    pub(crate) async fn read(call: &Call, form: Result<Multipart, MultipartRejection>) -> Result<Self, Refused> {
        let broken = || call.refuse(Refusal::invalid("Could not parse multipart form."));
        let mut parts = form.map_err(|_| broken())?;
        let mut read = Self::default();
        while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
            let field = part.name().unwrap_or_default().to_owned();
            if let Some(name) = part.file_name().map(str::to_owned) {
                let content_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
                let bytes = part.bytes().await.map_err(|_| broken())?;
                read.files.push(Upload { field, name, content_type, bytes });
            } else {
                read.fields.push((field, part.text().await.map_err(|_| broken())?));
            }
        }
        Ok(read)
    }

    /// The first value of a field.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether a field has a value, among others.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.fields.iter().any(|(field, given)| field.trim_end_matches("[]") == name && given == value)
    }

    pub(crate) fn file(&self, field: &str) -> Option<&Upload> {
        self.files.iter().find(|file| file.field == field)
    }
}
