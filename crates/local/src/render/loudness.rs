//! Loudness of speech (ITU-R BS.1770-4), and one gain that normalises a whole video for the web.

use super::wave::RATE;

/// Target loudness in LUFS, as streaming services normalise speech.
const TARGET: f64 = -16.0;
/// Largest gain or attenuation in dB.
const MOST_GAIN: f64 = 20.0;
/// Level above which peaks are soft-clipped; they never exceed -1 dBFS.
const KNEE: f32 = 0.70;
const CEILING: f32 = 0.891;

/// A second-order filter.
#[derive(Clone, Copy)]
struct Filter {
    b: [f64; 3],
    a: [f64; 2],
    z: [f64; 2],
}

impl Filter {
    fn step(&mut self, input: f64) -> f64 {
        let out = self.b[0] * input + self.z[0];
        self.z[0] = self.b[1] * input - self.a[0] * out + self.z[1];
        self.z[1] = self.b[2] * input - self.a[1] * out;
        out
    }
}

/// The two filters of the K weighting at 48 kHz, from the standard's tables 1 and 2.
const HEAD: Filter = Filter {
    b: [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
    a: [-1.690_659_293_182_41, 0.732_480_774_215_85],
    z: [0.0; 2],
};
const HIGH_PASS: Filter = Filter { b: [1.0, -2.0, 1.0], a: [-1.990_047_454_833_98, 0.990_072_250_366_21], z: [0.0; 2] };

/// Integrated loudness in LUFS of mono samples at 48 kHz that are played on two channels; none for silence.
#[expect(clippy::cast_precision_loss, reason = "a mean over a few thousand blocks")]
pub(crate) fn integrated(samples: &[f32]) -> Option<f64> {
    let (mut head, mut high_pass) = (HEAD, HIGH_PASS);
    let step = RATE as usize / 10;
    let tenths: Vec<f64> = samples
        .chunks_exact(step)
        .map(|chunk| chunk.iter().map(|sample| high_pass.step(head.step(f64::from(*sample))).powi(2)).sum::<f64>())
        .collect();
    // Blocks of 400 ms that overlap by three quarters. Two equal channels double the power.
    let blocks: Vec<f64> = tenths.windows(4).map(|four| 2.0 * four.iter().sum::<f64>() / (4 * step) as f64).collect();
    let level = |power: f64| -0.691 + 10.0 * power.log10();
    let mean = |over: f64| {
        let audible: Vec<f64> = blocks.iter().copied().filter(|power| level(*power) > over).collect();
        (!audible.is_empty()).then(|| audible.iter().sum::<f64>() / audible.len() as f64)
    };
    let absolute = mean(-70.0)?;
    mean(level(absolute) - 10.0).map(level)
}

/// Normalises samples to the target with one gain; what would clip is soft-clipped.
#[expect(clippy::cast_possible_truncation, reason = "a gain needs no more than a float")]
pub(crate) fn normalise(samples: &mut [f32]) {
    let Some(loudness) = integrated(samples) else { return };
    let gain = 10f64.powf((TARGET - loudness).clamp(-MOST_GAIN, MOST_GAIN) / 20.0) as f32;
    for sample in samples {
        let value = *sample * gain;
        let over = value.abs() - KNEE;
        *sample = if over > 0.0 {
            let room = CEILING - KNEE;
            (KNEE + room * (over / room).tanh()).copysign(value)
        } else {
            value
        };
    }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "some seconds of sound")]
mod tests {
    use super::*;

    fn tone(seconds: usize, level: f32) -> Vec<f32> {
        (0..seconds * RATE as usize)
            .map(|at| (at as f32 * 997.0 * std::f32::consts::TAU / RATE as f32).sin() * level)
            .collect()
    }

    #[test]
    fn a_full_sine_of_997_hz_in_two_channels_is_at_zero() {
        // EBU Tech 3341: a 0 dBFS sine in one channel is at -3.01 LUFS; two channels add 3.01 dB.
        assert!(integrated(&tone(3, 1.0)).unwrap().abs() < 0.05);
        assert!((integrated(&tone(3, 0.1)).unwrap() + 20.0).abs() < 0.05);
        assert_eq!(integrated(&vec![0.0; 100_000]), None);
    }

    #[test]
    fn quiet_and_loud_audio_reach_the_same_level_and_never_clip() {
        for level in [0.02, 0.2, 0.9] {
            let mut samples = tone(4, level);
            normalise(&mut samples);
            assert!((integrated(&samples).unwrap() + 16.0).abs() < 0.3, "{level}");
            assert!(samples.iter().all(|sample| sample.abs() <= CEILING));
        }
    }
}
