//! The pauses between the attempts at a write or a poll that failed.

use std::time::Duration;

use crate::randomness::Randomness;

/// Exponential backoff with jitter: what failed together, as all items of a batch, is not repeated together.
#[derive(Debug)]
pub(crate) struct Backoff {
    pause: Duration,
    longest: Duration,
}

impl Backoff {
    /// Starts with about `first`, which doubles with each pause up to about `longest`.
    pub(crate) const fn new(first: Duration, longest: Duration) -> Self {
        Self { pause: first, longest }
    }

    /// The next pause: from a half to one and a half of what it is on average.
    pub(crate) fn pause(&mut self, randomness: &Randomness) -> Duration {
        let pause = self.pause.mul_f64(0.5 + randomness.fraction());
        self.pause = (self.pause * 2).min(self.longest);
        pause
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const FIRST: Duration = Duration::from_millis(10);
    const LONGEST: Duration = Duration::from_millis(35);

    #[test]
    fn pauses_double_up_to_the_longest_and_each_is_jittered() {
        let randomness = Randomness::seeded(7);
        let mut firsts = BTreeSet::new();
        for _ in 0..100 {
            let mut backoff = Backoff::new(FIRST, LONGEST);
            for millis in [10, 20, 35, 35] {
                let average = Duration::from_millis(millis);
                let pause = backoff.pause(&randomness);
                assert!((average / 2..average * 3 / 2).contains(&pause), "{pause:?} for {average:?}");
                if millis == 10 {
                    firsts.insert(pause);
                }
            }
        }
        assert_eq!(firsts.len(), 100, "no two of them are the same");
        let (least, most) = (firsts.first().copied().unwrap_or_default(), firsts.last().copied().unwrap_or_default());
        assert!(least < FIRST * 6 / 10 && most > FIRST * 14 / 10, "over the whole range: {least:?} to {most:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_pauses() {
        let pauses = |seed| {
            let (randomness, mut backoff) = (Randomness::seeded(seed), Backoff::new(FIRST, LONGEST));
            (0..9).map(|_| backoff.pause(&randomness)).collect::<Vec<_>>()
        };
        assert_eq!(pauses(7), pauses(7));
        assert_ne!(pauses(7), pauses(8));
    }
}
