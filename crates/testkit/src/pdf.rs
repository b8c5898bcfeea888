//! Documents that a test makes itself: plain ones, and the hostile ones for which no real file can be had.

mod hostile;

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

pub use hostile::{
    Filling, bomb, deep_page_tree, encrypted, lying_font, page_tree_loop, self_drawing_form, truncated, without_pages,
};

/// A PDF file under construction: numbered objects, written with a correct cross-reference table.
#[derive(Debug, Default)]
pub struct Pdf {
    objects: Vec<Vec<u8>>,
}

impl Pdf {
    /// An empty file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an object and gives its number (from 1).
    pub fn object(&mut self, body: impl Into<Vec<u8>>) -> usize {
        self.objects.push(body.into());
        self.objects.len()
    }

    /// Adds a stream. `entries` stand in its dictionary beside the length.
    pub fn stream(&mut self, entries: &str, data: &[u8]) -> usize {
        let mut body = format!("<< /Length {} {entries} >>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.object(body)
    }

    /// Fills in an object that others already point at.
    pub fn replace(&mut self, number: usize, body: impl Into<Vec<u8>>) {
        if let Some(object) = number.checked_sub(1).and_then(|index| self.objects.get_mut(index)) {
            *object = body.into();
        }
    }

    /// The file, with object `catalog` as its root and more entries for its trailer.
    pub fn finish(self, catalog: usize, trailer: &str) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.objects.len() + 1);
        for (body, number) in self.objects.iter().zip(1_usize..) {
            // Writing to a string or a vector cannot fail.
            let _ = writeln!(table, "{:010} 00000 n ", file.len());
            let _ = writeln!(file, "{number} 0 obj");
            file.extend_from_slice(body);
            file.extend_from_slice(b"\nendobj\n");
        }
        let start = file.len();
        let size = self.objects.len() + 1;
        let end =
            format!("{table}trailer\n<< /Size {size} /Root {catalog} 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n");
        file.extend_from_slice(end.as_bytes());
        file
    }

    /// The file, with the pages in `kids` as its whole tree. `tree` is the object of the tree, which the pages name.
    fn finish_with_pages(mut self, tree: usize, kids: &[usize]) -> Vec<u8> {
        let list: Vec<String> = kids.iter().map(|kid| format!("{kid} 0 R")).collect();
        self.replace(tree, format!("<< /Type /Pages /Count {} /Kids [{}] >>", kids.len(), list.join(" ")));
        let catalog = self.object(format!("<< /Type /Catalog /Pages {tree} 0 R >>"));
        self.finish(catalog, "")
    }

    fn page(&mut self, tree: usize, resources: &str, contents: usize) -> usize {
        self.object(format!(
            "<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 595 842] /Resources << {resources} >> /Contents {contents} 0 R >>"
        ))
    }
}

const HELVETICA: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";

/// A document with one page for each text. Lines break at line ends; characters outside of ASCII become `?`.
pub fn text(pages: &[&str]) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let font = pdf.object(HELVETICA);
    let kids: Vec<usize> = pages
        .iter()
        .map(|text| {
            let contents = pdf.stream("", show(text).as_bytes());
            pdf.page(tree, &format!("/Font << /F1 {font} 0 R >>"), contents)
        })
        .collect();
    pdf.finish_with_pages(tree, &kids)
}

/// The operators that show a text from the top of a page.
fn show(text: &str) -> String {
    let mut operators = "BT /F1 12 Tf 14 TL 72 770 Td\n".to_owned();
    for line in text.lines() {
        let safe: String = line.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
        let safe = safe.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        let _ = writeln!(operators, "({safe}) Tj T*");
    }
    operators + "ET"
}

/// A document with one page for each content stream, which can use the fonts `F1` (Helvetica) and `F2` (bold) and what
/// else is in `resources`; object 3 is a picture of a dark chequer. `entries` stand in each page's dictionary.
pub fn drawn(contents: &[&str], resources: &str, entries: &str) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let font = pdf.object(HELVETICA);
    let entries_of_picture =
        "/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8";
    let _ = pdf.stream(entries_of_picture, &[0x20, 0x60, 0x60, 0x20]);
    let bold = pdf.object(HELVETICA.replace("Helvetica", "Helvetica-Bold"));
    let kids: Vec<usize> = contents
        .iter()
        .map(|content| {
            let contents = pdf.stream("", content.as_bytes());
            pdf.object(format!(
                "<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 595 842] {entries} /Contents {contents} 0 R \
                 /Resources << /Font << /F1 {font} 0 R /F2 {bold} 0 R >> {resources} >> >>"
            ))
        })
        .collect();
    pdf.finish_with_pages(tree, &kids)
}

/// A page with that content, which can use the fonts of [`drawn`], what else is in `resources`, and as `I` a JPEG picture in
/// colour (data, width and height in pixels). `entries` stand in the page's dictionary.
pub fn pictured(content: &str, jpeg: &(Vec<u8>, usize, usize), resources: &str, entries: &str) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let font = pdf.object(HELVETICA);
    let (data, width, height) = jpeg;
    let picture = pdf.stream(
        &format!(
            "/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8 \
             /Filter /DCTDecode"
        ),
        data,
    );
    let bold = pdf.object(HELVETICA.replace("Helvetica", "Helvetica-Bold"));
    let contents = pdf.stream("", content.as_bytes());
    let page = pdf.object(format!(
        "<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 595 842] {entries} /Contents {contents} 0 R /Resources << \
         /Font << /F1 {font} 0 R /F2 {bold} 0 R >> /XObject << /I {picture} 0 R >> {resources} >> >>"
    ));
    pdf.finish_with_pages(tree, &[page])
}

/// A page with a line for each list of glyphs, which are given as their letters in logical order and shown from right to
/// left. The font's map has the letters of a glyph as `mapped` gives them.
pub fn right_to_left(lines: &[Vec<&str>], mapped: impl Fn(&str) -> String) -> Vec<u8> {
    let mut glyphs: Vec<&str> = lines.iter().flatten().copied().filter(|glyph| *glyph != " ").collect();
    glyphs.sort_unstable();
    glyphs.dedup();
    let code = |glyph: &str| 0x41 + glyphs.iter().position(|known| *known == glyph).unwrap_or_default();
    let mut map = format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Map def /CMapType 2 def\n\
         1 begincodespacerange <00> <ff> endcodespacerange\n{} beginbfchar\n",
        glyphs.len()
    );
    for glyph in &glyphs {
        let units = hex4(mapped(glyph).encode_utf16());
        let _ = writeln!(map, "<{:02x}> <{units}>", code(glyph));
    }
    map.push_str("endbfchar\nendcmap end end");
    let mut content = "BT /F1 12 Tf 20 TL 72 770 Td\n".to_owned();
    for line in lines {
        let codes = line.iter().rev().fold(String::new(), |mut codes, glyph| {
            let _ = write!(codes, "{:02x}", if *glyph == " " { 0x20 } else { code(glyph) });
            codes
        });
        let _ = writeln!(content, "<{codes}> Tj T*");
    }
    content.push_str("ET");
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let map = pdf.stream("", map.as_bytes());
    let font = pdf.object(HELVETICA.replace(">>", &format!("/ToUnicode {map} 0 R >>")));
    let contents = pdf.stream("", content.as_bytes());
    let page = pdf.page(tree, &format!("/Font << /F1 {font} 0 R >>"), contents);
    pdf.finish_with_pages(tree, &[page])
}

/// UTF-16 code units as hexadecimal digits.
fn hex4(units: impl Iterator<Item = u16>) -> String {
    units.fold(String::new(), |mut digits, unit| {
        let _ = write!(digits, "{unit:04x}");
        digits
    })
}

/// A page with a line of Japanese in a font that is not embedded.
pub fn japanese(line: &str) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let descendant = pdf.object(
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /KozMinPro-Regular-Acro \
         /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 4 >> /DW 1000 >>",
    );
    let font = pdf.object(format!(
        "<< /Type /Font /Subtype /Type0 /BaseFont /KozMinPro-Regular-Acro-UniJIS-UTF16-H /Encoding /UniJIS-UTF16-H \
         /DescendantFonts [{descendant} 0 R] >>"
    ));
    let codes = hex4(line.encode_utf16());
    let contents = pdf.stream("", format!("BT /F1 12 Tf 72 770 Td <{codes}> Tj ET").as_bytes());
    let page = pdf.page(tree, &format!("/Font << /F1 {font} 0 R >>"), contents);
    pdf.finish_with_pages(tree, &[page])
}

/// Some hundred words of English on one page: a document that is fine.
pub fn fine() -> Vec<u8> {
    text(&["The tide turns twice a day. It follows the moon, which pulls at the water of the sea.\n\
            When sun and moon stand in one line, the pull is strongest: sailors call it a spring tide.\n\
            A week later they stand at a right angle, and the tide is weak: a neap tide.\n\
            Harbours publish tables of the hours of high water. They are computed years ahead.\n\
            Wind and air pressure move the water too, and nobody can compute those years ahead.\n\
            So a careful sailor reads the table first, then looks at the sky, then at the water itself."])
}

/// A document of that many pages with a line on each.
pub fn of_pages(count: usize) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let font = pdf.object(HELVETICA);
    let contents = pdf.stream("", show("One line, the same on every page.").as_bytes());
    let resources = format!("/Font << /F1 {font} 0 R >>");
    let kids: Vec<usize> = (0..count).map(|_| pdf.page(tree, &resources, contents)).collect();
    pdf.finish_with_pages(tree, &kids)
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing to a vector cannot fail.
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

/// A document of pages that are nothing but a picture each, as a scanner makes them: grey noise without meaning.
pub fn scanned(pages: usize) -> Vec<u8> {
    const WIDTH: usize = 620;
    const HEIGHT: usize = 877;
    let mut state = 1_u32;
    let mut noise = || {
        // Numerical Recipes' linear congruential generator: it only has to look like paper.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u8::try_from(state >> 29).unwrap_or(0)
    };
    let pixels: Vec<u8> = (0..WIDTH * HEIGHT).map(|_| 240 + noise()).collect();
    let entries =
        format!("/Width {WIDTH} /Height {HEIGHT} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode");
    pictures(&vec![(entries, zlib(&pixels)); pages])
}

/// A document with a page for each JPEG picture in colour (data, width and height in pixels).
pub fn scanned_from_jpegs(jpegs: &[(Vec<u8>, usize, usize)]) -> Vec<u8> {
    let entries = |(data, width, height): &(Vec<u8>, usize, usize)| {
        let entries =
            format!("/Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode");
        (entries, data.clone())
    };
    pictures(&jpegs.iter().map(entries).collect::<Vec<_>>())
}

fn pictures(pictures: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let tree = pdf.object("");
    let contents = pdf.stream("", b"q 595 0 0 842 0 0 cm /I Do Q");
    let kids: Vec<usize> = pictures
        .iter()
        .map(|(entries, data)| {
            let picture = pdf.stream(&format!("/Type /XObject /Subtype /Image {entries}"), data);
            pdf.page(tree, &format!("/XObject << /I {picture} 0 R >>"), contents)
        })
        .collect();
    pdf.finish_with_pages(tree, &kids)
}

/// A document that is fine but for its size: padded to exactly that many bytes.
pub fn of_size(bytes: usize) -> Vec<u8> {
    // The comment stands before the last line, so that the file still ends as it must.
    let file = fine();
    let padding = bytes.saturating_sub(file.len() + 2);
    let at = file.windows(9).rposition(|window| window == b"startxref").unwrap_or(file.len());
    let (head, tail) = file.split_at(at);
    [head, b"%", &b"x".repeat(padding), b"\n", tail].concat()
}

/// A picture of one pixel in the PNG format.
pub fn png() -> Vec<u8> {
    let mut file =
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00".to_vec();
    file.extend_from_slice(b"\x3a\x7e\x9b\x55\x00\x00\x00\x00IEND\xaeB`\x82");
    file
}

/// An empty archive in the ZIP format.
pub fn zip() -> Vec<u8> {
    [b"PK\x05\x06".as_slice(), &[0; 18]].concat()
}

/// A web page, as a server sends in place of a document that it does not give.
pub fn html() -> Vec<u8> {
    b"<!DOCTYPE html><html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1></body></html>".to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_padded_document_has_the_size_asked_for() {
        assert_eq!(of_size(1_000_000).len(), 1_000_000);
    }
}
