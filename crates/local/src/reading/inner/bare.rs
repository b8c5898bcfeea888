//! Takes the text out of a page, so that drawing it with and without shows what of the text can be seen; and the scan, so
//! that drawing it on a dark and on a light ground shows what is painted over the scan.

use std::collections::BTreeSet;

use lopdf::{Document, Object, ObjectId, Stream, dictionary};

use super::lexer::{Lexer, Token};
use super::{STREAM_BYTES, content_streams, pages};

/// The streams that show text, without it.
pub(super) fn without_text(document: &Document) -> Vec<(ObjectId, Stream)> {
    let bare = |id: ObjectId| {
        let stream = document.get_object(id).and_then(Object::as_stream).ok()?;
        let content = stream.get_plain_content_with_limit(STREAM_BYTES).ok()?;
        let mut bare = stream.clone();
        bare.set_plain_content(without_shown(&content)?);
        Some((id, bare))
    };
    content_streams(document).into_iter().filter_map(bare).collect()
}

/// The streams that show text, without it, and a plain ground in that shade of grey in place of the scans over which
/// something is painted.
pub(super) fn on_plain_ground(document: &Document, shade: u8) -> Vec<(ObjectId, Stream)> {
    let pages::Looks { doubtful, .. } = pages::looks(document);
    let scans: BTreeSet<ObjectId> = doubtful.into_iter().flat_map(|page| page.covered_scans).collect();
    let plain = || {
        let entries = dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1, "ColorSpace" => "DeviceGray",
            "BitsPerComponent" => 8,
        };
        Stream::new(entries, vec![shade])
    };
    without_text(document).into_iter().chain(scans.into_iter().map(|id| (id, plain()))).collect()
}

/// The content without the operators that show text; none if it has none.
fn without_shown(content: &[u8]) -> Option<Vec<u8>> {
    let mut lexer = Lexer::new(content);
    let mut bare = Vec::with_capacity(content.len());
    let (mut copied, mut operands) = (0, None);
    while let Some((token, place)) = lexer.token() {
        let start = *operands.get_or_insert(place.start);
        let Token::Operator(operator) = token else { continue };
        operands = None;
        if matches!(operator, b"Tj" | b"TJ" | b"'" | b"\"") {
            bare.extend_from_slice(content.get(copied..start)?);
            if operator.len() == 1 {
                bare.extend_from_slice(b" T* ");
            }
            copied = place.end;
        }
    }
    bare.extend_from_slice(content.get(copied..)?);
    (copied > 0).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_goes_and_all_else_stays() {
        let content = b"q BT /F1 9 Tf [(a) -3 (b)] TJ (c) ' 0 0 m ET Q (d";
        assert_eq!(without_shown(content).unwrap(), b"q BT /F1 9 Tf   T*  0 0 m ET Q (d");
        assert_eq!(without_shown(b"0 0 10 10 re f"), None);
    }
}
