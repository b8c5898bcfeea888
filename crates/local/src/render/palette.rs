//! The colours of a video: a dark background and one accent, from a hue that the look selects. Computed in OKLCH, so
//! that every hue has the same lightness and the text on it the same contrast.

/// The colours of a video, as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Palette {
    /// The darkest background, at the edges.
    pub(crate) deep: String,
    /// The background.
    pub(crate) ground: String,
    /// A raised surface on the background.
    pub(crate) raised: String,
    /// The one accent.
    pub(crate) accent: String,
    /// A darker accent: behind the presenter.
    pub(crate) accent_deep: String,
    /// Text.
    pub(crate) text: String,
    /// Secondary text.
    pub(crate) muted: String,
}

/// Hues in degrees that suit a dark background: blue, teal, indigo, green, plum, clay, slate blue.
const HUES: [f32; 7] = [255.0, 205.0, 283.0, 165.0, 335.0, 40.0, 232.0];

impl Palette {
    /// The palette of a look.
    pub(crate) fn of(look: u64) -> Self {
        let index = usize::try_from(look % 7).unwrap_or(0);
        let hue = HUES[index];
        Self {
            deep: oklch(0.185, 0.030, hue),
            ground: oklch(0.245, 0.042, hue),
            raised: oklch(0.315, 0.050, hue),
            accent: oklch(0.80, 0.115, hue),
            accent_deep: oklch(0.46, 0.085, hue),
            text: oklch(0.975, 0.004, hue),
            muted: oklch(0.80, 0.022, hue),
        }
    }
}

/// OKLCH to sRGB (Björn Ottosson, "A perceptual color space for image processing", 2020), clipped to the gamut.
fn oklch(lightness: f32, chroma: f32, hue_degrees: f32) -> String {
    let hue = hue_degrees.to_radians();
    let (a, b) = (chroma * hue.cos(), chroma * hue.sin());
    let long = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let medium = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let short = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    let red = 4.076_741_7 * long - 3.307_711_6 * medium + 0.230_969_94 * short;
    let green = -1.268_438 * long + 2.609_757_4 * medium - 0.341_319_4 * short;
    let blue = -0.004_196_086_3 * long - 0.703_418_6 * medium + 1.707_614_7 * short;
    format!("#{}", hex::encode([gamma(red), gamma(green), gamma(blue)]))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte just before")]
fn gamma(linear: f32) -> u8 {
    let encoded = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.max(0.0).powf(1.0 / 2.4) - 0.055 };
    (encoded.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neutral_grey_is_grey() {
        assert_eq!(oklch(1.0, 0.0, 0.0), "#ffffff");
        assert_eq!(oklch(0.0, 0.0, 120.0), "#000000");
    }

    #[test]
    fn a_look_always_gives_the_same_palette() {
        assert_eq!(Palette::of(42), Palette::of(42));
        assert_ne!(Palette::of(0).accent, Palette::of(1).accent);
    }
}
