//! Both sides of a card as Anki shows them.

use serde::{Deserialize, Serialize};

use super::{Card, fields, notetype};

/// Both sides, as HTML that contains no script, no link, and nothing of the card's texts but text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sides {
    /// The front.
    pub front: String,
    /// The back, which begins with the front.
    pub back: String,
    /// The style of both, whose root has the class `card`.
    pub css: String,
    /// The name of the recording, which the back plays.
    pub audio: Option<String>,
}

/// Both sides of a card, by the templates that are exported.
pub fn preview(card: &Card) -> Sides {
    let mut values: Vec<(&str, String)> =
        notetype::FIELDS.iter().map(|(name, _)| *name).zip(fields::values(card)).collect();
    for (name, value) in &mut values {
        // The page shows a player of its own.
        if *name == "Audio" {
            value.clear();
        }
    }
    let front = fill(notetype::FRONT, &values);
    values.push(("FrontSide", front.clone()));
    let back = fill(notetype::BACK, &values);
    Sides { front, back, css: notetype::CSS.to_owned(), audio: card.audio.as_ref().map(|audio| audio.name.clone()) }
}

/// A template with its fields filled in, and without the sections of empty ones. One pass: a value is never taken for a part of
/// the template.
fn fill(template: &str, values: &[(&str, String)]) -> String {
    let value = |name: &str| values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str());
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((tag, after)) = after.split_once("}}") else { break };
        rest = after;
        if let Some(name) = tag.strip_prefix('#') {
            if value(name).is_empty() {
                let end = format!("{{{{/{name}}}}}");
                rest = rest.split_once(&end).map_or("", |(_, after)| after);
            }
        } else if !tag.starts_with('/') {
            filled.push_str(value(tag));
        }
    }
    filled.push_str(rest);
    filled.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
