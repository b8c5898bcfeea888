//! Looks into the objects of a PDF for what poppler's tools do not report: in an engine child of its own, under the
//! guard like any other program that handles an untrusted file.
//!
//! The child only answers questions about the file and writes changed copies of it to its standard output; poppler
//! reads those in place of the original.

mod bare;
mod drawings;
mod graphics;
mod lexer;
mod ligatures;
mod pages;
mod painting;
mod run;
mod strips;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use lopdf::{Document, IncrementalDocument, LoadOptions, Object, ObjectId};
use serde::{Deserialize, Serialize};

use super::ReadError;
use crate::guard::{Guard, Limits};
pub(super) use pages::DoubtfulPage;

/// Name of the engine child.
pub(crate) const SUBCOMMAND: &str = "inner";

/// Most bytes of one stream when it is unpacked: no page of text comes near.
const STREAM_BYTES: usize = 32 * 1024 * 1024;

/// What is found in a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Findings {
    /// Ligatures of right-to-left letters are in an order that poppler turns around: it reads the text right only in the
    /// copy of [`with_visual_ligatures`].
    pub(super) logical_ligatures: bool,
    /// The pages on which text may be hidden.
    pub(super) doubtful: Vec<DoubtfulPage>,
    /// Where the drawings of each page are that has any: left, top, right and bottom from its corner.
    pub(super) drawings: BTreeMap<u32, Vec<[f32; 4]>>,
    /// How many pages the file has.
    pub(super) pages: u32,
}

/// Looks into a file.
pub(super) async fn examine(guard: &Guard, limits: &Limits, pdf: &Path) -> Result<Findings, ReadError> {
    let answer = ask(guard, limits, "examine", pdf).await?;
    serde_json::from_slice(&answer).map_err(|error| ReadError::Damaged { detail: error.to_string() })
}

/// A copy of the file in which poppler finds ligatures in visual order.
pub(super) async fn with_visual_ligatures(guard: &Guard, limits: &Limits, pdf: &Path) -> Result<Vec<u8>, ReadError> {
    ask(guard, limits, "ligatures", pdf).await
}

/// A copy of the file in which no page shows any text.
pub(super) async fn without_text(guard: &Guard, limits: &Limits, pdf: &Path) -> Result<Vec<u8>, ReadError> {
    ask(guard, limits, "bare", pdf).await
}

/// Such a copy in which the scans over which something is painted are a plain ground, dark and light.
pub(super) async fn on_plain_grounds(guard: &Guard, limits: &Limits, pdf: &Path) -> Result<[Vec<u8>; 2], ReadError> {
    Ok([ask(guard, limits, "dark", pdf).await?, ask(guard, limits, "light", pdf).await?])
}

async fn ask(guard: &Guard, limits: &Limits, question: &str, pdf: &Path) -> Result<Vec<u8>, ReadError> {
    let mut args: Vec<OsString> = [crate::child::SUBCOMMAND, SUBCOMMAND, question].map(OsString::from).into();
    args.push(pdf.as_os_str().to_owned());
    Ok(guard.run(limits, guard.executable(), args, None).await?.stdout)
}

/// Answers one question about a file.
pub(crate) fn run_child(args: &[OsString]) -> ExitCode {
    let answered = match args {
        [question, pdf] => answer(&question.to_string_lossy(), Path::new(pdf)),
        _ => Err(io::Error::other("a question and a file are expected")),
    };
    match answered.and_then(|bytes| io::stdout().write_all(&bytes)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // When standard error is closed, the exit code is the only report.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn answer(question: &str, pdf: &Path) -> io::Result<Vec<u8>> {
    let file = std::fs::read(pdf)?;
    let document = load(&file)?;
    match question {
        "examine" => Ok(serde_json::to_vec(&findings(&document))?),
        "ligatures" => changed(file, &document, ligatures::rewritten(&document)),
        "bare" => changed(file, &document, bare::without_text(&document)),
        "dark" => changed(file, &document, bare::on_plain_ground(&document, 0)),
        "light" => changed(file, &document, bare::on_plain_ground(&document, u8::MAX)),
        _ => Err(io::Error::other("an unknown question")),
    }
}

fn findings(document: &Document) -> Findings {
    let pages::Looks { doubtful, drawings } = pages::looks(document);
    Findings {
        logical_ligatures: !ligatures::rewritten(document).is_empty(),
        doubtful,
        drawings,
        pages: u32::try_from(document.page_iter().count()).unwrap_or(u32::MAX),
    }
}

/// The objects of a file. The data of pictures and fonts, which is most of it, is forgotten at once.
fn load(file: &[u8]) -> io::Result<Document> {
    let filter = |id: ObjectId, object: &mut Object| {
        if let Object::Stream(stream) = object {
            let is_picture = stream
                .dict
                .get(b"Subtype")
                .and_then(Object::as_name)
                .is_ok_and(|name| matches!(name, b"Image" | b"Type1C" | b"CIDFontType0C" | b"OpenType"));
            if is_picture || stream.dict.has(b"Length1") {
                stream.content = Vec::new();
            }
        }
        Some((id, object.clone()))
    };
    let options =
        LoadOptions { filter: Some(filter), max_decompressed_size: Some(STREAM_BYTES), ..LoadOptions::default() };
    Document::load_mem_with_options(file, options).map_err(io::Error::other)
}

/// The file with changed streams appended, as an incremental update (ISO 32000-1, 7.5.6).
fn changed(
    file: Vec<u8>,
    document: &Document,
    streams: impl IntoIterator<Item = (ObjectId, lopdf::Stream)>,
) -> io::Result<Vec<u8>> {
    let mut update = IncrementalDocument::create_from(file, document.clone());
    for (id, stream) in streams {
        update.new_document.objects.insert(id, Object::Stream(stream));
    }
    let mut copy = Vec::new();
    update.save_to(&mut copy).map_err(io::Error::other)?;
    Ok(copy)
}

/// The streams that pages and forms draw.
fn content_streams(document: &Document) -> Vec<ObjectId> {
    let pages = document.page_iter().flat_map(|page| document.get_page_contents(page));
    let is_form = |object: &Object| {
        let Object::Stream(stream) = object else { return false };
        stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Form")
    };
    let forms = document.objects.iter().filter(|(_, object)| is_form(object)).map(|(id, _)| *id);
    let mut ids: Vec<ObjectId> = pages.chain(forms).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
