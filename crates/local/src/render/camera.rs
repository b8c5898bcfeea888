//! The camera's way over a page: where it looks at each moment. Slow, eased, never faster than one can read along.

/// What the camera sees, in fractions of the page's useful part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct View {
    /// Left edge.
    pub(crate) x: f32,
    /// Top edge.
    pub(crate) y: f32,
    /// How much larger than in the layout the page is shown; from 1 up.
    pub(crate) zoom: f32,
}

/// A way from one view to another, in seconds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    stops: Vec<(f32, View)>,
}

/// Fastest movement over a page in shown pixels per second.
const SPEED: f32 = 42.0;

impl Path {
    /// Over a page that is shown `wide` × `high` pixels large through a window of `window` pixels, for so many seconds. With
    /// `targets` (time in seconds, middle in fractions of the page) it goes to each in its time; without, it wanders from
    /// the top (or the start of the line, when `from_right`) as far as is calm.
    pub(crate) fn over(
        wide: f32,
        high: f32,
        window: (f32, f32),
        seconds: f32,
        targets: &[(f32, f32, f32)],
        from_right: bool,
    ) -> Self {
        let (spare_x, spare_y) = ((wide - window.0).max(0.0), (high - window.1).max(0.0));
        if spare_x < 1.0 && spare_y < 1.0 {
            return Self::closer(seconds);
        }
        let view =
            |x: f32, y: f32| View { x: x.clamp(0.0, spare_x) / wide, y: y.clamp(0.0, spare_y) / high, zoom: 1.0 };
        let start_x = if from_right { spare_x } else { 0.0 };
        if targets.is_empty() {
            let reach = (SPEED * seconds * 0.62).min(spare_x.max(spare_y));
            let end_x = if from_right { spare_x - reach.min(spare_x) } else { reach.min(spare_x) };
            let end = view(end_x, reach.min(spare_y));
            return Self {
                stops: vec![(0.0, view(start_x, 0.0)), (0.6, view(start_x, 0.0)), ((seconds - 0.4).max(0.7), end)],
            };
        }
        let mut stops = Vec::new();
        let mut at = None;
        for (time, x, y) in targets {
            let target = view(x * wide - window.0 / 2.0, y * high - window.1 / 2.0);
            if let Some((since, from)) = at {
                let way = distance(from, target, wide, high);
                let needs = (way / 260.0).clamp(0.7, 2.2);
                let leaves = (time - 0.45f32).max(since);
                stops.push((leaves, from));
                at = Some((leaves + needs, target));
                stops.push((leaves + needs, target));
            } else {
                stops.push((0.0, target));
                at = Some((0.0, target));
            }
        }
        Self { stops }
    }

    /// Slowly a little closer, for a page that is seen whole.
    fn closer(seconds: f32) -> Self {
        let zoom = 1.0 + (0.006 * seconds).min(0.05);
        let grown = (1.0 - 1.0 / zoom) / 2.0;
        Self {
            stops: vec![
                (0.0, View { x: 0.0, y: 0.0, zoom: 1.0 }),
                (seconds.max(0.1), View { x: grown, y: grown, zoom }),
            ],
        }
    }

    /// Where the camera looks at `seconds`.
    pub(crate) fn at(&self, seconds: f32) -> View {
        let next = self.stops.partition_point(|(time, _)| *time <= seconds);
        let from = self.stops[next.saturating_sub(1)];
        let Some(to) = self.stops.get(next) else { return from.1 };
        if next == 0 {
            return to.1;
        }
        let part = ease(((seconds - from.0) / (to.0 - from.0).max(0.001)).clamp(0.0, 1.0));
        let mix = |a: f32, b: f32| a + (b - a) * part;
        View { x: mix(from.1.x, to.1.x), y: mix(from.1.y, to.1.y), zoom: mix(from.1.zoom, to.1.zoom) }
    }
}

fn distance(from: View, to: View, wide: f32, high: f32) -> f32 {
    ((from.x - to.x) * wide).hypot((from.y - to.y) * high)
}

/// Slow, faster, slow again: mostly straight, with soft ends.
pub(crate) fn ease(part: f32) -> f32 {
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
    fn the_camera_stays_on_the_page_and_never_hurries() {
        let path = Path::over(900.0, 1400.0, (900.0, 470.0), 10.0, &[], false);
        let mut before = path.at(0.0);
        assert!(before.y.abs() < f32::EPSILON);
        for frame in 1..=250u16 {
            let view = path.at(f32::from(frame) * 0.04);
            let moved = (view.y - before.y) * 1400.0;
            assert!((0.0..=2.0).contains(&moved), "frame {frame} moved {moved}");
            assert!(view.y * 1400.0 + 470.0 <= 1400.5);
            before = view;
        }
        assert!(before.y > 0.1);
    }

    #[test]
    fn the_camera_is_at_its_target_when_it_is_spoken_of() {
        let path = Path::over(900.0, 1400.0, (900.0, 470.0), 20.0, &[(0.0, 0.5, 0.1), (8.0, 0.5, 0.8)], false);
        let late = path.at(10.0);
        assert!((late.y * 1400.0 + 235.0 - 0.8 * 1400.0).abs() < 60.0, "{late:?}");
        assert!(path.at(5.0).y < 0.01);
    }

    #[test]
    fn easing_starts_at_nothing_and_ends_whole() {
        assert!(ease(0.0).abs() < 1e-6 && (ease(1.0) - 1.0).abs() < 1e-6 && (ease(0.5) - 0.5).abs() < 1e-6);
    }
}
