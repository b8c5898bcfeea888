//! The slides of a clip in the order of time. Each is prepared when it appears and dropped when it is gone: a scene that
//! cites five pages never holds more than two.

use super::error::RenderError;
use super::layout::Layout;
use super::palette::Palette;
use super::slides::{Fades, Scene, Stage};
use super::spec::{ClipSpec, Shown};
use super::text::Typesetter;
use super::window::Work;
use super::yuv::Picture;

/// Seconds of the cross-fade between two slides.
const CROSS_FADE: f32 = 0.4;

/// The slides of a clip.
pub(super) struct Sequence {
    slides: Vec<Shown>,
    look: u64,
    seconds: f32,
    current: Option<(usize, Stage)>,
    previous: Option<(usize, Stage)>,
    work: Work,
    spare: Option<Picture>,
}

impl Sequence {
    /// The slides of a clip that lasts `seconds`.
    pub(super) fn new(spec: &ClipSpec, seconds: f32) -> Result<Self, RenderError> {
        if spec.slides.is_empty() {
            return Err(RenderError::Empty("the clip has no slides"));
        }
        let slides = spec.slides.clone();
        let work = Work::default();
        Ok(Self { slides, look: spec.look, seconds, current: None, previous: None, work, spare: None })
    }

    /// Draws what is behind the presenter at `seconds`.
    pub(super) fn draw(
        &mut self,
        frame: &mut Picture,
        seconds: f32,
        (layout, palette): (&Layout, &Palette),
        type_: &mut Typesetter,
    ) -> Result<(), RenderError> {
        let index = slide_at(&self.slides, seconds);
        let gone = seconds - self.from(index);
        if self.current.as_ref().is_none_or(|(known, _)| *known != index) {
            self.previous = self.current.take();
            self.current = Some((index, self.stage(index, (layout, palette), type_)?));
        }
        let Some((_, current)) = &self.current else { return Ok(()) };
        if index == 0 || gone >= CROSS_FADE {
            self.previous = None;
            current.draw(frame, seconds, &mut self.work);
            return Ok(());
        }
        if self.previous.as_ref().is_none_or(|(known, _)| *known != index - 1) {
            self.previous = Some((index - 1, self.stage(index - 1, (layout, palette), type_)?));
        }
        let (Some((_, current)), Some((_, previous))) = (&self.current, &self.previous) else { return Ok(()) };
        previous.draw(frame, seconds, &mut self.work);
        let other = self.spare.get_or_insert_with(|| Picture::new(frame.width(), frame.height()));
        current.draw(other, seconds, &mut self.work);
        let part = (gone / CROSS_FADE).clamp(0.0, 1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 256")]
        frame.mix(other, (part * part * (3.0 - 2.0 * part) * 256.0) as u16);
        Ok(())
    }

    fn from(&self, index: usize) -> f32 {
        starts_at(&self.slides, index).unwrap_or(self.seconds)
    }

    fn stage(
        &self,
        index: usize,
        (layout, palette): (&Layout, &Palette),
        type_: &mut Typesetter,
    ) -> Result<Stage, RenderError> {
        let time = (self.from(index), self.from(index + 1));
        let fades = Fades { at_start: index == 0, at_end: index + 1 == self.slides.len() };
        Stage::new(&self.slides[index].slide, &Scene { layout, palette, look: self.look, time, fades }, type_)
    }
}

/// The slide that is visible at `seconds`.
pub(super) fn slide_at(slides: &[Shown], seconds: f32) -> usize {
    (1..slides.len()).rfind(|index| starts_at(slides, *index).is_some_and(|start| start <= seconds)).unwrap_or(0)
}

/// When a slide appears, in seconds.
pub(super) fn starts_at(slides: &[Shown], index: usize) -> Option<f32> {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a clip of some minutes")]
    slides.get(index).map(|shown| shown.from_ms as f32 / 1000.0)
}
