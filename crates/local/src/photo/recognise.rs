//! What a line says: pictures of lines, all of one height, to characters.

use ort::session::Session;
use ort::value::Tensor;

use super::picture::Picture;

/// Rows of the picture of a line.
const HEIGHT: usize = 48;
/// Columns of the narrowest batch, and of the longest line: a longer one is squeezed.
const NARROWEST: usize = 320;
const WIDEST: usize = 3200;
/// Columns of a batch, padding included. An answer has 19,000 numbers for every eight of them.
const BATCH_COLUMNS: usize = 2560;
/// The name of the characters in the model's own description, one a line.
const CHARACTERS: &str = "character";

/// The recogniser, with the characters that it knows.
pub(super) struct Recogniser {
    session: Session,
    characters: Vec<String>,
}

/// A line as it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Recognised {
    pub(super) text: String,
    /// Mean of the likelihoods of its characters; 0 if there are none.
    pub(super) confidence: f32,
}

impl Recogniser {
    /// The characters are in the model.
    pub(super) fn new(session: Session) -> Result<Self, String> {
        let metadata = session.metadata().map_err(|error| error.to_string())?;
        let listed = metadata.custom(CHARACTERS).ok_or("the recogniser does not say which characters it knows")?;
        drop(metadata);
        // Before them stands the blank, and after them the space.
        let characters = [""].into_iter().chain(listed.lines()).chain([" "]).map(str::to_owned).collect();
        Ok(Self { session, characters })
    }

    /// Reads lines; the results are in their order.
    pub(super) fn recognise(&mut self, lines: &[Picture]) -> Result<Vec<Recognised>, String> {
        let widths: Vec<usize> = lines.iter().map(width).collect();
        let mut recognised = vec![Recognised::default(); lines.len()];
        for batch in batches(&widths) {
            let read = self.run(&batch, lines, &widths)?;
            for (line, read) in batch.into_iter().zip(read) {
                recognised[line] = read;
            }
        }
        Ok(recognised)
    }

    fn run(&mut self, batch: &[usize], lines: &[Picture], widths: &[usize]) -> Result<Vec<Recognised>, String> {
        let columns = columns(batch, widths);
        let size = 3 * HEIGHT * columns;
        // What is right of a line is grey, which is 0.
        let mut planes = vec![0.0; batch.len() * size];
        for (&line, planes) in batch.iter().zip(planes.chunks_exact_mut(size)) {
            lines[line].resized(widths[line], HEIGHT).write_planes(planes, columns);
        }
        let said = |error: ort::Error| error.to_string();
        let input = Tensor::from_array(([batch.len(), 3, HEIGHT, columns], planes)).map_err(said)?;
        let outputs = self.session.run(ort::inputs![input]).map_err(said)?;
        let (shape, likely) = outputs[0].try_extract_tensor::<f32>().map_err(said)?;
        let known = self.characters.len();
        let steps = likely.len() / (batch.len() * known).max(1);
        if shape.last().and_then(|last| usize::try_from(*last).ok()) != Some(known) || steps == 0 {
            return Err("the recogniser's answer does not fit its characters".to_owned());
        }
        Ok(likely.chunks_exact(steps * known).map(|line| decoded(line, &self.characters)).collect())
    }
}

/// Columns of a line of the height that the model reads.
fn width(line: &Picture) -> usize {
    (line.width * HEIGHT).div_ceil(line.height.max(1)).clamp(1, WIDEST)
}

fn columns(batch: &[usize], widths: &[usize]) -> usize {
    batch.iter().map(|&line| widths[line]).fold(NARROWEST, usize::max)
}

/// The lines in batches of similar widths, the narrowest first.
fn batches(widths: &[usize]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..widths.len()).collect();
    order.sort_by_key(|&line| widths[line]);
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for line in order {
        let wide = widths[line].max(NARROWEST);
        let fits = |batch: &&mut Vec<usize>| {
            let narrowest = batch.first().map_or(wide, |&first| widths[first].max(NARROWEST));
            (batch.len() + 1) * wide <= BATCH_COLUMNS && wide <= 2 * narrowest
        };
        match batches.last_mut().filter(fits) {
            Some(batch) => batch.push(line),
            None => batches.push(vec![line]),
        }
    }
    batches
}

/// The likeliest character of each step: one that is repeated counts once, unless a blank is between (connectionist temporal
/// classification, Graves et al. 2006).
fn decoded(likely: &[f32], characters: &[String]) -> Recognised {
    let (mut text, mut sum, mut count) = (String::new(), 0.0, 0.0_f32);
    let mut last = 0;
    for step in likely.chunks_exact(characters.len().max(1)) {
        let best = step.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1));
        let Some((character, likelihood)) = best else { continue };
        if character != 0 && character != last {
            text.push_str(&characters[character]);
            sum += likelihood;
            count += 1.0;
        }
        last = character;
    }
    Recognised { text, confidence: sum / count.max(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_characters_count_once_unless_parted() {
        let characters = ["", "a", "b", " "].map(str::to_owned);
        let steps = [1, 1, 0, 1, 2, 2, 3, 0];
        let likely: Vec<f32> =
            steps.iter().flat_map(|&best| (0..4).map(move |one| if one == best { 0.8 } else { 0.05 })).collect();
        let read = decoded(&likely, &characters);
        assert_eq!(read.text, "aab ");
        assert!((read.confidence - 0.8).abs() < 1e-6);
        assert_eq!(decoded(&[0.9, 0.1, 0.0, 0.0], &characters), Recognised::default());
    }

    #[test]
    fn batches_hold_similar_widths_and_stay_small() {
        let widths = [3200, 40, 700, 320, 640, 1200, 300, 650];
        let batches = batches(&widths);
        assert_eq!(batches, [vec![1, 6, 3, 4], vec![7, 2], vec![5], vec![0]]);
    }
}
