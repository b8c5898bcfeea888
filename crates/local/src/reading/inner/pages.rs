//! The pages of a file whose text a reader may not see in whole.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId};
use serde::{Deserialize, Serialize};

use super::STREAM_BYTES;
use super::graphics::{Area, around, common};
use super::painting::{Painter, Suspicion, numbers};

/// How far up the page tree an inherited entry is looked for.
const TREE_DEPTH: usize = 32;

/// The annotations that may be painted over text.
const COVERING_ANNOTATIONS: [&[u8]; 11] = [
    b"Square",
    b"Circle",
    b"Polygon",
    b"Ink",
    b"Line",
    b"PolyLine",
    b"Stamp",
    b"FreeText",
    b"Highlight",
    b"Redact",
    b"Watermark",
];

/// A page on which text may be hidden.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, and no states of a machine")]
pub(crate) struct DoubtfulPage {
    /// Counted from 1.
    pub(crate) number: u32,
    /// Its longer edge, in points.
    pub(crate) longer_edge: f32,
    /// Only drawing it tells what of its text can be seen.
    pub(crate) suspect: bool,
    /// All that is suspect is invisible text above a picture, as OCR lays it over a scan.
    pub(crate) only_over_scan: bool,
    /// It has a picture that may be a scan of it, and a text that OCR may have found there.
    pub(crate) has_scan: bool,
    /// The pictures that may be scans, if something else may be painted over them where there is such a text.
    pub(crate) covered_scans: Vec<ObjectId>,
    /// Text stands outside of it.
    pub(crate) outside: bool,
    /// Where its forms have their own text, which drawing cannot take out: left, top, right and bottom from its corner.
    pub(crate) forms: Vec<[f32; 4]>,
    /// Where texts would stand that are clipped to nothing, as those for screen readers are: they leave no gap.
    pub(crate) cut: Vec<[f32; 4]>,
    /// Where texts stand whose outline is so wide that their letters run into a blot.
    pub(crate) blots: Vec<[f32; 4]>,
    /// Where a scan is painted once more, over another place.
    pub(crate) again: Vec<[f32; 4]>,
    /// Where texts are shown on a page with a scan that are no work of OCR.
    pub(crate) shown: Vec<[f32; 4]>,
    /// What it paints cannot be unpacked, so that nothing tells what of its text can be seen.
    pub(crate) unexamined: bool,
}

/// What looking at the pages of a file finds.
#[derive(Debug, Default)]
pub(super) struct Looks {
    pub(super) doubtful: Vec<DoubtfulPage>,
    /// Where the drawings of each page are that has any.
    pub(super) drawings: BTreeMap<u32, Vec<[f32; 4]>>,
}

/// Looks at all pages.
pub(super) fn looks(document: &Document) -> Looks {
    let layers = has_layers_off(document);
    let mut looks = Looks::default();
    for (number, page) in (1..).zip(document.page_iter()) {
        let Some((doubtful, drawings)) = look(document, number, page, layers) else { continue };
        looks.doubtful.extend(doubtful);
        if !drawings.is_empty() {
            looks.drawings.insert(number, drawings);
        }
    }
    looks
}

/// What may be hidden on a page, and where its drawings are.
fn look(document: &Document, number: u32, id: ObjectId, layers: bool) -> Option<(Option<DoubtfulPage>, Vec<[f32; 4]>)> {
    let page = document.get_dictionary(id).ok()?;
    let (area, is_cropped) = visible_area(document, page);
    let Some(content) = content(document, id) else {
        return Some((Some(DoubtfulPage { number, unexamined: true, ..DoubtfulPage::default() }), Vec::new()));
    };
    let resources = inherited(document, page, b"Resources").and_then(|resources| resources.as_dict().ok());
    let Suspicion {
        suspect,
        only_over_scan,
        has_scan,
        has_layer,
        covered: is_covered,
        scans,
        again,
        shown,
        outside,
        cut,
        blots,
        drawings,
        unexamined,
    } = Painter::new(document, area, layers).page(&content, resources);
    let turn = inherited(document, page, b"Rotate").and_then(|turn| turn.as_i64().ok()).unwrap_or_default();
    let on_page = |place: Area| as_shown(place, &area, turn);
    let drawings = drawings.into_iter().map(on_page).collect();
    // What stands outside of the paper has never been part of the text.
    let outside = outside && is_cropped;
    let annotations = document.get_page_annotations(id).unwrap_or_default();
    let kind = |annotation: &Dictionary| annotation.get(b"Subtype").and_then(Object::as_name).map(<[u8]>::to_vec);
    let covered =
        annotations.iter().any(|one| kind(one).is_ok_and(|kind| COVERING_ANNOTATIONS.contains(&kind.as_slice())));
    if !(suspect || outside || covered || unexamined) {
        return Some((None, drawings));
    }
    // Poppler draws the text of a field anew, and that of a note which has no appearance.
    let has_text = |one: &&&Dictionary| {
        kind(one).is_ok_and(|kind| kind == b"Widget" || kind == b"FreeText" && !has_appearance(document, one))
    };
    let place = |annotation: &&Dictionary| {
        let place: Area = numbers(annotation.get(b"Rect").ok()?)?;
        Some(on_page(around([(place[0], place[1]), (place[2], place[3])].into_iter())))
    };
    let on_scan = has_scan && has_layer;
    let doubtful = DoubtfulPage {
        number,
        longer_edge: (area[2] - area[0]).max(area[3] - area[1]),
        suspect: suspect || covered,
        only_over_scan: only_over_scan && !covered,
        has_scan: on_scan,
        covered_scans: if has_layer && (is_covered || covered) { scans } else { Vec::new() },
        outside,
        unexamined,
        forms: annotations.iter().filter(has_text).filter_map(place).collect(),
        cut: cut.into_iter().map(on_page).collect(),
        blots: blots.into_iter().map(on_page).collect(),
        again: again.into_iter().map(on_page).collect(),
        shown: shown.into_iter().filter(|_| on_scan).map(on_page).collect(),
    };
    Some((Some(doubtful), drawings))
}

/// A place on a page with that visible area as it is shown after so many degrees of a turn clockwise: left, top, right and
/// bottom from its corner.
fn as_shown([left, bottom, right, top]: Area, page: &Area, degrees: i64) -> [f32; 4] {
    let [page_left, page_bottom, page_right, page_top] = *page;
    match degrees.rem_euclid(360) {
        90 => [bottom - page_bottom, left - page_left, top - page_bottom, right - page_left],
        180 => [page_right - right, bottom - page_bottom, page_right - left, top - page_bottom],
        270 => [page_top - top, page_right - right, page_top - bottom, page_right - left],
        _ => [left - page_left, page_top - top, right - page_left, page_top - bottom],
    }
}

/// Whether an annotation has a form that draws it.
fn has_appearance(document: &Document, annotation: &Dictionary) -> bool {
    let form =
        annotation.get_deref(b"AP", document).and_then(Object::as_dict).and_then(|ap| ap.get_deref(b"N", document));
    let kind = form.and_then(Object::as_stream).and_then(|form| form.dict.get(b"Subtype")).and_then(Object::as_name);
    kind.is_ok_and(|kind| kind == b"Form")
}

/// What a page paints; none if a part of it cannot be unpacked.
fn content(document: &Document, page: ObjectId) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    for id in document.get_page_contents(page) {
        let stream = document.get_object(id).and_then(Object::as_stream).ok()?;
        let room = STREAM_BYTES.saturating_sub(content.len());
        content.extend(stream.get_plain_content_with_limit(room).ok()?);
        content.push(b'\n');
    }
    Some(content)
}

/// The part of the page that is shown (ISO 32000-1, 14.11.2), and whether there is more of it.
fn visible_area(document: &Document, page: &Dictionary) -> (Area, bool) {
    let area = |name: &[u8]| {
        let [a, b, c, d] = numbers(inherited(document, page, name)?)?;
        Some(around([(a, b), (c, d)].into_iter()))
    };
    let whole = area(b"MediaBox").unwrap_or([0.0, 0.0, 612.0, 792.0]);
    let shown = area(b"CropBox").map_or(whole, |crop| common(&crop, &whole));
    if shown[2] > shown[0] && shown[3] > shown[1] {
        (shown, shown.iter().zip(&whole).any(|(one, other)| one.total_cmp(other).is_ne()))
    } else {
        (whole, false)
    }
}

/// An entry of a page, or of the nearest of its ancestors.
fn inherited<'a>(document: &'a Document, page: &'a Dictionary, name: &[u8]) -> Option<&'a Object> {
    let mut node = page;
    for _ in 0..TREE_DEPTH {
        if let Ok(found) = node.get_deref(name, document) {
            return Some(found);
        }
        node = node.get_deref(b"Parent", document).ok()?.as_dict().ok()?;
    }
    None
}

/// Whether some layers are not shown when the document is opened.
fn has_layers_off(document: &Document) -> bool {
    let configuration = document.catalog().ok().and_then(|catalog| {
        catalog
            .get_deref(b"OCProperties", document)
            .ok()?
            .as_dict()
            .ok()?
            .get_deref(b"D", document)
            .ok()?
            .as_dict()
            .ok()
    });
    configuration.is_some_and(|configuration| {
        let off = configuration.get_deref(b"OFF", document).and_then(Object::as_array);
        let base = configuration.get(b"BaseState").and_then(Object::as_name);
        off.is_ok_and(|layers| !layers.is_empty()) || base.is_ok_and(|base| base == b"OFF")
    })
}
