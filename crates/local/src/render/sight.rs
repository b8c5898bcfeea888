//! What of a page is visible at a moment of a clip: for checking that the place that is read is in the frame.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::camera::{Look, Path, View};
use super::error::RenderError;
use super::fitted::Fitted;
use super::layout::{Layout, Zone};
use super::sequence::{slide_at, starts_at};
use super::spec::{ClipSpec, Slide};
use super::{frames::seconds, page};

/// The visible part of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// The index of its slide in the clip.
    pub slide: usize,
    /// Left, top, right and bottom in fractions of the page.
    pub part: [f32; 4],
    /// Where that is in the frame: left, top, right and bottom in pixels.
    pub window: [f32; 4],
    /// The zones of captions and presenter in the frame, which cover what is below them.
    pub covered: Vec<[f32; 4]>,
}

/// What of a page is visible at each of these times of a clip; none while a card is shown.
pub fn sights(spec: &ClipSpec, times_ms: &[u32]) -> Result<Vec<Option<Sight>>, RenderError> {
    let right_to_left = spec.language.facts().right_to_left;
    let layout = Layout::new(spec.shape, spec.presenter.is_some(), right_to_left);
    let end = seconds(spec.frames());
    let mut prepared: BTreeMap<usize, (Fitted, Path)> = BTreeMap::new();
    let mut found = Vec::with_capacity(times_ms.len());
    for at_ms in times_ms {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a clip of some minutes")]
        let at = *at_ms as f32 / 1000.0;
        let index = slide_at(&spec.slides, at);
        let Some(Slide::Page { image, focus, .. }) = spec.slides.get(index).map(|shown| &shown.slide) else {
            found.push(None);
            continue;
        };
        if let Entry::Vacant(entry) = prepared.entry(index) {
            let fitted = Fitted::new(&page::open(image)?, &layout, focus);
            let from = starts_at(&spec.slides, index).unwrap_or(0.0);
            let until = starts_at(&spec.slides, index + 1).unwrap_or(end);
            let path = fitted.path(focus, (from, until), right_to_left);
            entry.insert((fitted, path));
        }
        found.push(prepared.get(&index).map(|(fitted, path)| seen(index, fitted, path.at(at), &layout)));
    }
    Ok(found)
}

fn seen(slide: usize, fitted: &Fitted, look: Look, layout: &Layout) -> Sight {
    let View { x, y, zoom } = match look {
        Look::At(view) => view,
        Look::Fading(from, _, part) if part < 0.5 => from,
        Look::Fading(_, to, _) => to,
    };
    let card = fitted.card;
    let part = fitted.fractions([x, y, x + card.width / zoom, y + card.height / zoom]);
    let edges = |zone: Zone| [zone.x, zone.y, zone.right(), zone.y + zone.height];
    let covered = std::iter::once(layout.captions).chain(layout.presenter).map(edges).collect();
    Sight { slide, part, window: edges(card), covered }
}
