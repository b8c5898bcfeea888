//! The way from what is said back to what is written.

use std::ops::Range;

use sluice_spoken::Spoken;

/// The way from what is said back to what is written.
pub(super) struct Written<'a> {
    spans: &'a Spoken,
    text: &'a str,
    /// The first stretch that no token has had.
    next: usize,
}

/// What a token stands for.
pub(super) struct Stretch {
    /// In the given text.
    pub(super) range: Range<usize>,
    /// What stands before it there and is not said.
    pub(super) silent: Option<Range<usize>>,
    /// The token before it stands for the same.
    pub(super) again: bool,
    /// It is said as it is written.
    pub(super) verbatim: bool,
}

impl<'a> Written<'a> {
    pub(super) fn new(spans: &'a Spoken, text: &'a str) -> Self {
        Self { spans, text, next: 0 }
    }

    /// What a token at `said` stands for. To be asked for each token in turn.
    pub(super) fn stretch(&mut self, said: &Range<usize>) -> Stretch {
        let spans = &self.spans.spans;
        let holding = |byte: usize| {
            let index = spans.partition_point(|(_, part)| part.end <= byte);
            index.min(spans.len().saturating_sub(1))
        };
        let (first, last) = (holding(said.start), holding(said.end.saturating_sub(1)));
        let silent = (first > self.next).then(|| spans[self.next].0.start..spans[first - 1].0.end);
        let again = first < self.next;
        self.next = self.next.max(last + 1);
        let range = spans[first].0.start..spans[last].0.end;
        let verbatim = self.text[range.clone()] == self.spans.text[spans[first].1.start..spans[last].1.end];
        Stretch { range, silent, again, verbatim }
    }

    /// What is left, and not said.
    pub(super) fn rest(&self) -> Option<Range<usize>> {
        let spans = &self.spans.spans;
        Some(spans.get(self.next)?.0.start..spans.last()?.0.end)
    }
}
