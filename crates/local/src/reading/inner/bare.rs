//! Takes the text out of a page, so that drawing it with and without shows what of the text can be seen.

use lopdf::{Document, Object, ObjectId, Stream};

use super::lexer::{Lexer, Token};
use super::{STREAM_BYTES, content_streams};

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
