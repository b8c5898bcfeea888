//! The features that Whisper hears: the logarithm of the energy in mel bands, a hundred times a second.
//!
//! They are those of the reference program (and of faster-whisper): a Hann window of 400 samples every 160, Slaney's mel
//! bands, and a floor 80 dB below the loudest frame, here of the window instead of the whole file.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

use crate::sound::SAMPLE_RATE;

/// Samples from one frame to the next: 10 ms.
pub(super) const HOP: usize = 160;
/// Samples of a frame.
const FRAME: usize = 400;
/// Samples before and after a frame's middle.
pub(super) const HALF: usize = FRAME / 2;
const BINS: usize = FRAME / 2 + 1;

/// Computes features.
pub(super) struct Mel {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// Of each band, the first bin and the weights from there on.
    filters: Vec<(usize, Vec<f32>)>,
}

impl Mel {
    pub(super) fn new(bands: usize) -> Self {
        Self { fft: RealFftPlanner::new().plan_fft_forward(FRAME), window: hann(), filters: filters(bands) }
    }

    /// The features of `frames` frames, padded with zeros to `padded`, band after band. `samples` begins [`HALF`] samples
    /// before the middle of the first frame; what is missing at its end is silent.
    pub(super) fn features(&self, samples: &[f32], frames: usize, padded: usize) -> Result<Vec<f32>, String> {
        let mut input = self.fft.make_input_vec();
        let mut spectrum = self.fft.make_output_vec();
        let mut scratch = self.fft.make_scratch_vec();
        let mut features = vec![0.0; self.filters.len() * padded];
        let mut loudest = f32::MIN;
        for frame in 0..frames.min(padded) {
            let own = samples.get(frame * HOP..).unwrap_or_default();
            for (at, value) in input.iter_mut().enumerate() {
                *value = own.get(at).copied().unwrap_or(0.0) * self.window[at];
            }
            self.fft
                .process_with_scratch(&mut input, &mut spectrum, &mut scratch)
                .map_err(|error| error.to_string())?;
            for (band, (first, weights)) in self.filters.iter().enumerate() {
                let bins = &spectrum[*first..];
                let energy: f32 = bins.iter().zip(weights).map(|(bin, weight)| bin.norm_sqr() * weight).sum();
                let level = energy.max(1e-10).log10();
                loudest = loudest.max(level);
                features[band * padded + frame] = level;
            }
        }
        for band in features.chunks_mut(padded) {
            for level in band.iter_mut().take(frames) {
                *level = (level.max(loudest - 8.0) + 4.0) / 4.0;
            }
        }
        Ok(features)
    }
}

/// A periodic Hann window.
fn hann() -> Vec<f32> {
    let step = std::f64::consts::TAU / float(FRAME);
    (0..FRAME).map(|at| narrow(0.5 - 0.5 * (float(at) * step).cos())).collect()
}

/// Slaney's scale: linear below 1,000 Hz, logarithmic above.
fn frequency(mel: f64) -> f64 {
    const LINEAR: f64 = 200.0 / 3.0;
    const BREAK: f64 = 1_000.0;
    let step = 6.4_f64.ln() / 27.0;
    let linear = LINEAR * mel;
    if linear < BREAK { linear } else { BREAK * (step * (mel - BREAK / LINEAR)).exp() }
}

/// Triangles between neighbouring frequencies, each of the same area.
fn filters(bands: usize) -> Vec<(usize, Vec<f32>)> {
    /// 8,000 Hz.
    const HIGHEST_MEL: f64 = 45.245_640_471_924_965;
    let edges: Vec<f64> = (0..bands + 2).map(|at| frequency(HIGHEST_MEL * float(at) / float(bands + 1))).collect();
    let bin_width = f64::from(SAMPLE_RATE) / float(FRAME);
    let triangle = |edges: &[f64]| {
        let (low, middle, high) = (edges[0], edges[1], edges[2]);
        let weight = |bin: usize| {
            let at = float(bin) * bin_width;
            let height = ((at - low) / (middle - low)).min((high - at) / (high - middle)).max(0.0);
            narrow(height * 2.0 / (high - low))
        };
        let weights: Vec<f32> = (0..BINS).map(weight).collect();
        let first = weights.iter().position(|weight| *weight > 0.0).unwrap_or(0);
        let last = weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0);
        (first, weights[first..=last].to_vec())
    };
    edges.windows(3).map(triangle).collect()
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

    /// A tone of 440 Hz, 0.5 loud.
    fn tone(samples: usize) -> Vec<f32> {
        let step = std::f64::consts::TAU * 440.0 / f64::from(SAMPLE_RATE);
        (0..samples).map(|at| narrow(0.5 * (float(at) * step).sin())).collect()
    }

    #[test]
    fn a_tone_is_loudest_in_its_band_and_silence_is_at_the_floor() {
        let mel = Mel::new(80);
        let features = mel.features(&tone(16_000), 90, 100).unwrap();
        let band = |band: usize| features[band * 100 + 50];
        let loudest = (0..80).max_by(|a, b| band(*a).total_cmp(&band(*b))).unwrap();
        // Its triangle contains 440 Hz.
        let edge = |at: usize| frequency(45.245_640_471_924_965 * float(at) / 81.0);
        assert!(edge(loudest) < 440.0 && 440.0 < edge(loudest + 2), "band {loudest}");
        assert!((features.iter().copied().fold(f32::MIN, f32::max) - band(loudest)).abs() < 0.05);
        assert!((features[79 * 100 + 50] - (band(loudest) - 2.0)).abs() < 0.05, "80 dB below is the floor");
        assert!(features[95..100].iter().all(|level| *level == 0.0), "frames after the end are zero");
    }

    #[test]
    fn every_band_has_a_weight_and_the_same_area() {
        for (first, weights) in filters(80) {
            assert!(first + weights.len() <= BINS);
            assert!(weights.iter().any(|weight| *weight > 0.0));
        }
        assert_eq!(filters(128).len(), 128);
    }
}
