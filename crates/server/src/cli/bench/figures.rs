//! A figure, its peer's, and what is wanted of it.

use std::fmt;

use serde::Serialize;

/// One measurement beside its peer.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Figure {
    /// Its name.
    pub(super) name: &'static str,
    /// The median of all rounds.
    pub(super) value: f64,
    pub(super) unit: &'static str,
    /// What it is measured beside, if anything.
    pub(super) peer: Option<&'static str>,
    /// The peer's median; null if it is not here.
    pub(super) peer_value: Option<f64>,
    /// Ours divided by the peer's.
    pub(super) ratio: Option<f64>,
    /// What is wanted, of the ratio if there is a peer and of the value otherwise.
    pub(super) target: Option<Target>,
    /// Whether it is reached; null if that is not known.
    pub(super) reached: Option<bool>,
    /// Why the peer is not here, or what else is to be known.
    pub(super) note: Option<String>,
}

/// A bound.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    fn is_reached(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }
}

impl Figure {
    /// A figure without a peer.
    pub(super) fn alone(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self { name, value, unit, peer: None, peer_value: None, ratio: None, target: None, reached: None, note: None }
    }

    /// The medians of ours and of a peer's, or why there is none.
    pub(super) fn beside(
        name: &'static str,
        unit: &'static str,
        ours: &[f64],
        peer: &'static str,
        theirs: Result<&[f64], &str>,
    ) -> Self {
        let value = median(ours);
        let peer_value = theirs.ok().map(median);
        let ratio = peer_value.filter(|peer| *peer > 0.0).map(|peer| value / peer);
        let note = theirs.err().map(|why| format!("{peer} is missing: {why}"));
        Self { peer: Some(peer), peer_value, ratio, note, ..Self::alone(name, value, unit) }
    }

    pub(super) fn target(self, target: Target) -> Self {
        let judged = if self.peer.is_some() { self.ratio } else { Some(self.value) };
        Self { target: Some(target), reached: judged.map(|value| target.is_reached(value)), ..self }
    }

    /// A rate of errors that is to be no higher than the peer's, which may be none.
    pub(super) fn no_more_errors(self) -> Self {
        let reached = self.peer_value.map(|peer| self.value <= peer);
        Self { target: Some(Target::AtMost(1.0)), reached, ..self }
    }

    /// Adds to what is said already, such as why a peer is missing.
    pub(super) fn note(self, note: impl Into<String>) -> Self {
        let note = match self.note {
            Some(before) => format!("{}; {before}", note.into()),
            None => note.into(),
        };
        Self { note: Some(note), ..self }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = decimals(self.value);
        write!(formatter, "{:<28} {:>10.places$} {:<11}", self.name, self.value, self.unit)?;
        if let Some(peer) = self.peer {
            match (self.peer_value, self.ratio) {
                (Some(value), Some(ratio)) => {
                    let places = decimals(value);
                    write!(formatter, " {ratio:.2} × {peer} ({value:.places$})")?;
                }
                (Some(value), None) => write!(formatter, " {peer} has {value:.2}")?,
                (None, _) => write!(formatter, " {peer}: no figure")?,
            }
        }
        match self.target {
            Some(Target::AtLeast(least)) => write!(formatter, ", at least {least}")?,
            Some(Target::AtMost(most)) => write!(formatter, ", at most {most}")?,
            None => {}
        }
        match self.reached {
            Some(true) => formatter.write_str(": reached")?,
            Some(false) => formatter.write_str(": NOT reached")?,
            None => {}
        }
        match &self.note {
            Some(note) => write!(formatter, " ({note})"),
            None => Ok(()),
        }
    }
}

/// Digits after the point: small values need more.
fn decimals(value: f64) -> usize {
    if value < 10.0 { 2 } else { 1 }
}

/// The median, the upper one of an even number; 0 of none.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_peer_is_said_and_its_ratio_is_null() {
        let figure = Figure::beside("get", "per s", &[3.0, 1.0, 2.0], "nginx", Err("it is not installed"));
        let figure = figure.target(Target::AtLeast(0.5));
        let json = serde_json::to_value(&figure).unwrap();
        assert!(json["ratio"].is_null() && json["peer_value"].is_null() && json["reached"].is_null(), "{json}");
        assert!(figure.to_string().contains("nginx is missing: it is not installed"), "{figure}");
        let figure = Figure::beside("get", "per s", &[3.0, 1.0, 2.0], "nginx", Ok(&[8.0])).target(Target::AtLeast(0.5));
        assert_eq!((figure.ratio, figure.reached), (Some(0.25), Some(false)));
        let figure = Figure::alone("idle", 50.0, "MB").target(Target::AtMost(60.0));
        assert_eq!((figure.ratio, figure.reached), (None, Some(true)));
    }
}
