//! The text before a window: the model is told it, so that names and style go on.

/// Tokens of it, that a prompt may have.
const MOST: usize = 223;
/// After a window that was sampled at a higher temperature, the next one is not told what it said.
const TRUSTED_TEMPERATURE: f32 = 0.5;

/// The tokens before a window: at first those of the prompt.
pub(super) struct Before {
    tokens: Vec<u32>,
}

impl Before {
    /// With what the caller says of the sound.
    pub(super) fn new(prompt: Vec<u32>) -> Self {
        Self { tokens: prompt }
    }

    /// What the next window is told.
    pub(super) fn recent(&self) -> &[u32] {
        &self.tokens[self.tokens.len().saturating_sub(MOST)..]
    }

    /// This was said. What nobody said is never told: the model would go on with it.
    pub(super) fn said(&mut self, tokens: &[u32]) {
        self.tokens.extend(tokens);
    }

    /// A window is over, whose text was found at this temperature.
    pub(super) fn end_window(&mut self, temperature: f32) {
        if temperature > TRUSTED_TEMPERATURE {
            self.tokens.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_told_the_prompt_and_the_end_of_what_was_said() {
        let mut before = Before::new(vec![1, 2]);
        before.said(&[3]);
        before.end_window(0.4);
        assert_eq!(before.recent(), [1, 2, 3]);
        before.said(&(4..=300).collect::<Vec<u32>>());
        assert_eq!((before.recent().len(), before.recent().last()), (MOST, Some(&300)));
    }

    #[test]
    fn what_the_model_guessed_at_a_high_temperature_is_not_told() {
        let mut before = Before::new(vec![1, 2]);
        before.said(&[3]);
        before.end_window(0.6);
        assert_eq!(before.recent(), [0; 0]);
        before.said(&[4]);
        before.end_window(0.0);
        assert_eq!(before.recent(), [4]);
    }
}
