//! The layout of a frame. Defined for left-to-right; mirrored for right-to-left. Zones never overlap, so nothing lies
//! under the presenter or the captions.

use serde::{Deserialize, Serialize};

/// The aspect ratio of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Shape {
    /// 1280 × 720.
    #[serde(rename = "16:9")]
    Landscape,
    /// 720 × 1280.
    #[serde(rename = "9:16")]
    Portrait,
    /// 720 × 720.
    #[serde(rename = "1:1")]
    Square,
}

impl Shape {
    /// Width and height in pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Landscape => (1280, 720),
            Self::Portrait => (720, 1280),
            Self::Square => (720, 720),
        }
    }

    /// As it is written: `16:9`, `9:16`, `1:1`.
    pub fn ratio(self) -> &'static str {
        match self {
            Self::Landscape => "16:9",
            Self::Portrait => "9:16",
            Self::Square => "1:1",
        }
    }

    /// From `16:9`, `9:16` or `1:1`.
    pub fn from_ratio(ratio: &str) -> Option<Self> {
        [Self::Landscape, Self::Portrait, Self::Square].into_iter().find(|shape| shape.ratio() == ratio)
    }

    /// Letters that fit on one line of a caption.
    pub fn caption_letters(self) -> usize {
        match self {
            Self::Landscape => 42,
            Self::Portrait => 32,
            Self::Square => 26,
        }
    }
}

/// A rectangle in pixels of the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Zone {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Zone {
    const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    /// Right edge.
    pub(crate) fn right(self) -> f32 {
        self.x + self.width
    }

    /// Bottom edge.
    #[cfg(test)]
    fn bottom(self) -> f32 {
        self.y + self.height
    }

    fn mirrored(self, frame: f32) -> Self {
        Self { x: frame - self.right(), ..self }
    }
}

/// The zones of a frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layout {
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// The heading of a page slide.
    pub(crate) header: Zone,
    /// The window onto a page that is too tall to be entirely visible.
    pub(crate) page: Zone,
    /// The space of a page that is entirely visible and needs no map.
    pub(crate) wide_page: Zone,
    /// Burned captions.
    pub(crate) captions: Zone,
    /// The presenter's circle, as a square.
    pub(crate) presenter: Option<Zone>,
    /// Beside the page, above the presenter: the position within the page.
    pub(crate) map: Option<Zone>,
    /// The text of a title or a question.
    pub(crate) words: Zone,
    /// Outer margin.
    pub(crate) margin: f32,
    /// Font size of captions.
    pub(crate) caption_size: f32,
    /// Font sizes of a heading, largest first.
    pub(crate) heading_sizes: [f32; 3],
    /// Font sizes of a title, largest first.
    pub(crate) title_sizes: [f32; 5],
}

impl Layout {
    /// The zones of a shape, with or without a presenter.
    pub(crate) fn new(shape: Shape, presenter: bool, right_to_left: bool) -> Self {
        let layout = match shape {
            Shape::Landscape => Self::landscape(presenter),
            Shape::Portrait => Self::portrait(presenter),
            Shape::Square => Self::square(presenter),
        };
        if right_to_left { layout.mirrored() } else { layout }
    }

    fn landscape(presenter: bool) -> Self {
        let side = if presenter { 256.0 } else { 320.0 };
        let page_width = 1280.0 - 48.0 - 48.0 - side - 36.0;
        Self {
            width: 1280.0,
            height: 720.0,
            margin: 48.0,
            header: Zone::new(48.0, 28.0, 1280.0 - 96.0, 68.0),
            page: Zone::new(48.0, 108.0, page_width, 470.0),
            wide_page: Zone::new(48.0, 108.0, if presenter { page_width } else { 1280.0 - 96.0 }, 470.0),
            captions: if presenter {
                Zone::new(48.0, 596.0, page_width, 96.0)
            } else {
                Zone::new(48.0, 596.0, 1280.0 - 96.0, 96.0)
            },
            presenter: presenter.then_some(Zone::new(1280.0 - 48.0 - 256.0, 720.0 - 36.0 - 256.0, 256.0, 256.0)),
            map: Some(if presenter {
                Zone::new(1280.0 - 48.0 - 256.0, 108.0, 256.0, 292.0)
            } else {
                Zone::new(1280.0 - 48.0 - side, 108.0, side, 470.0)
            }),
            words: Zone::new(96.0, 110.0, if presenter { 830.0 } else { 900.0 }, 440.0),
            caption_size: 31.0,
            heading_sizes: [34.0, 30.0, 26.0],
            title_sizes: [72.0, 62.0, 54.0, 46.0, 38.0],
        }
    }

    fn portrait(presenter: bool) -> Self {
        let page_height = if presenter { 676.0 } else { 840.0 };
        Self {
            width: 720.0,
            height: 1280.0,
            margin: 40.0,
            header: Zone::new(40.0, 56.0, 640.0, 104.0),
            // Nearly as wide as the frame: print is small on a telephone.
            page: Zone::new(16.0, 180.0, 688.0, page_height),
            wide_page: Zone::new(16.0, 180.0, 688.0, page_height),
            captions: Zone::new(40.0, if presenter { 872.0 } else { 1060.0 }, 640.0, 108.0),
            presenter: presenter.then_some(Zone::new(720.0 - 40.0 - 250.0, 1280.0 - 34.0 - 250.0, 250.0, 250.0)),
            map: presenter.then_some(Zone::new(40.0, 1280.0 - 34.0 - 250.0, 320.0, 250.0)),
            words: Zone::new(56.0, 170.0, 608.0, if presenter { 660.0 } else { 820.0 }),
            caption_size: 36.0,
            heading_sizes: [40.0, 35.0, 31.0],
            title_sizes: [66.0, 58.0, 50.0, 43.0, 36.0],
        }
    }

    fn square(presenter: bool) -> Self {
        Self {
            width: 720.0,
            height: 720.0,
            margin: 32.0,
            header: Zone::new(32.0, 22.0, 656.0, 60.0),
            page: Zone::new(32.0, 92.0, 656.0, if presenter { 400.0 } else { 480.0 }),
            wide_page: Zone::new(32.0, 92.0, 656.0, if presenter { 400.0 } else { 480.0 }),
            captions: if presenter { Zone::new(32.0, 556.0, 448.0, 96.0) } else { Zone::new(32.0, 594.0, 656.0, 96.0) },
            presenter: presenter.then_some(Zone::new(720.0 - 24.0 - 196.0, 720.0 - 20.0 - 196.0, 196.0, 196.0)),
            map: None,
            words: Zone::new(48.0, 76.0, 600.0, if presenter { 400.0 } else { 480.0 }),
            caption_size: 29.0,
            heading_sizes: [29.0, 26.0, 23.0],
            title_sizes: [54.0, 48.0, 42.0, 36.0, 30.0],
        }
    }

    fn mirrored(mut self) -> Self {
        let frame = self.width;
        for zone in [&mut self.header, &mut self.page, &mut self.wide_page, &mut self.captions, &mut self.words] {
            *zone = zone.mirrored(frame);
        }
        self.presenter = self.presenter.map(|zone| zone.mirrored(frame));
        self.map = self.map.map(|zone| zone.mirrored(frame));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(one: Zone, other: Zone) -> bool {
        one.right() <= other.x || other.right() <= one.x || one.bottom() <= other.y || other.bottom() <= one.y
    }

    #[test]
    fn nothing_lies_under_the_presenter_or_the_captions() {
        for shape in [Shape::Landscape, Shape::Portrait, Shape::Square] {
            for (presenter, right_to_left) in [(true, false), (true, true), (false, false), (false, true)] {
                let layout = Layout::new(shape, presenter, right_to_left);
                let content =
                    [Some(layout.header), Some(layout.page), Some(layout.wide_page), layout.map, Some(layout.words)];
                for zone in content.into_iter().flatten() {
                    assert!(apart(zone, layout.captions), "{shape:?} {presenter} {zone:?} under the captions");
                    if let Some(person) = layout.presenter {
                        assert!(apart(zone, person), "{shape:?} {zone:?} under the presenter");
                        assert!(apart(layout.captions, person), "{shape:?} captions under the presenter");
                    }
                    assert!(zone.x >= 0.0 && zone.right() <= layout.width && zone.bottom() <= layout.height);
                }
            }
        }
    }

    #[test]
    fn a_shape_is_known_by_its_ratio() {
        assert_eq!(Shape::from_ratio("9:16"), Some(Shape::Portrait));
        assert_eq!(Shape::from_ratio("4:3"), None);
    }
}
