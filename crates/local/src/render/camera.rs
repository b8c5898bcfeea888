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

/// What is seen at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Look {
    /// One view.
    At(View),
    /// A cross-fade between two distant places; the part of the second from 0 to 1.
    Fading(View, View, f32),
}

/// A place that the camera has in view for some time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Aim {
    /// Start and end in seconds.
    pub(crate) time: (f32, f32),
    /// Left, top, right, bottom in displayed pixels of the page.
    pub(crate) place: [f32; 4],
    /// Left and right edge of the column that it belongs to.
    pub(crate) column: [f32; 2],
    /// The magnification to see it at.
    pub(crate) zoom: f32,
}

/// A view, and when it is reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stop {
    time: f32,
    view: View,
    /// Reached by a cross-fade, not by a movement.
    fades: bool,
}

/// A path from one view to another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Path {
    /// Views one after the other.
    Stops(Vec<Stop>),
    /// A pan at constant speed.
    Pan {
        /// When it begins, in seconds.
        start: f32,
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

/// Pixels per second between two places, on average.
const MOVE_SPEED: f32 = 520.0;
/// Pixels per second that nobody can follow: a cross-fade is calmer.
const FASTEST: f32 = 1000.0;
/// The shortest and the longest movement in seconds.
const MOVE_SECONDS: (f32, f32) = (0.6, 1.7);
/// Seconds of a cross-fade.
const FADE: f32 = 0.4;
/// How early the camera leaves for the next place, in seconds, if nothing is said meanwhile.
const EARLY: f32 = 0.6;
/// The part of a view's height that is kept free above and below what is read.
const AIR: f32 = 0.07;

impl Path {
    /// A path over a page that is displayed `wide` × `high` pixels large through a window of `window` pixels, between
    /// two times in seconds: it pans from the top (or from the start of the line, if `from_right`) as far as a slow
    /// movement can.
    pub(crate) fn pan(page: (f32, f32), window: (f32, f32), time: (f32, f32), from_right: bool) -> Self {
        let (spare_x, spare_y) = ((page.0 - window.0).max(0.0).floor(), (page.1 - window.1).max(0.0).floor());
        if spare_x < 1.0 && spare_y < 1.0 {
            return Self::zoom_in(time, window);
        }
        let start_x = if from_right { spare_x } else { 0.0 };
        let seconds = (time.1 - time.0 - PAN_DELAY - 0.6).max(0.0);
        let reach = (seconds * PAN_SPEED - RAMP).floor().clamp(0.0, spare_x.max(spare_y));
        let side = if from_right { -1.0 } else { 1.0 };
        let towards = if spare_y >= spare_x { (0.0, 1.0) } else { (side, 0.0) };
        Self::Pan { start: time.0, from: View { x: start_x, y: 0.0, zoom: 1.0 }, towards, reach }
    }

    /// A path that has each of the places in view at its time; there is at least one. It stands still as long as
    /// possible: a view is chosen for as many of the following places as fit.
    pub(crate) fn following(aims: &[Aim], page: (f32, f32), window: (f32, f32)) -> Self {
        let mut stops = vec![Stop { time: 0.0, view: framing(aims, page, window), fades: false }];
        for (index, aim) in aims.iter().enumerate().skip(1) {
            let last = stops[stops.len() - 1];
            if last.view.has(aim, page, window) {
                continue;
            }
            let view = framing(&aims[index..], page, window);
            let leaves = last.time.max(aims[index - 1].time.1.min(aim.time.0)).max(aim.time.0 - EARLY);
            let zoom = view.zoom.max(last.view.zoom);
            let distance = (view.x - last.view.x).hypot(view.y - last.view.y) * zoom;
            // Arrived before the middle of what is said there.
            let most = (aim.time.0 - leaves + 0.4 * (aim.time.1 - aim.time.0)).max(FADE);
            let needs = (distance / MOVE_SPEED).clamp(MOVE_SECONDS.0, MOVE_SECONDS.1).min(most);
            let fades = distance / needs > FASTEST;
            let arrives = leaves + if fades { FADE } else { needs };
            stops.push(Stop { time: leaves, view: last.view, fades: false });
            stops.push(Stop { time: arrives, view, fades });
        }
        Self::Stops(stops)
    }

    /// Slowly zooms in a little, for a page that is entirely visible.
    fn zoom_in(time: (f32, f32), window: (f32, f32)) -> Self {
        let seconds = time.1 - time.0;
        let zoom = 1.0 + (0.005 * seconds).clamp(0.0, 0.04);
        let grown = (1.0 - 1.0 / zoom) / 2.0;
        let start = View { x: 0.0, y: 0.0, zoom: 1.0 };
        let end = View { x: grown * window.0, y: grown * window.1, zoom };
        let stop = |time, view| Stop { time, view, fades: false };
        Self::Stops(vec![stop(time.0, start), stop(time.0 + seconds.max(0.1), end)])
    }

    /// The rows of the page that are ever seen through a window of this height.
    pub(crate) fn band(&self, window: f32) -> (f32, f32) {
        match self {
            Self::Pan { from, towards, reach, .. } => (from.y, from.y + towards.1.max(0.0) * reach + window),
            Self::Stops(stops) => {
                let top = stops.iter().map(|stop| stop.view.y).fold(f32::MAX, f32::min);
                (top, stops.iter().map(|stop| stop.view.y + window / stop.view.zoom).fold(0.0, f32::max))
            }
        }
    }

    /// The largest magnification.
    pub(crate) fn largest_zoom(&self) -> f32 {
        match self {
            Self::Pan { from, .. } => from.zoom,
            Self::Stops(stops) => stops.iter().map(|stop| stop.view.zoom).fold(1.0, f32::max),
        }
    }

    /// Where the camera looks at `seconds`.
    pub(crate) fn at(&self, seconds: f32) -> Look {
        match self {
            Self::Pan { start, from, towards, reach } => {
                let gone = panned((seconds - start - PAN_DELAY) * PAN_SPEED, *reach);
                Look::At(View { x: from.x + towards.0 * gone, y: from.y + towards.1 * gone, zoom: from.zoom })
            }
            Self::Stops(stops) => between(stops, seconds),
        }
    }
}

impl View {
    /// Whether a place can be read comfortably here, at the magnification that it asks for.
    fn has(self, aim: &Aim, page: (f32, f32), window: (f32, f32)) -> bool {
        let (wide, high) = (window.0 / self.zoom, window.1 / self.zoom);
        let air = AIR * high;
        let [left, top, right, bottom] = aim.place;
        (self.zoom - aim.zoom).abs() < 0.01
            && left >= self.x
            && right <= self.x + wide
            && (top >= self.y + air || self.y < 1.0 && top >= self.y)
            && (bottom <= self.y + high - air || self.y + high > page.1 - 1.0 && bottom <= self.y + high)
    }
}

/// The view of the first place, and of as many of the following ones as fit.
fn framing(aims: &[Aim], page: (f32, f32), window: (f32, f32)) -> View {
    let Some(first) = aims.first() else { return View { x: 0.0, y: 0.0, zoom: 1.0 } };
    let zoom = first.zoom;
    let (wide, high) = (window.0 / zoom, window.1 / zoom);
    let [mut top, mut bottom] = [first.place[1], first.place[3]];
    for next in &aims[1..] {
        let (above, below) = (top.min(next.place[1]), bottom.max(next.place[3]));
        let beside = (next.column[0] - first.column[0]).abs().max((next.column[1] - first.column[1]).abs());
        if (next.zoom - zoom).abs() > 0.01 || beside > wide * 0.1 || below - above > high * (1.0 - 2.0 * AIR) {
            break;
        }
        (top, bottom) = (above, below);
    }
    // The column in the middle, unless the place would be cut.
    let middle = f32::midpoint(first.column[0], first.column[1]) - wide / 2.0;
    let x = middle.min(first.place[0]).max(first.place[2] - wide);
    let y = f32::midpoint(top, bottom) - high / 2.0;
    // Whole pixels at rest: print is sharp there.
    let within = |value: f32, spare: f32| ((value.clamp(0.0, spare.max(0.0)) * zoom).round() / zoom).max(0.0);
    View { x: within(x, page.0 - wide), y: within(y, page.1 - high), zoom }
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

fn between(stops: &[Stop], seconds: f32) -> Look {
    let next = stops.partition_point(|stop| stop.time <= seconds);
    let from = stops[next.saturating_sub(1)];
    let Some(to) = stops.get(next).filter(|_| next > 0) else { return Look::At(from.view) };
    let part = ease(((seconds - from.time) / (to.time - from.time).max(0.001)).clamp(0.0, 1.0));
    if to.fades {
        return Look::Fading(from.view, to.view, part);
    }
    let mix = |a: f32, b: f32| a + (b - a) * part;
    let (from, to) = (from.view, to.view);
    Look::At(View { x: mix(from.x, to.x), y: mix(from.y, to.y), zoom: mix(from.zoom, to.zoom) })
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

    const PAGE: (f32, f32) = (900.0, 1400.0);
    const WINDOW: (f32, f32) = (900.0, 470.0);

    fn view(path: &Path, seconds: f32) -> View {
        match path.at(seconds) {
            Look::At(view) => view,
            fading @ Look::Fading(..) => panic!("{fading:?} at {seconds}"),
        }
    }

    fn aim(from: f32, until: f32, top: f32, bottom: f32) -> Aim {
        Aim { time: (from, until), place: [50.0, top, 850.0, bottom], column: [50.0, 850.0], zoom: 1.0 }
    }

    #[test]
    fn the_camera_stays_on_the_page_and_moves_one_pixel_per_frame() {
        let path = Path::pan(PAGE, WINDOW, (3.0, 13.0), false);
        let mut before = view(&path, 3.0);
        assert!(before.y.abs() < f32::EPSILON);
        let mut steady = 0;
        for frame in 1..=250u16 {
            let view = view(&path, 3.0 + f32::from(frame) * 0.04 + 0.02);
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
            let path = Path::pan((900.0, high), WINDOW, (0.0, seconds), false);
            let end = view(&path, seconds).y;
            assert!((0.0..=high - 470.0).contains(&end), "{high} {seconds}: {end}");
            assert!((view(&path, seconds + 5.0).y - end).abs() < f32::EPSILON);
        }
    }

    #[test]
    fn what_is_read_is_in_view_from_its_middle_to_its_end() {
        let aims = [aim(0.0, 3.0, 100.0, 180.0), aim(3.4, 6.0, 820.0, 900.0), aim(6.3, 9.0, 300.0, 330.0)];
        let path = Path::following(&aims, PAGE, WINDOW);
        for aim in aims {
            for step in 0..=10u8 {
                let middle = f32::midpoint(aim.time.0, aim.time.1);
                let seconds = middle + (aim.time.1 - middle) * f32::from(step) / 10.0;
                let view = view(&path, seconds);
                assert!(view.y <= aim.place[1] && view.y + 470.0 >= aim.place[3], "{view:?} at {seconds}");
            }
        }
    }

    #[test]
    fn moves_are_eased_and_never_faster_than_the_limit() {
        let aims = [aim(0.0, 3.0, 100.0, 180.0), aim(3.4, 6.0, 820.0, 900.0), aim(6.3, 9.0, 300.0, 330.0)];
        let path = Path::following(&aims, PAGE, WINDOW);
        let mut before = view(&path, 0.0).y;
        let mut speed = 0.0f32;
        for frame in 1..250u16 {
            let y = view(&path, f32::from(frame) * 0.04).y;
            let next = y - before;
            assert!(next.abs() <= FASTEST * 1.25 * 0.04, "{next} pixels in frame {frame}");
            assert!((next - speed).abs() < 14.0, "from {speed} to {next} pixels in frame {frame}");
            (before, speed) = (y, next);
        }
    }

    #[test]
    fn the_camera_stands_still_for_neighbours_and_fades_over_a_long_way() {
        let near = [aim(0.0, 3.0, 600.0, 680.0), aim(3.4, 6.0, 690.0, 720.0), aim(6.3, 9.0, 730.0, 800.0)];
        let path = Path::following(&near, PAGE, WINDOW);
        assert_eq!(view(&path, 0.0), view(&path, 8.0));
        let far = [aim(0.0, 3.0, 100.0, 180.0), aim(3.4, 6.0, 9000.0, 9080.0)];
        let path = Path::following(&far, (900.0, 10_000.0), WINDOW);
        assert!((0..80u8).any(|step| matches!(path.at(3.0 + f32::from(step) * 0.02), Look::Fading(..))));
        assert!(view(&path, 4.5).y > 8600.0);
    }

    #[test]
    fn a_narrow_column_is_in_the_middle_and_enlarged() {
        let column = Aim { zoom: 2.0, column: [460.0, 860.0], ..aim(0.0, 3.0, 100.0, 180.0) };
        let column = Aim { place: [460.0, 100.0, 860.0, 180.0], ..column };
        let seen = view(&Path::following(&[column], PAGE, WINDOW), 1.0);
        assert!((seen.x - 435.0).abs() < 1.0 && (seen.zoom - 2.0).abs() < 1e-6, "{seen:?}");
    }

    #[test]
    fn easing_starts_at_zero_and_ends_at_one() {
        assert!(ease(0.0).abs() < 1e-6 && (ease(1.0) - 1.0).abs() < 1e-6 && (ease(0.5) - 0.5).abs() < 1e-6);
    }
}
