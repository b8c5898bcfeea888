//! Documents and pictures to text.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sluice_domain::document::Document;
use sluice_domain::language::LanguageCode;

use crate::{Capability, Does};

/// The capability of [`Read`].
#[derive(Debug, Clone, Copy)]
pub struct Reading;

impl Capability for Reading {
    const NAME: &'static str = "read";
    type Request = ReadRequest;
    type Output = Document;
}

/// Reads a document: its pages, and on each its blocks of text in reading order.
pub trait Read: Does<Reading> {}

impl<T: Does<Reading> + ?Sized> Read for T {}

/// What is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRequest {
    /// A PDF file, or a picture (PNG, JPEG).
    pub file: PathBuf,
    /// Its pages are read as pictures, whatever text they hold.
    pub as_pictures: bool,
    /// What its text may be written in; any language when there is none.
    pub languages: Vec<LanguageCode>,
}
