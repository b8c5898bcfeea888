//! What Vision answers, and what becomes of it: pages, blocks, paragraphs, words and letters, each with its box.

use serde::Deserialize;
use sluice_capability::CapabilityError;
use sluice_domain::document::{Block, Document, LeftOut, OcrPages, Page, Reason, Role, WordBox};

/// A paragraph with a lower confidence is left out: it is specks and ornaments, or badly misread.
const UNSURE: f32 = 0.4;
/// The most characters of what is shown of a text that is left out.
const SAMPLE: usize = 80;

#[derive(Debug, Deserialize)]
pub(super) struct Annotated {
    #[serde(default)]
    responses: Vec<One>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct One {
    full_text_annotation: Option<Full>,
    error: Option<Failure>,
}

/// As gRPC has it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Failure {
    code: i64,
    message: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Full {
    pages: Vec<RawPage>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawPage {
    width: u32,
    height: u32,
    blocks: Vec<RawBlock>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawBlock {
    paragraphs: Vec<Paragraph>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Paragraph {
    confidence: Option<f32>,
    words: Vec<RawWord>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawWord {
    bounding_box: Option<Polygon>,
    confidence: Option<f32>,
    symbols: Vec<Symbol>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Polygon {
    vertices: Vec<Vertex>,
}

/// Zeros are left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Vertex {
    x: f32,
    y: f32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Symbol {
    text: String,
    property: Option<Property>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Property {
    detected_break: Option<Break>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Break {
    #[serde(rename = "type")]
    kind: String,
}

/// What is seen in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenPage {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Its paragraphs, in reading order.
    pub blocks: Vec<SeenBlock>,
}

/// A paragraph.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenBlock {
    /// How sure that is, from 0 to 1.
    pub confidence: f32,
    /// Its words, in order.
    pub words: Vec<SeenWord>,
}

/// A word.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenWord {
    /// What it reads.
    pub text: String,
    /// Left, top, right and bottom edge in pixels.
    pub bounds: [f32; 4],
    /// How sure that is, from 0 to 1.
    pub confidence: f32,
    /// What follows it.
    pub then: Then,
}

/// What follows a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The next word, at once.
    Nothing,
    /// A blank.
    Blank,
    /// A new line.
    Line,
    /// The rest of the word, on a new line; the hyphen is not in the text.
    Hyphen,
}

impl Annotated {
    /// The page, or the error that came with status 200. `size` is that of the picture.
    pub(super) fn page(self, size: (u32, u32), shown: impl Fn(&str) -> String) -> Result<SeenPage, CapabilityError> {
        let Some(one) = self.responses.into_iter().next() else {
            return Err(CapabilityError::fail("bad_answer", "Vision answered without a result"));
        };
        if let Some(error) = one.error.filter(|error| error.code != 0) {
            return Err(failed(error.code, &shown(&error.message)));
        }
        // A picture without text has no annotation.
        let page = one.full_text_annotation.and_then(|full| full.pages.into_iter().next()).unwrap_or_default();
        let (width, height) = (larger(page.width, size.0), larger(page.height, size.1));
        let paragraphs = page.blocks.into_iter().flat_map(|block| block.paragraphs);
        let blocks = paragraphs.filter_map(|paragraph| seen(paragraph, [width, height])).collect();
        Ok(SeenPage { width, height, blocks })
    }
}

fn larger(told: u32, known: u32) -> u32 {
    if told == 0 { known } else { told }
}

fn failed(code: i64, why: &str) -> CapabilityError {
    match code {
        // DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE.
        4 | 8 | 10 | 13 | 14 => {
            CapabilityError::put_off(None, "provider_unavailable", format!("Vision is in trouble: {why}"))
        }
        7 | 16 => CapabilityError::fail("key_refused", format!("Vision refused the key, check it: {why}")),
        _ => CapabilityError::fail("picture_refused", format!("Vision cannot read the picture (code {code}): {why}")),
    }
}

fn seen(paragraph: Paragraph, [width, height]: [u32; 2]) -> Option<SeenBlock> {
    let words: Vec<SeenWord> = paragraph.words.into_iter().filter_map(|word| word.seen([width, height])).collect();
    if words.is_empty() {
        return None;
    }
    let sum: f32 = words.iter().map(|word| word.confidence).sum();
    #[expect(clippy::cast_precision_loss, reason = "a paragraph has few words")]
    let mean = sum / words.len() as f32;
    Some(SeenBlock { confidence: paragraph.confidence.unwrap_or(mean), words })
}

impl RawWord {
    fn seen(self, [width, height]: [u32; 2]) -> Option<SeenWord> {
        let last = self.symbols.last()?.property.as_ref().and_then(|property| property.detected_break.as_ref());
        let then = match last.map_or("", |found| found.kind.as_str()) {
            "SPACE" | "SURE_SPACE" => Then::Blank,
            "EOL_SURE_SPACE" | "LINE_BREAK" => Then::Line,
            "HYPHEN" => Then::Hyphen,
            _ => Then::Nothing,
        };
        let text: String = self.symbols.into_iter().map(|symbol| symbol.text).collect();
        if text.trim().is_empty() {
            return None;
        }
        let bounds = self.bounding_box.unwrap_or_default().bounds([width, height]);
        Some(SeenWord { text, bounds, confidence: self.confidence.unwrap_or(1.0).clamp(0.0, 1.0), then })
    }
}

impl Polygon {
    /// The upright box around it, inside the picture.
    fn bounds(&self, [width, height]: [u32; 2]) -> [f32; 4] {
        #[expect(
            clippy::cast_precision_loss,
            reason = "pictures are smaller than sixteen million pixels in either direction"
        )]
        let [width, height] = [width as f32, height as f32];
        let mut bounds = [f32::MAX, f32::MAX, 0.0, 0.0];
        for Vertex { x, y } in &self.vertices {
            let (x, y) = (x.clamp(0.0, width), y.clamp(0.0, height));
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
        }
        if self.vertices.is_empty() { [0.0; 4] } else { bounds }
    }
}

impl SeenPage {
    /// As a document of one page, whose points are pixels. What is probably misread is left out, and named.
    pub(super) fn document(self, by: &str) -> Document {
        let mut left_out = Vec::new();
        let mut blocks = Vec::new();
        for seen in self.blocks {
            let block = seen.block();
            if seen.confidence < UNSURE {
                let sample = block.text.chars().take(SAMPLE).collect();
                left_out.push(LeftOut { page: 1, reason: Reason::Unreadable, sample });
            } else {
                blocks.push(block);
            }
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "pictures are smaller than sixteen million pixels in either direction"
        )]
        let (width, height) = (self.width as f32, self.height as f32);
        let page = Page { number: 1, width, height, blocks, ..Page::default() };
        let by = format!("Google Cloud Vision {by} v1");
        let ocr = OcrPages { text_layer: None, by: by.clone(), pages: vec![1] };
        Document { title: None, pages: vec![page], read_by: by, ocr: Some(ocr), left_out }
    }
}

impl SeenBlock {
    fn block(&self) -> Block {
        let (mut text, mut words) = (String::new(), Vec::new());
        let mut bounds = [f32::MAX, f32::MAX, 0.0_f32, 0.0_f32];
        let mut heights = Vec::new();
        let mut lines = 1;
        for (n, word) in self.words.iter().enumerate() {
            let [left, top, right, bottom] = word.bounds;
            bounds = [bounds[0].min(left), bounds[1].min(top), bounds[2].max(right), bounds[3].max(bottom)];
            heights.push(bottom - top);
            words.push(WordBox(u32::try_from(text.len()).unwrap_or(u32::MAX), word.bounds));
            text.push_str(&word.text);
            let is_last = n + 1 == self.words.len();
            match word.then {
                Then::Nothing => {}
                _ if is_last => {}
                Then::Blank => text.push(' '),
                Then::Line => {
                    text.push(' ');
                    lines += 1;
                }
                Then::Hyphen => lines += 1,
            }
        }
        heights.sort_by(f32::total_cmp);
        let line_height = heights.get(heights.len() / 2).copied().unwrap_or(0.0);
        Block { text, bounds, line_height, lines, role: Role::Text, words }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn word(text: &str, left: u32, top: u32, then: &str, confidence: f32) -> Value {
        let mut symbols: Vec<Value> = text.chars().map(|letter| json!({ "text": letter.to_string() })).collect();
        if let Some(last) = symbols.last_mut().filter(|_| !then.is_empty()) {
            last["property"] = json!({ "detectedBreak": { "type": then } });
        }
        // Vision leaves zeros out.
        let vertex = |x: u32, y: u32| match (x, y) {
            (0, 0) => json!({}),
            (0, y) => json!({ "y": y }),
            (x, 0) => json!({ "x": x }),
            (x, y) => json!({ "x": x, "y": y }),
        };
        let (right, bottom) = (left + 30, top + 10);
        let vertices = [vertex(left, top), vertex(right, top), vertex(right, bottom), vertex(left, bottom)];
        json!({ "symbols": symbols, "confidence": confidence, "boundingBox": { "vertices": vertices } })
    }

    fn page(answer: Value) -> Result<SeenPage, CapabilityError> {
        serde_json::from_value::<Annotated>(answer).unwrap().page((400, 300), str::to_owned)
    }

    #[test]
    fn words_become_blocks_with_their_boxes() {
        let words = [
            word("High", 0, 0, "SPACE", 0.9),
            word("wa", 40, 0, "HYPHEN", 0.9),
            word("ter", 0, 20, "LINE_BREAK", 0.9),
            word("10", 0, 40, "", 0.8),
            word(".", 31, 40, "LINE_BREAK", 0.8),
        ];
        let specks = json!({ "confidence": 0.1, "words": [word("~=", 90, 90, "LINE_BREAK", 0.1)] });
        let blocks = json!([{ "paragraphs": [{ "confidence": 0.95, "words": words }, specks] }]);
        let full = json!({ "pages": [{ "width": 400, "height": 300, "blocks": blocks }], "text": "…" });
        let seen = page(json!({ "responses": [{ "fullTextAnnotation": full }] })).unwrap();
        assert!((seen.blocks[0].words[3].confidence - 0.8).abs() < f32::EPSILON);
        let document = seen.document("TEXT_DETECTION");
        let block = &document.pages[0].blocks[0];
        assert_eq!((block.text.as_str(), block.lines), ("High water 10.", 3));
        let due = [0.0, 0.0, 70.0, 50.0];
        assert!(block.bounds.iter().zip(due).all(|(is, due)| (is - due).abs() < 0.01), "{:?}", block.bounds);
        let places: Vec<u32> = block.words.iter().map(|word| word.0).collect();
        assert_eq!(places, [0, 5, 7, 11, 13]);
        assert_eq!((document.pages[0].blocks.len(), document.left_out.len()), (1, 1));
        assert_eq!(document.left_out[0].sample, "~=");
    }

    #[test]
    fn a_picture_without_text_is_an_empty_page() {
        let empty = page(json!({ "responses": [{}] })).unwrap();
        assert_eq!((empty.width, empty.height, empty.blocks.len()), (400, 300, 0));
    }

    #[test]
    fn errors_of_a_picture_have_their_remedies() {
        use sluice_capability::Remedy;
        for (code, remedy) in
            [(3, Remedy::Fail), (7, Remedy::Fail), (8, Remedy::PutOff(None)), (14, Remedy::PutOff(None))]
        {
            let error = page(json!({ "responses": [{ "error": { "code": code, "message": "Bad image data." } }] }))
                .unwrap_err();
            assert!(error.remedy == remedy && error.message.contains("Bad image data."), "{error:?}");
        }
        assert_eq!(page(json!({ "responses": [] })).unwrap_err().code, "bad_answer");
    }
}
