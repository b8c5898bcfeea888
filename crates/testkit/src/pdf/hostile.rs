//! The hostile ones: broken off, without end, deeper than any reader goes, larger than any memory.

use super::{HELVETICA, Pdf, show, zlib};

/// A document without pages.
pub fn without_pages() -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    pdf.finish_with_pages(tree, &[])
}

/// A document whose page tree has itself as a branch.
pub fn page_tree_loop() -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let branch = pdf.object(format!("<< /Type /Pages /Parent {tree} 0 R /Count 3 /Kids [{tree} 0 R] >>"));
    pdf.replace(tree, format!("<< /Type /Pages /Count 6 /Kids [{branch} 0 R {tree} 0 R] >>"));
    let catalog = pdf.object(format!("<< /Type /Catalog /Pages {tree} 0 R >>"));
    pdf.finish(catalog, "")
}

/// A document whose single page lies that many branches deep.
pub fn deep_page_tree(levels: usize) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let mut parent = tree;
    for _ in 0..levels {
        let branch = pdf.object("");
        pdf.replace(parent, format!("<< /Type /Pages /Count 1 /Kids [{branch} 0 R] >>"));
        parent = branch;
    }
    pdf.replace(parent, format!("<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 595 842] >>"));
    let catalog = pdf.object(format!("<< /Type /Catalog /Pages {tree} 0 R >>"));
    pdf.finish(catalog, "")
}

/// A document whose page draws a form that draws itself, twice.
pub fn self_drawing_form() -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let form = pdf.object("");
    let data = "/X Do /X Do";
    pdf.replace(
        form,
        format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X {form} 0 R >> >> \
             /Length {} >>\nstream\n{data}\nendstream",
            data.len()
        ),
    );
    let contents = pdf.stream("", b"/X Do");
    let page = pdf.page(tree, &format!("/XObject << /X {form} 0 R >>"), contents);
    pdf.finish_with_pages(tree, &[page])
}

/// What a bomb unfolds into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// White space: only time is lost.
    Nothing,
    /// Text on the page: memory too.
    Text,
}

/// A document of some kilobytes whose page unfolds into that many bytes.
pub fn bomb(filling: Filling, bytes: u64) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let font = pdf.object(HELVETICA);
    let twice = zlib(&repeated(filling, bytes));
    let contents = pdf.stream("/Filter [/FlateDecode /FlateDecode]", &twice);
    let page = pdf.page(tree, &format!("/Font << /F1 {font} 0 R >>"), contents);
    pdf.finish_with_pages(tree, &[page])
}

/// A zlib stream (RFC 1950, 1951) of a short pattern repeated for `bytes`, written bit by bit: compressing gigabytes to
/// get it would take longer than the test. Each match is 258 bytes long, which is a multiple of both patterns.
fn repeated(filling: Filling, bytes: u64) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.bytes.extend([0x78, 0x01]);
    // The last block, with fixed codes.
    bits.push(1, 1);
    bits.push(1, 2);
    let (start, period): (&[u8], u32) = match filling {
        Filling::Nothing => (b" ", 1),
        Filling::Text => (b"BT /F1 9 Tf (A)Tj ", 6),
    };
    for byte in start {
        bits.push_code(0x30 + u32::from(*byte), 8);
    }
    // Length 258: symbol 285. Distances: 1 is symbol 0; 5 and 6 are symbol 4 with one more bit.
    let add = |bits: &mut Bits| {
        bits.push_code(0b1100_0101, 8);
        if period == 1 {
            bits.push_code(0, 5);
        } else {
            bits.push_code(4, 5);
            bits.push(1, 1);
        }
    };
    let matches = bytes / 258;
    for _ in 0..matches % 8 {
        add(&mut bits);
    }
    // Eight of them end within a byte as they began, so that the bytes of the next eight are the same.
    let mut eights = 0..matches / 8;
    for _ in eights.by_ref().take(1) {
        (0..8).for_each(|_| add(&mut bits));
    }
    let from = bits.bytes.len();
    for _ in eights.by_ref().take(1) {
        (0..8).for_each(|_| add(&mut bits));
    }
    let cycle = bits.bytes.get(from..).unwrap_or_default().to_vec();
    eights.for_each(|_| bits.bytes.extend_from_slice(&cycle));
    bits.push_code(0, 7);
    bits.push(0, 7);
    bits.bytes
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    filled: u32,
    byte: u8,
}

impl Bits {
    /// Least significant bit first, as deflate has its fields.
    fn push(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if value >> bit & 1 == 1 {
                self.byte |= 1 << self.filled;
            }
            self.filled += 1;
            if self.filled == 8 {
                self.bytes.push(self.byte);
                (self.byte, self.filled) = (0, 0);
            }
        }
    }

    /// Most significant bit first, as deflate has its Huffman codes.
    fn push_code(&mut self, code: u32, count: u32) {
        for bit in (0..count).rev() {
            self.push(code >> bit, 1);
        }
    }
}

/// The first `part` (0 to 1) of a file: a download that broke off.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "lengths of test files are small and positive"
)]
pub fn truncated(file: &[u8], part: f64) -> Vec<u8> {
    let length = (file.len() as f64 * part.clamp(0.0, 1.0)) as usize;
    file.get(..length).unwrap_or(file).to_vec()
}

/// A document that shows English, while its font says that every letter is a private character.
pub fn lying_font() -> Vec<u8> {
    const MAP: &str = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n\
        /CMapName /Lie def /CMapType 2 def\n1 begincodespacerange <00> <ff> endcodespacerange\n\
        1 beginbfrange <21> <7e> <e021> endbfrange\nendcmap end end";
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let map = pdf.stream("", MAP.as_bytes());
    let font = pdf.object(format!("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode {map} 0 R >>"));
    let line = "Every letter of this line can be seen and none of them can be read.\n";
    let contents = pdf.stream("", show(&line.repeat(12)).as_bytes());
    let page = pdf.page(tree, &format!("/Font << /F1 {font} 0 R >>"), contents);
    pdf.finish_with_pages(tree, &[page])
}

/// A document that wants a password: nobody has it, its verifier is made up (ISO 32000-1, 7.6.3).
pub fn encrypted() -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let contents = pdf.stream("", b"unreadable");
    let page = pdf.page(tree, "", contents);
    let key = "5a".repeat(32);
    let encrypt = pdf.object(format!("<< /Filter /Standard /V 1 /R 2 /O <{key}> /U <{key}> /P -4 >>"));
    pdf.replace(tree, format!("<< /Type /Pages /Count 1 /Kids [{page} 0 R] >>"));
    let catalog = pdf.object(format!("<< /Type /Catalog /Pages {tree} 0 R >>"));
    pdf.finish(catalog, &format!("/Encrypt {encrypt} 0 R /ID [<{}> <{}>]", "00".repeat(16), "00".repeat(16)))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::ZlibDecoder;

    use super::*;

    #[test]
    fn a_bomb_unfolds() {
        let mut unfolded = Vec::new();
        // The checksum at the end is left out, as readers of documents do not look at it.
        let _ = ZlibDecoder::new(repeated(Filling::Text, 258 * 4).as_slice()).read_to_end(&mut unfolded);
        assert_eq!(String::from_utf8(unfolded).unwrap(), format!("BT /F1 9 Tf {}", "(A)Tj ".repeat(1 + 43 * 4)));
        assert!(bomb(Filling::Nothing, 1 << 30).len() < 100_000);
    }

    #[test]
    fn a_long_pattern_unfolds_as_a_short_one() {
        for (filling, start, period) in [(Filling::Nothing, "", " "), (Filling::Text, "BT /F1 9 Tf ", "(A)Tj ")] {
            for matches in [0, 1, 7, 8, 15, 16, 17, 100, 1001] {
                let mut unfolded = Vec::new();
                let folded = repeated(filling, 258 * matches);
                let _ = ZlibDecoder::new(folded.as_slice()).read_to_end(&mut unfolded);
                let times = 1 + 258 * usize::try_from(matches).unwrap() / period.len();
                assert!(unfolded == format!("{start}{}", period.repeat(times)).into_bytes(), "{filling:?} {matches}");
                // Two bytes before it, and the end of the block and its padding.
                let bits = 3
                    + 8 * (start.len() + period.len())
                    + usize::try_from(matches).unwrap() * (13 + usize::from(period.len() > 1));
                assert_eq!(folded.len(), 2 + (bits + 14) / 8, "{filling:?} {matches}");
            }
        }
    }
}
