//! What work waits for that a command watches, said once.

use sluice_domain::time::Timestamp;
use sluice_engine::Reason;

use super::jobs::sentence;

/// What was said last: it is said again only after something else, however often the work looks whether it still has to wait.
#[derive(Default)]
pub(super) struct Waits {
    last: Option<String>,
}

impl Waits {
    /// The first of these reasons that does not pass by itself in a moment, in words; none if that was said.
    pub(super) fn changed(&mut self, reasons: &[Reason], now: Timestamp) -> Option<String> {
        let (reason, held) = reasons.iter().find_map(|reason| Some((reason, held_by(reason)?)))?;
        if self.last.as_ref() == Some(&held) {
            return None;
        }
        self.last = Some(held);
        Some(format!("it waits: {}", sentence(reason, now)))
    }
}

/// What holds the work up, without times and amounts that change meanwhile; none for what belongs to its ordinary course.
fn held_by(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Call { provider, kind, unknown: true, .. } => {
            Some(format!("call {} {kind}", provider.as_deref().unwrap_or_default()))
        }
        Reason::Paused { scope, name, .. } => Some(format!("pause {scope} {name}")),
        Reason::Provider { name, .. } => Some(format!("provider {name}")),
        Reason::Budget { scope, name, .. } => Some(format!("budget {scope} {name}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(unknown: bool) -> Reason {
        let deadline = Some(Timestamp::from_millis(6 * 3_600_000));
        let (provider, kind) = (Some("letters".to_owned()), "complete".to_owned());
        Reason::Call { provider, kind, job: None, unknown, deadline, next_poll: None }
    }

    #[test]
    fn a_lost_answer_is_said_once() {
        let mut waits = Waits::default();
        let mut at = |reasons: &[Reason], minute: i64| waits.changed(reasons, Timestamp::from_millis(minute * 60_000));
        assert_eq!(at(&[call(false)], 0), None, "that is ordinary work");
        let said = at(&[call(true)], 0).unwrap();
        assert!(
            said.starts_with("it waits: the answer of provider letters") && said.contains("given up in 6 h"),
            "{said}"
        );
        // It looks, and runs meanwhile.
        assert_eq!(at(&[call(true)], 61), None);
        assert_eq!(at(&[Reason::Running { worker: "w".to_owned() }], 62), None);
        assert_eq!(at(&[call(true)], 63), None);
        let (scope, name, why) = ("queue".to_owned(), "main".to_owned(), "for a while".to_owned());
        let paused = Reason::Paused { scope, name, why };
        let reasons = [Reason::Running { worker: "w".to_owned() }, paused];
        assert_eq!(at(&reasons, 64).unwrap(), "it waits: queue main is paused: for a while");
        assert_eq!(at(&reasons, 65), None);
    }
}
