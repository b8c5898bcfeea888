//! What the places of words on a page tell: paragraphs, columns, tables, lists, and what is no text.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use sluice_domain::document::{Block, Document, Reason, Role};
use sluice_local::reading::{Reader, ReadingLimits};
use sluice_testkit::pdf;
use support::guard;

async fn read(name: &str) -> Document {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    Reader::new(guard(), ReadingLimits::DEFAULT).read(&path).await.unwrap()
}

async fn read_bytes(file: &[u8]) -> Document {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document.pdf");
    std::fs::write(&path, file).unwrap();
    Reader::new(guard(), ReadingLimits::DEFAULT).read(&path).await.unwrap()
}

fn blocks(document: &Document) -> impl Iterator<Item = &Block> {
    document.pages.iter().flat_map(|page| &page.blocks)
}

fn left_out(document: &Document, reason: Reason) -> Vec<(u32, &str)> {
    let of_reason = document.left_out.iter().filter(|left_out| left_out.reason == reason);
    of_reason.map(|left_out| (left_out.page, left_out.sample.as_str())).collect()
}

/// The word at a box, and its edges.
fn boxed<'a>(block: &'a Block, word: &str) -> (&'a str, [f32; 4]) {
    let boxes = block.words.iter().map(|word| (block.text.get(word.0 as usize..).unwrap(), word.1));
    boxes
        .filter(|(rest, _)| rest.starts_with(word))
        .map(|(rest, bounds)| (rest.split(' ').next().unwrap(), bounds))
        .next()
        .unwrap()
}

fn assert_near(found: [f32; 4], expected: [f32; 4]) {
    assert!(
        found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1.0),
        "{found:?} is not {expected:?}"
    );
}

#[tokio::test]
async fn every_word_has_its_box_in_the_order_of_the_text() {
    for name in [
        "arabic-wide-lines.pdf",
        "arabic-latin-digits.pdf",
        "hyphens.pdf",
        "pleading.pdf",
        "slides.pdf",
        "sideways-page.pdf",
        "two-columns.pdf",
        "marks.pdf",
    ] {
        let document = read(name).await;
        let (mut boxes, mut words) = (0, 0);
        for page in &document.pages {
            for block in &page.blocks {
                let mut last = None;
                for word in &block.words {
                    let at = word.0 as usize;
                    let before = block.text.get(..at).expect("a boundary of characters").chars().next_back();
                    assert!(
                        block.text.get(at..).is_some_and(|rest| rest.starts_with(|c: char| !c.is_whitespace())),
                        "{name}: {}",
                        block.text
                    );
                    // At the start of a word, or where the end of a line cut it.
                    assert!(
                        before.is_none_or(|c| c.is_whitespace() || c == '-' || block.lines > 1),
                        "{name}: {}",
                        block.text
                    );
                    assert!(last.is_none_or(|last| last < at), "{name}: {}", block.text);
                    last = Some(at);
                    let [left, top, right, bottom] = word.1;
                    assert!(
                        left < right && top < bottom && right <= page.width && bottom <= page.height,
                        "{name}: {word:?}"
                    );
                }
                boxes += block.words.len();
                words += block.text.split(' ').count();
            }
        }
        assert!(boxes >= words * 97 / 100, "{name}: {boxes} boxes of {words} words");
    }
}

#[tokio::test]
async fn a_word_that_a_line_cuts_has_two_boxes() {
    let document = read("hyphens.pdf").await;
    let block = blocks(&document).find(|block| block.text.contains("price-determining")).unwrap();
    let (word, first) = boxed(block, "price-determining");
    assert_eq!(word, "price-determining");
    let (_, second) = boxed(block, "determining");
    assert!(
        (first[1] - 111.6).abs() < 1.0 && (second[1] - 127.6).abs() < 1.0 && (second[0] - 70.0).abs() < 1.0,
        "{first:?} {second:?}"
    );
}

#[tokio::test]
async fn hyphens_of_words_stay_and_those_of_lines_go() {
    let text = read("hyphens.pdf").await.text();
    for part in [
        "depends on the price-determining factors of the harvest, which are the weather and the well-being of the colonies.",
        "signed by self-employed keepers, and the state-owned laboratory tests every single lot for cost-effective and first-class quality before",
        "Small- and medium-sized keepers",
        "The pre-war statistics of the association were lost, so nobody can compare the income of the keepers",
        "the introduction of the movable frame. The X-ray of the hive shows the ball of bees in winter, and the information",
        "the effort because it helps the keepers to understand",
    ] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
}

#[tokio::test]
async fn lines_of_a_paragraph_are_one_whatever_their_distance() {
    let document = read("arabic-wide-lines.pdf").await;
    let texts: Vec<&str> = blocks(&document).map(|block| block.text.as_str()).collect();
    assert_eq!(texts[0], "حياة النحل خلال العام");
    assert_eq!(
        texts[1],
        "تعيش خلية النحل كجسم واحد يتكون من آلاف الأفراد، ولا تستطيع النحلة أن تعيش وحدها أكثر من أيام قليلة."
    );
    let whole = texts.iter().skip(1).take(10).filter(|text| text.ends_with('.')).count();
    assert_eq!(whole, 10, "{texts:#?}");
    let (_, bounds) = boxed(blocks(&document).nth(1).unwrap(), "تعيش");
    assert!((bounds[2] - 525.3).abs() < 1.0, "the first word is at the right edge: {bounds:?}");
}

#[tokio::test]
async fn numbers_of_lines_are_no_text() {
    let document = read("pleading.pdf").await;
    assert_eq!(left_out(&document, Reason::LineNumbers), [(1, "1")]);
    let text = document.text();
    assert!(text.starts_with("IN THE COURT OF THE BEEKEEPERS OF EXAMPLETON\n\nThe plaintiff Pat Sample of the Exampleton Beekeepers Association and the defendant Meadow Housing Association of North Exampleton agreed in May that the Sample Hives would"), "{text}");
    assert!(!text.contains(char::is_numeric), "{text}");
}

#[tokio::test]
async fn titles_of_slides_are_no_running_heads() {
    let document = read("slides.pdf").await;
    let second = &document.pages[1].blocks;
    assert_eq!((second[0].text.as_str(), second[0].role), ("What a Colony Needs", Role::Text));
    let items: Vec<&str> =
        second.iter().filter(|block| block.role == Role::Item).map(|block| block.text.as_str()).collect();
    assert_eq!(
        items,
        [
            "Room for the brood and for the honey",
            "Water within two hundred metres",
            "Shade at noon and sun in the morning",
            "Flowers from March to October",
            "A keeper who looks after it"
        ]
    );
    assert_eq!(left_out(&document, Reason::Running), [(2, "A. Keeper"), (2, "Bees for Beginners"), (2, "2 / 5")]);
}

#[tokio::test]
async fn the_last_build_of_a_slide_counts() {
    let document = read("slides-in-builds.pdf").await;
    let full: Vec<(u32, &str, Option<&str>)> = document
        .pages
        .iter()
        .filter_map(|page| Some((page.number, page.blocks.first()?.text.as_str(), page.printed_number.as_deref())))
        .collect();
    assert_eq!(
        full,
        [
            (1, "Keeping Honey Bees", None),
            (5, "Why Colonies Swarm", Some("2")),
            (9, "What the Mite Does", Some("3")),
            (13, "How Bees Survive the Winter", Some("4"))
        ]
    );
    assert_eq!(left_out(&document, Reason::EarlierBuild).len(), 9);
    let items =
        document.pages[4].blocks.iter().filter(|block| block.role == Role::Item).map(|block| block.text.as_str());
    assert_eq!(items.collect::<Vec<_>>()[0], "A crowded colony swarms in the month of May");
}

#[tokio::test]
async fn a_page_set_sideways_is_read_in_its_own_order() {
    let document = read("sideways-page.pdf").await;
    let page = &document.pages[1];
    assert_eq!((page.quarter_turns, page.width > page.height), (1, true));
    assert!(
        page.blocks[0].text.starts_with("The mite Varroa is the most serious enemy of the honey bee today."),
        "{}",
        page.blocks[0].text
    );
    assert!(page.blocks[4].text.ends_with("have neither pollen nor nectar and feed nobody."));
    assert_near(boxed(&page.blocks[0], "The").1, [70.0, 72.1, 89.0, 82.3]);
    assert_eq!(document.pages[0].quarter_turns, 0);
}

#[tokio::test]
async fn a_very_long_page_is_read_from_top_to_bottom() {
    let document = read("long-page.pdf").await;
    let tops: Vec<f32> = blocks(&document).map(|block| block.bounds[1]).collect();
    assert!(tops.is_sorted() && tops.len() > 200, "{} blocks", tops.len());
    assert_eq!(blocks(&document).nth(1).unwrap().lines, 3);
}

#[tokio::test]
async fn raised_lowered_large_and_turned_text_is_what_it_means() {
    let document = read("marks.pdf").await;
    let text = document.pages[0].text();
    let begin = "Area of 25 km² and CO₂ of 10⁶ people and H₂O in water here. On the 21st of May there were 5 m³ of it.\n\nThe colony of bees is";
    assert!(text.starts_with(begin), "{text}");
    assert!(text.contains("Upside down text is set here and it goes on to a second line as well."), "{text}");
    assert!(text.contains("Clockwise text is set here and it goes on to a second line as well."), "{text}");
    assert_eq!(left_out(&document, Reason::Watermark), [(1, "DRAFT")]);
    let cells: Vec<&str> = document.pages[0]
        .blocks
        .iter()
        .filter(|block| block.role == Role::Cell)
        .map(|block| block.text.as_str())
        .collect();
    assert_eq!(cells, ["Year Honey", "Wax", "2019 12 t", "300 kg"]);
    assert_eq!(left_out(&document, Reason::Table), [(1, "Year Honey Wax 2019 12 t 300 kg")]);
}

#[tokio::test]
async fn what_is_printed_twice_is_read_once() {
    let text = read("printed-twice.pdf").await.text();
    let expected = "Hello world Honey\n\nHello world Honey\n\nThe whole line printed twice is here.\n\nThe whole line printed twice both ways.";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn no_letter_of_a_watermark_at_an_angle_is_text() {
    let line = "The bees fly over the meadow and carry the honey home to the hive.";
    let text = format!("BT /F1 11 Tf 18 TL 70 700 Td ({}) Tj ET", [line; 20].join(") Tj T* ("));
    for degrees in [25.0_f32, 38.0, 45.0, 52.0, 60.0] {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let stamp = format!("0.85 g BT /F2 70 Tf {cos} {sin} {} {cos} 120 200 Tm (CONFIDENTIAL DRAFT) Tj ET 0 g", -sin);
        let document = read_bytes(&pdf::drawn(&[&format!("{stamp} {text}")], "", "")).await;
        assert_eq!(document.text().replace("\n\n", " "), [line; 20].join(" "), "{degrees} degrees");
        assert!(!left_out(&document, Reason::Watermark).is_empty(), "{degrees} degrees");
    }
}

/// At such angles poppler joins some of the letters, and each piece alone looks like a word.
#[tokio::test]
async fn no_piece_of_a_short_watermark_at_a_steep_angle_is_text() {
    let line = "The bees fly over the meadow and carry the honey home to the hive.";
    let text = format!("BT /F1 11 Tf 18 TL 70 700 Td ({}) Tj ET", [line; 20].join(") Tj T* ("));
    for word in ["COPY", "VOID", "DRAFT", "SAMPLE"] {
        for degrees in [40.0_f32, 45.0, 46.0, 50.0, 55.0, 60.0, 65.0, -45.0, -50.0, -60.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let y = if degrees < 0.0 { 600 } else { 200 };
            let stamp = format!("0.85 g BT /F2 70 Tf {cos} {sin} {} {cos} 120 {y} Tm ({word}) Tj ET 0 g", -sin);
            let document = read_bytes(&pdf::drawn(&[&format!("{stamp} {text}")], "", "")).await;
            assert_eq!(document.text().replace("\n\n", " "), [line; 20].join(" "), "{word} at {degrees} degrees");
            assert!(!left_out(&document, Reason::Watermark).is_empty(), "{word} at {degrees} degrees");
        }
    }
}

#[tokio::test]
async fn four_narrow_columns_are_read_one_after_the_other() {
    let document = read("four-columns.pdf").await;
    let text = document.text().replace("\n\n", " ");
    let lives = |bees: &str| {
        format!(
            "is a single living thing made of many thousand bodies. The queen lays the eggs, the workers feed the brood, and \
             the drones leave the hive in summer to look for other queens. In spring the colony grows from ten thousand \
             {bees} to more than forty thousand within eight weeks. The keeper must give the {bees} more room before they \
             run out of it, because a crowded colony swarms. A swarm leaves with the old queen and about half of the \
             workers. Honey is made from nectar that the {bees} carry home and dry with their wings."
        )
    };
    let columns =
        format!("A Year With Bees A colony of honey bees {} A colony of sugar wasps {}", lives("bees"), lives("wasps"));
    assert!(text.starts_with(&columns), "{text}");
}

#[tokio::test]
async fn a_title_in_small_capitals_is_one_line_after_the_other() {
    let document = read("small-capitals.pdf").await;
    let title = blocks(&document).next().unwrap();
    assert_eq!(title.text, "The Bees of iPhone Valley and eBay Street");
    assert_eq!((title.lines, document.pages[0].blocks[1].text.split(' ').next()), (2, Some("A")));
}

/// Boxes (left, bottom, width, height) with a sentence in each that is set in lines.
type Note<'a> = ([u32; 4], &'a [&'a str]);

fn notes(notes: &[Note<'_>]) -> String {
    let note = |([left, bottom, width, height], lines): &Note<'_>| {
        let (x, y) = (left + 6, bottom + height - 14);
        let lines = lines.join(") Tj T* (");
        format!("{left} {bottom} {width} {height} re S BT /F1 9 Tf 11 TL {x} {y} Td ({lines}) Tj ET ")
    };
    notes.iter().map(note).collect()
}

#[tokio::test]
async fn what_stands_in_a_drawing_is_not_told_as_sentences() {
    let before = "The colony of bees lives in a hive that the keeper has built.";
    let after = "The drawing shows who lives there and what each of them does.";
    let boxes: [Note<'_>; 4] = [
        ([220, 600, 140, 50], &["The hive holds all of the", "combs and all of the brood."]),
        ([80, 480, 140, 50], &["Each queen lays the eggs", "of one hive."]),
        ([360, 480, 140, 50], &["Workers are formed", "according to the eggs."]),
        ([220, 380, 140, 50], &["Drones are formed", "according to the season."]),
    ];
    let prose = format!("BT /F1 12 Tf 72 740 Td ({before}) Tj 0 -440 Td ({after}) Tj ET ");
    let lines = "250 600 m 150 530 l S 330 600 m 430 530 l S [3 2] 0 d 290 600 m 290 560 l 290 430 l S [] 0 d ";
    let label = "BT /F1 9 Tf 296 560 Td (is fed by) Tj ET ";
    let drawn = format!("{prose} {} {lines} {label}", notes(&boxes));
    for entries in ["", "/Rotate 90", "/CropBox [20 30 580 800]"] {
        let document = read_bytes(&pdf::drawn(&[&drawn], "", entries)).await;
        let told = blocks(&document).filter(|block| block.role != Role::Cell).map(|block| block.text.as_str());
        assert_eq!(told.collect::<Vec<_>>(), [before, after], "{entries}");
        let [(1, sample)] = left_out(&document, Reason::Drawing)[..] else { panic!("{:?}", document.left_out) };
        assert!(sample.contains("The hive holds all of the"), "{sample}");
    }
    // Without the lines they are boxes with text in them, and so they are below each other.
    let column = boxes.map(|([_, bottom, width, height], lines)| ([220, bottom - 2 * height, width, height], lines));
    let arrows = "290 500 m 290 430 l S 290 380 m 290 330 l S";
    for boxed in [notes(&boxes), notes(&column[..2]) + arrows] {
        let document = read_bytes(&pdf::drawn(&[&format!("{prose} {boxed}")], "", "")).await;
        assert_eq!(left_out(&document, Reason::Drawing), []);
        let text = document.text();
        assert!(text.contains("The hive holds all of the combs and all of the brood."), "{text}");
    }
}
