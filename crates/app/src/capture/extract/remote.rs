//! A picture that a provider reads, where the routes for reading have one before this machine.

use std::sync::Arc;

use serde_json::json;
use sluice_blobs::BlobHash;
use sluice_capability::{MadeBy, Read, ReadRequest, Wish};
use sluice_domain::document::{Document, Page};
use sluice_domain::language::LanguageCode;
use sluice_domain::study::StudyLanguage;
use sluice_engine::{Called, JobError, Run};
use sluice_store::capture::PhraseRow;

use super::{LOCAL, Line, Reading, lost, note};
use crate::capture::context::CaptureApp;
use crate::providers::ProviderError;
use crate::routing::{self, Made, Unchanged};

/// Changes with what is made of the same picture.
const SEEN: &str = "capture.see/1";
/// A document does not say how surely its text was read: nobody relies on it unseen.
const NOT_SAID: f32 = 0.0;

/// What a provider reads on a picture; none if this machine is to read it, because its route is first, or no provider before it did.
/// As on every route, that happens at once, unless a provider may have been paid and can still tell; the card then says why.
pub(super) async fn read(
    run: &Run,
    app: &CaptureApp,
    row: &PhraseRow,
    hash: &BlobHash,
    chosen: Option<StudyLanguage>,
) -> Result<Option<Called<Reading>>, JobError> {
    let router = match app.reading.of(run.owner()).await {
        // This machine needs no key.
        Err(ProviderError::Keyless { .. }) => return Ok(None),
        found => found?,
    };
    if router.implementations().all(|one| one.profile().is_local) {
        return Ok(None);
    }
    let file = app.platform.media.materialise(hash).await?;
    let language = chosen.map(LanguageCode::from);
    let request =
        ReadRequest { file: file.path().to_owned(), as_pictures: true, languages: language.into_iter().collect() };
    let wish = Wish { language, ..Wish::default() };
    let (fitting, skipped) = router.choose(&request, &wish, &());
    let place = fitting.iter().position(|one| one.profile().is_local).unwrap_or(fitting.len());
    let (before, behind) = fitting.split_at(place);
    if before.is_empty() {
        note(run, row, &routing::skipped_before(&router, &skipped, LOCAL)).await?;
        return Ok(None);
    }
    let name = |one: &Arc<dyn Read>| one.profile().provider.clone();
    let first: Vec<String> = before.iter().map(name).collect();
    // This machine is no part of this router, and whoever comes after it is not asked before it.
    let mut others: Vec<String> = behind.iter().map(name).filter(|other| !first.contains(other)).collect();
    others.push(LOCAL.to_owned());
    let remote = router.without(&others);
    let of = json!([SEEN, hash, chosen.map(StudyLanguage::code)]);
    let key = BlobHash::of(of.to_string().as_bytes()).to_string();
    let mut passed = Vec::new();
    let asked: Result<Called<Made<Document>>, JobError> =
        routing::ask_telling(run, &key, &remote, &request, &wish, Unchanged, &mut passed).await;
    // A route behind this machine was not to read it.
    let expected: Vec<String> = router.implementations().map(name).take_while(|name| name != LOCAL).collect();
    passed.retain(|one| expected.contains(&one.provider));
    if let Some(lost) = lost::by(run, row, &key, &remote, asked.as_ref().err()).await? {
        passed = lost;
    }
    note(run, row, &passed).await?;
    match asked {
        Ok(Called::Done(Made { value, made_by })) => Ok(Some(Called::Done(reading_of(value, made_by)))),
        Ok(Called::Pending(pending)) => Ok(Some(Called::Pending(pending))),
        // Whether it was paid is found out without the card: this machine, which costs nothing, goes on with it.
        Err(error) if routing::may_be_paid(&error) && !error.is_untold() => Err(error),
        Err(error) => {
            run.log(format!("This machine reads the picture, because no provider did: {error}"));
            Ok(None)
        }
    }
}

/// A document of one page as the lines of a picture: one for each block, because what a block joined at the end of a line is one word.
fn reading_of(document: Document, made_by: MadeBy) -> Reading {
    let page = document.pages.into_iter().next().unwrap_or_default();
    let [width, height] =
        if page.quarter_turns.is_multiple_of(2) { [page.width, page.height] } else { [page.height, page.width] };
    let line =
        |text: &str, bounds| Line { text: text.to_owned(), confidence: NOT_SAID, corners: corners(&page, bounds) };
    Reading {
        width: pixels(width),
        height: pixels(height),
        quarter_turns: page.quarter_turns,
        lines: page.blocks.iter().map(|block| line(&block.text, block.bounds)).collect(),
        confidence: NOT_SAID,
        alike: false,
        engine: made_by.provider,
        version: [made_by.model.as_str(), made_by.version.as_str()].join(" ").trim().to_owned(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the size of a picture, which is never negative"
)]
fn pixels(length: f32) -> u32 {
    length.round() as u32
}

/// The corners of a box of the turned page, from the upper left one clockwise, on the picture as the camera was held.
fn corners(page: &Page, [left, top, right, bottom]: [f32; 4]) -> [[f32; 2]; 4] {
    let (width, height) = (page.width, page.height);
    [[left, top], [right, top], [right, bottom], [left, bottom]].map(|[x, y]| match page.quarter_turns % 4 {
        0 => [x, y],
        1 => [y, width - x],
        2 => [width - x, height - y],
        _ => [height - y, x],
    })
}

#[cfg(test)]
mod tests {
    use sluice_domain::document::Block;

    use super::*;

    fn of(pages: Vec<Page>) -> Reading {
        let made_by = MadeBy { provider: "eyes".to_owned(), model: "TEXT".to_owned(), version: "v1".to_owned() };
        reading_of(Document { pages, ..Document::default() }, made_by)
    }

    fn read(quarter_turns: u8) -> Reading {
        let block = Block { text: "Мой чай".to_owned(), bounds: [10.0, 20.0, 30.0, 40.0], ..Block::default() };
        let (width, height) = (100.0, 200.0);
        of(vec![Page { number: 1, width, height, quarter_turns, blocks: vec![block], ..Page::default() }])
    }

    #[test]
    fn a_block_is_a_line_with_its_place_on_the_picture_as_it_was_taken() {
        let upright = read(0);
        assert_eq!((upright.width, upright.height, upright.lines.len()), (100, 200, 1));
        assert_eq!(upright.lines[0].text, "Мой чай");
        assert_eq!(json!(upright.lines[0].corners), json!([[10.0, 20.0], [30.0, 20.0], [30.0, 40.0], [10.0, 40.0]]));
        assert_eq!((upright.engine.as_str(), upright.version.as_str()), ("eyes", "TEXT v1"));
        // Taken with its top to the left: one clockwise turn makes it upright.
        let turned = read(1);
        assert_eq!((turned.width, turned.height), (200, 100));
        assert_eq!(json!(turned.lines[0].corners[0]), json!([20.0, 90.0]));
        assert_eq!(json!(read(2).lines[0].corners[0]), json!([90.0, 180.0]));
        assert_eq!(json!(read(3).lines[0].corners[0]), json!([180.0, 10.0]));
    }

    #[test]
    fn nobody_relies_on_what_does_not_say_how_sure_it_is() {
        let phrase = super::super::phrase_of(read(0), "eyes".to_owned(), None).unwrap();
        assert_eq!((phrase.text.as_str(), phrase.is_sure), ("Мой чай", false));
        assert!(super::super::phrase_of(of(Vec::new()), "eyes".to_owned(), None).is_err());
    }
}
