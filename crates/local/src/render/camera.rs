//! The camera's path over a page: where it looks at each moment. Slow, eased, never faster than one can read.

/// What the camera sees: its top left corner in displayed pixels of the cropped page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct View {
    /// Left edge.
    pub(crate) x: f32,
    /// Top edge.
    pub(crate) y: f32,
    /// Magnification relative to the layout; at least 1.
    pub(crate) zoom: f32,
}

/// A path from one view to another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Path {
    /// Views and their times in seconds.
    Stops(Vec<(f32, View)>),
    /// A pan at constant speed.
    Pan {
        /// The first view.
        from: View,
        /// The direction: one pixel on the way.
        towards: (f32, f32),
        /// The length in pixels.
        reach: f32,
    },
}

/// When panning begins, in seconds.
const PAN_DELAY: f32 = 0.8;
/// Pixels per second while panning: exactly one per frame. Print then stays sharp, because it never falls between two
/// pixels, and the encoder's motion search finds every pixel.
const PAN_SPEED: f32 = 25.0;
/// Frames to accelerate, and to slow down: each covers half as many pixels.
const RAMP: f32 = 12.0;

impl Path {
    /// A path over a page that is displayed `wide` × `high` pixels large through a window of `window` pixels, for so
    /// many seconds. With `targets` (time in seconds, centre in pixels of the page) it reaches each at its time;
    /// without, it pans from the top (or from the start of the line, if `from_right`) as far as a slow movement can.
    pub(crate) fn over(
        wide: f32,
        high: f32,
        window: (f32, f32),
        seconds: f32,
        targets: &[(f32, f32, f32)],
        from_right: bool,
    ) -> Self {
        let (spare_x, spare_y) = ((wide - window.0).max(0.0).floor(), (high - window.1).max(0.0).floor());
        if spare_x < 1.0 && spare_y < 1.0 {
            return Self::zoom_in(seconds, window);
        }
        let view =
            |x: f32, y: f32| View { x: x.clamp(0.0, spare_x).round(), y: y.clamp(0.0, spare_y).round(), zoom: 1.0 };
        if targets.is_empty() {
            let start_x = if from_right { spare_x } else { 0.0 };
            let time = (seconds - PAN_DELAY - 0.6).max(0.0);
            let reach = (time * PAN_SPEED - RAMP).floor().clamp(0.0, spare_x.max(spare_y));
            let side = if from_right { -1.0 } else { 1.0 };
            let towards = if spare_y >= spare_x { (0.0, 1.0) } else { (side, 0.0) };
            return Self::Pan { from: view(start_x, 0.0), towards, reach };
        }
        let mut stops: Vec<(f32, View)> = Vec::new();
        for (time, x, y) in targets {
            let target = view(x - window.0 / 2.0, y - window.1 / 2.0);
            let Some((since, from)) = stops.last().copied() else {
                stops.push((0.0, target));
                continue;
            };
            let needs = (distance(from, target) / 260.0).clamp(0.7, 2.2);
            let leaves = (time - 0.45f32).max(since);
            stops.push((leaves, from));
            stops.push((leaves + needs, target));
        }
        Self::Stops(stops)
    }

    /// Slowly zooms in a little, for a page that is entirely visible.
    fn zoom_in(seconds: f32, window: (f32, f32)) -> Self {
        let zoom = 1.0 + (0.005 * seconds).min(0.04);
        let grown = (1.0 - 1.0 / zoom) / 2.0;
        let start = View { x: 0.0, y: 0.0, zoom: 1.0 };
        Self::Stops(vec![(0.0, start), (seconds.max(0.1), View { x: grown * window.0, y: grown * window.1, zoom })])
    }

    /// The lowest top edge of all views.
    pub(crate) fn lowest(&self) -> f32 {
        match self {
            Self::Pan { from, towards, reach } => from.y + towards.1.max(0.0) * reach,
            Self::Stops(stops) => stops.iter().map(|(_, view)| view.y).fold(0.0, f32::max),
        }
    }

    /// Where the camera looks at `seconds`.
    pub(crate) fn at(&self, seconds: f32) -> View {
        match self {
            Self::Pan { from, towards, reach } => {
                let gone = panned((seconds - PAN_DELAY) * PAN_SPEED, *reach);
                View { x: from.x + towards.0 * gone, y: from.y + towards.1 * gone, zoom: from.zoom }
            }
            Self::Stops(stops) => between(stops, seconds),
        }
    }
}

/// Pixels covered after so many frames: accelerating, then one per frame, then slowing down; whole pixels in between.
fn panned(frames: f32, reach: f32) -> f32 {
    // Rounded to a whole frame: an error of a fraction must not skip one.
    let frames = (frames + 0.01).floor();
    let ramp = RAMP.min(reach);
    if ramp < 1.0 || frames <= 0.0 {
        return 0.0;
    }
    let steady = reach - ramp;
    if frames <= ramp {
        frames * frames / (2.0 * ramp)
    } else if frames <= ramp + steady {
        ramp / 2.0 + (frames - ramp)
    } else if frames < 2.0 * ramp + steady {
        let left = 2.0 * ramp + steady - frames;
        reach - left * left / (2.0 * ramp)
    } else {
        reach
    }
}

fn between(stops: &[(f32, View)], seconds: f32) -> View {
    let next = stops.partition_point(|(time, _)| *time <= seconds);
    let from = stops[next.saturating_sub(1)];
    let Some(to) = stops.get(next) else { return from.1 };
    if next == 0 {
        return to.1;
    }
    let part = ease(((seconds - from.0) / (to.0 - from.0).max(0.001)).clamp(0.0, 1.0));
    let mix = |a: f32, b: f32| a + (b - a) * part;
    View { x: mix(from.1.x, to.1.x), y: mix(from.1.y, to.1.y), zoom: mix(from.1.zoom, to.1.zoom) }
}

fn distance(from: View, to: View) -> f32 {
    (from.x - to.x).hypot(from.y - to.y)
}

/// Smooth start and end, mostly linear in between.
fn ease(part: f32) -> f32 {
    const SOFT: f32 = 0.18;
    let top = 1.0 / (1.0 - SOFT);
    if part < SOFT {
        top * part * part / (2.0 * SOFT)
    } else if part > 1.0 - SOFT {
        let left = 1.0 - part;
        1.0 - top * left * left / (2.0 * SOFT)
    } else {
        top * (part - SOFT / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_camera_stays_on_the_page_and_moves_one_pixel_per_frame() {
        let path = Path::over(900.0, 1400.0, (900.0, 470.0), 10.0, &[], false);
        let mut before = path.at(0.0);
        assert!(before.y.abs() < f32::EPSILON);
        let mut steady = 0;
        for frame in 1..=250u16 {
            let view = path.at(f32::from(frame) * 0.04 + 0.02);
            let moved = view.y - before.y;
            assert!((0.0..=1.01).contains(&moved), "frame {frame} moved {moved}");
            assert!(view.y + 470.0 <= 1400.5);
            steady += u16::from((moved - 1.0).abs() < 1e-4 && view.y.fract() == 0.0);
            before = view;
        }
        assert!(before.y > 150.0 && before.y.fract() == 0.0, "{before:?}");
        assert!(steady > 180, "only {steady} frames on whole pixels");
    }

    #[test]
    fn a_short_scene_and_a_short_path_end_in_time() {
        for (high, seconds) in [(480.0, 9.0), (471.0, 9.0), (2000.0, 1.0), (2000.0, 0.1)] {
            let path = Path::over(900.0, high, (900.0, 470.0), seconds, &[], false);
            let end = path.at(seconds).y;
            assert!((0.0..=high - 470.0).contains(&end), "{high} {seconds}: {end}");
            assert!((path.at(seconds + 5.0).y - end).abs() < f32::EPSILON);
        }
    }

    #[test]
    fn the_camera_is_at_its_target_when_it_is_spoken_of() {
        let path = Path::over(900.0, 1400.0, (900.0, 470.0), 20.0, &[(0.0, 450.0, 140.0), (8.0, 450.0, 1120.0)], false);
        assert!((path.at(10.0).y + 235.0 - 1120.0).abs() < 60.0, "{:?}", path.at(10.0));
        assert!(path.at(5.0).y < 1.0);
    }

    #[test]
    fn easing_starts_at_zero_and_ends_at_one() {
        assert!(ease(0.0).abs() < 1e-6 && (ease(1.0) - 1.0).abs() < 1e-6 && (ease(0.5) - 0.5).abs() < 1e-6);
    }
}
