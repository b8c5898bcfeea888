//! The features that CAM++ hears: Kaldi's logarithmic mel filter bank, a hundred times a second, without the mean of the clip.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

use crate::sound::SAMPLE_RATE;

/// Bands of a frame.
pub(super) const BANDS: usize = 80;
/// Samples of a frame, and from one to the next.
const FRAME: usize = 400;
const HOP: usize = 160;
const POINTS: usize = 512;
const PREEMPHASIS: f32 = 0.97;
const LOWEST_HZ: f64 = 20.0;
const HIGHEST_HZ: f64 = 8_000.0;
/// The smallest step from 1, below which Kaldi takes no logarithm.
const FLOOR: f32 = 1.192_092_9e-7;

/// Computes features.
pub(super) struct FilterBank {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// Of each band, the first bin and the weights from there on.
    filters: Vec<(usize, Vec<f32>)>,
}

impl FilterBank {
    pub(super) fn new() -> Self {
        Self { fft: RealFftPlanner::new().plan_fft_forward(POINTS), window: povey(), filters: filters() }
    }

    /// The features of a clip, frame after frame; none of a clip that is shorter than a frame.
    pub(super) fn features(&self, samples: &[f32]) -> Result<Vec<f32>, String> {
        let mut input = self.fft.make_input_vec();
        let mut spectrum = self.fft.make_output_vec();
        let mut scratch = self.fft.make_scratch_vec();
        let mut features = Vec::with_capacity(samples.len() / HOP * BANDS);
        for frame in samples.windows(FRAME).step_by(HOP) {
            let mean = frame.iter().sum::<f32>() / FRAME_LENGTH;
            let mut before = frame[0] - mean;
            for ((value, sample), weight) in input.iter_mut().zip(frame).zip(&self.window) {
                let centred = sample - mean;
                *value = (centred - PREEMPHASIS * before) * weight;
                before = centred;
            }
            input[FRAME..].fill(0.0);
            let done = self.fft.process_with_scratch(&mut input, &mut spectrum, &mut scratch);
            done.map_err(|error| error.to_string())?;
            for (first, weights) in &self.filters {
                let bins = &spectrum[*first..];
                let energy: f32 = bins.iter().zip(weights).map(|(bin, weight)| bin.norm_sqr() * weight).sum();
                features.push(energy.max(FLOOR).ln());
            }
        }
        remove_mean(&mut features);
        Ok(features)
    }
}

const FRAME_LENGTH: f32 = 400.0;

fn remove_mean(features: &mut [f32]) {
    #[expect(clippy::cast_precision_loss, reason = "less than an hour")]
    let frames = (features.len() / BANDS).max(1) as f32;
    for band in 0..BANDS {
        let mean = features.iter().skip(band).step_by(BANDS).sum::<f32>() / frames;
        for level in features.iter_mut().skip(band).step_by(BANDS) {
            *level -= mean;
        }
    }
}

/// Povey's window: Hann's to the power of 0.85.
fn povey() -> Vec<f32> {
    let step = std::f64::consts::TAU / float(FRAME - 1);
    (0..FRAME).map(|at| narrow((0.5 - 0.5 * (float(at) * step).cos()).max(0.0).powf(0.85))).collect()
}

fn mel(frequency: f64) -> f64 {
    1_127.0 * (frequency / 700.0).ln_1p()
}

/// Triangles on the mel scale, each as high as the others.
fn filters() -> Vec<(usize, Vec<f32>)> {
    let (lowest, highest) = (mel(LOWEST_HZ), mel(HIGHEST_HZ));
    let edge = |at: usize| lowest + (highest - lowest) * float(at) / float(BANDS + 1);
    let triangle = |band: usize| {
        let (low, middle, high) = (edge(band), edge(band + 1), edge(band + 2));
        let weight = |bin: usize| {
            let at = mel(float(bin) * f64::from(SAMPLE_RATE) / float(POINTS));
            narrow(((at - low) / (middle - low)).min((high - at) / (high - middle)).max(0.0))
        };
        let weights: Vec<f32> = (0..POINTS / 2).map(weight).collect();
        let first = weights.iter().position(|weight| *weight > 0.0).unwrap_or(0);
        let last = weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0);
        (first, weights[first..=last].to_vec())
    };
    (0..BANDS).map(triangle).collect()
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn float(number: usize) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, reason = "features are computed in single precision")]
fn narrow(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_loudest_in_its_band_and_the_mean_is_gone() {
        let step = std::f64::consts::TAU * 1_000.0 / f64::from(SAMPLE_RATE);
        // Half silent, so that the mean does not hide the tone.
        let sample = |at: usize| if at < 8_000 { 0.0 } else { narrow(0.5 * (float(at) * step).sin()) };
        let sound: Vec<f32> = (0..16_000).map(sample).collect();
        let features = FilterBank::new().features(&sound).unwrap();
        assert_eq!(features.len(), 98 * BANDS);
        let last = &features[90 * BANDS..91 * BANDS];
        let loudest = (0..BANDS).max_by(|a, b| last[*a].total_cmp(&last[*b])).unwrap();
        let edge = |at: usize| mel(LOWEST_HZ) + (mel(HIGHEST_HZ) - mel(LOWEST_HZ)) * float(at) / float(BANDS + 1);
        assert!((edge(loudest)..edge(loudest + 2)).contains(&mel(1_000.0)), "band {loudest}");
        let mean: f32 = features.iter().skip(loudest).step_by(BANDS).sum();
        assert!(mean.abs() < 1e-2, "{mean}");
    }

    #[test]
    fn a_clip_that_is_too_short_has_no_features() {
        assert_eq!(FilterBank::new().features(&[0.1; 399]).unwrap(), Vec::<f32>::new());
    }
}
