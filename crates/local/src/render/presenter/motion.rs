//! Idle motion of a person: blinks, small turns of the head, glances, breathing. Determined by the seed, so that the
//! same spec gives the same frames; at both ends of a clip everything is at rest, so that clips join smoothly.

use std::f32::consts::TAU;

use super::face::EyesKey;
use super::visemes::Lips;

/// A pose of head and body on the canvas of 400 × 400.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pose {
    /// Rotation of the head in degrees.
    pub(crate) turn: f32,
    /// Offset of the head to the right.
    pub(crate) x: f32,
    /// Offset of the head downwards.
    pub(crate) y: f32,
    /// Offset of the shoulders upwards.
    pub(crate) breath: f32,
    /// Eyes and brows.
    pub(crate) eyes: EyesKey,
}

/// The movements of a clip.
#[derive(Debug, Clone)]
pub(crate) struct Motion {
    seed: u64,
    seconds: f32,
    blinks: Vec<f32>,
    /// Start times of glances, with their directions.
    glances: Vec<(f32, i8, i8)>,
    /// 1 if the page is to the left of the person, -1 if to the right.
    towards_page: f32,
}

/// Phases of a blink: closing, closed, opening, in seconds.
const BLINK: [f32; 3] = [0.08, 0.05, 0.13];

impl Motion {
    /// For a clip of so many seconds. `page_is_left`: where the slide is, from the viewer's side.
    pub(crate) fn new(seed: u64, seconds: f32, page_is_left: bool) -> Self {
        let mut blinks = Vec::new();
        let mut time = 0.7 + 1.8 * unit(seed, 1, 0);
        while time < seconds - 0.5 {
            blinks.push(time);
            let count = blinks.len() as u64;
            let double = unit(seed, 2, count) > 0.86;
            time += if double { 0.34 } else { 2.0 + 3.4 * unit(seed, 3, count) };
        }
        let mut glances = Vec::new();
        let mut time = 1.2 + 2.0 * unit(seed, 4, 0);
        while time < seconds - 1.2 {
            let count = glances.len() as u64;
            let kind = unit(seed, 5, count);
            let side = if page_is_left { -1 } else { 1 };
            let look = match kind {
                k if k > 0.75 => (side * 5, -2),
                k if k > 0.5 => (side * 2, 0),
                k if k > 0.35 => (-side * 2, 1),
                _ => (0, 0),
            };
            glances.push((time, look.0, look.1));
            let back = time + 0.7 + 0.9 * unit(seed, 6, count);
            glances.push((back, 0, 0));
            time = back + 1.4 + 2.6 * unit(seed, 7, count);
        }
        Self { seed, seconds, blinks, glances, towards_page: if page_is_left { 1.0 } else { -1.0 } }
    }

    /// The pose at a moment of the clip.
    pub(crate) fn at(&self, time: f32, lips: &Lips) -> Pose {
        let calm = (time / 0.35).min((self.seconds - time) / 0.35).clamp(0.0, 1.0);
        let mut weight = 0.0;
        let mut speech = 0.0;
        for step in 0..6u8 {
            let share = 1.0 - f32::from(step) / 7.0;
            speech += lips.at(time - f32::from(step) * 0.06).open * share;
            weight += share;
        }
        let speech = speech / weight;
        let (x, y) = self
            .glances
            .iter()
            .take_while(|(from, _, _)| *from <= time)
            .last()
            .filter(|_| time < self.seconds - 0.3)
            .map_or((0, 0), |(_, x, y)| (*x, *y));
        let slow = |stream: u64, pace: f32| noise(self.seed, stream, time * pace);
        let glance_turn = f32::from(x) * 0.12;
        Pose {
            turn: calm * (slow(11, 0.55) * 1.7 + glance_turn * 0.5 - self.towards_page * 0.3),
            x: calm * (slow(12, 0.42) * 3.0 + glance_turn),
            y: calm * (slow(13, 0.6) * 1.6 + speech * 4.2 - 0.8),
            breath: calm * (1.0 - (time / 3.9 * TAU).cos()) * 0.9,
            eyes: EyesKey { lids: self.lids(time), x, y, brows: self.brows(time, speech, calm) },
        }
    }

    fn lids(&self, time: f32) -> u8 {
        let since = self.blinks.iter().map(|start| time - start).find(|since| (0.0..0.26).contains(since));
        let Some(since) = since else { return 0 };
        let closed = if since < BLINK[0] {
            since / BLINK[0]
        } else if since < BLINK[0] + BLINK[1] {
            1.0
        } else {
            1.0 - (since - BLINK[0] - BLINK[1]) / BLINK[2]
        };
        step(closed * 4.0).clamp(0, 4).unsigned_abs()
    }

    fn brows(&self, time: f32, speech: f32, calm: f32) -> i8 {
        step(calm * (noise(self.seed, 14, time * 0.7).max(0.0) * 4.5 + speech * 1.6))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a few units")]
fn step(value: f32) -> i8 {
    value.round() as i8
}

/// A number from 0 to 1 from a seed, a stream and an index (`SplitMix64`, Steele et al. 2014).
#[expect(clippy::cast_precision_loss, reason = "24 bits fit a float")]
fn unit(seed: u64, stream: u64, index: u64) -> f32 {
    let mut z = seed
        .wrapping_add(stream.wrapping_mul(0xD1B5_4A32_D192_ED03))
        .wrapping_add(index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 40) as f32 / 16_777_216.0
}

/// Smooth noise from -1 to 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "time is small and positive")]
fn noise(seed: u64, stream: u64, position: f32) -> f32 {
    let position = position.max(0.0);
    let whole = position.floor();
    let part = position - whole;
    let smooth = part * part * part * (part * (part * 6.0 - 15.0) + 10.0);
    let at = |index: f32| unit(seed, stream, index as u64) * 2.0 - 1.0;
    at(whole) + (at(whole + 1.0) - at(whole)) * smooth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_motion_and_clips_join_at_rest() {
        let lips = Lips::new(&[]);
        let one = Motion::new(7, 12.0, true);
        let other = Motion::new(7, 12.0, true);
        assert_eq!(one.at(3.3, &lips), other.at(3.3, &lips));
        for end in [0.0, 12.0] {
            let pose = one.at(end, &lips);
            assert!(pose.turn.abs() < 1e-3 && pose.x.abs() < 1e-3 && pose.y.abs() < 1e-3);
            assert_eq!(pose.eyes, EyesKey { lids: 0, x: 0, y: 0, brows: 0 });
        }
    }

    #[test]
    fn people_blink_now_and_then() {
        let motion = Motion::new(3, 60.0, true);
        assert!((10..=35).contains(&motion.blinks.len()), "{} blinks a minute", motion.blinks.len());
        let closed = (0..1500u16).filter(|frame| motion.lids(f32::from(*frame) * 0.04) > 0).count();
        assert!((20..200).contains(&closed), "{closed} frames");
    }
}
