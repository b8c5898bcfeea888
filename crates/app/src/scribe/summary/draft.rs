//! What a model answers, decoded strictly: nothing that the schema does not have is accepted.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::grounding::text::clean;

/// Most bytes of an answer: far more than the longest summary.
const MOST_BYTES: usize = 256 * 1024;
/// Most items of a list.
const MOST_ITEMS: usize = 60;

/// A summary as a model wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Draft {
    pub(super) overview: Vec<Item>,
    pub(super) decisions: Vec<Item>,
    pub(super) actions: Vec<Item>,
    pub(super) moments: Vec<Item>,
    pub(super) terms: Vec<String>,
}

/// A sentence, or the title of a moment, with the passages that it is from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Item {
    pub(super) text: String,
    /// Of an action; empty if nobody says who.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) who: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) by_when: String,
    pub(super) passages: Vec<u32>,
}

impl Item {
    fn shares_a_passage(&self, other: &Self) -> bool {
        self.passages.iter().any(|passage| other.passages.contains(passage))
    }
}

/// An item that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) list: &'static str,
    pub(super) at: usize,
    /// Why, for the model.
    pub(super) why: String,
}

impl Draft {
    /// From an answer; the reason if it is none.
    pub(super) fn of(answer: &str) -> Result<Self, String> {
        if answer.len() > MOST_BYTES {
            return Err(format!("it has more than {MOST_BYTES} bytes"));
        }
        let answer = answer.trim();
        // A list would be taken for the values of an object.
        if !answer.starts_with('{') {
            return Err("it does not begin with {".to_owned());
        }
        // The error's own text would quote the answer, which goes into the next prompt.
        let mut draft: Self = serde_json::from_str(answer).map_err(|error| {
            format!("its fields are not those of the schema, at line {}, column {}", error.line(), error.column())
        })?;
        for (_, items) in draft.lists_mut() {
            items.truncate(MOST_ITEMS);
            for item in items {
                item.text = clean(&item.text);
                item.who = clean(&item.who);
                item.by_when = clean(&item.by_when);
                item.passages.sort_unstable();
                item.passages.dedup();
            }
        }
        if draft.overview.is_empty() { Err("it has no overview".to_owned()) } else { Ok(draft) }
    }

    /// Its lists of items, with their names.
    pub(super) fn lists(&self) -> [(&'static str, &Vec<Item>); 4] {
        let Self { overview, decisions, actions, moments, terms: _ } = self;
        [("overview", overview), ("decisions", decisions), ("actions", actions), ("moments", moments)]
    }

    fn lists_mut(&mut self) -> [(&'static str, &mut Vec<Item>); 4] {
        let Self { overview, decisions, actions, moments, terms: _ } = self;
        [("overview", overview), ("decisions", decisions), ("actions", actions), ("moments", moments)]
    }

    /// How many items it has.
    pub(super) fn len(&self) -> usize {
        self.lists().iter().map(|(_, items)| items.len()).sum()
    }

    /// The passages that it names.
    pub(super) fn passages(&self) -> BTreeSet<u32> {
        self.lists().iter().flat_map(|(_, items)| items.iter()).flat_map(|item| item.passages.iter().copied()).collect()
    }

    /// Without what is refused.
    pub(super) fn without(mut self, refused: &[Refused]) -> Self {
        for (list, items) in self.lists_mut() {
            let mut at = 0;
            items.retain(|_| {
                let is_kept = !refused.iter().any(|refused| refused.list == list && refused.at == at);
                at += 1;
                is_kept
            });
        }
        self
    }

    /// Several after one another.
    pub(super) fn joined(parts: Vec<Self>) -> Self {
        let mut whole = Self::default();
        for part in parts {
            whole.overview.extend(part.overview);
            whole.decisions.extend(part.decisions);
            whole.actions.extend(part.actions);
            whole.moments.extend(part.moments);
            for term in part.terms {
                if !whole.terms.contains(&term) {
                    whole.terms.push(term);
                }
            }
        }
        whole
    }

    /// With each decision and action of its parts that it left out: one of which it names no passage.
    pub(super) fn with_all_of(mut self, parts: Vec<Self>) -> Self {
        let parts = Self::joined(parts);
        let left_out = |kept: &[Item], all: Vec<Item>| -> Vec<Item> {
            all.into_iter().filter(|item| !kept.iter().any(|kept| kept.shares_a_passage(item))).collect()
        };
        let decisions = left_out(&self.decisions, parts.decisions);
        let actions = left_out(&self.actions, parts.actions);
        self.decisions.extend(decisions);
        self.actions.extend(actions);
        self
    }
}

/// The JSON schema of a summary. Each property is required and no other is allowed, as strict structured output demands.
pub(super) fn schema() -> Value {
    let text = json!({ "type": "string" });
    let list = |items: &Value| json!({ "type": "array", "items": items });
    let passages = list(&json!({ "type": "integer" }));
    let item = object(&[("text", &text), ("passages", &passages)]);
    let action = object(&[("text", &text), ("who", &text), ("by_when", &text), ("passages", &passages)]);
    object(&[
        ("overview", &list(&item)),
        ("decisions", &list(&item)),
        ("actions", &list(&action)),
        ("moments", &list(&item)),
        ("terms", &list(&text)),
    ])
}

fn object(properties: &[(&str, &Value)]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<String, Value> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), (*schema).clone())).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str, passages: &[u32]) -> Item {
        Item { text: text.to_owned(), passages: passages.to_vec(), ..Item::default() }
    }

    #[test]
    fn only_the_json_that_was_asked_for_is_accepted() {
        let good = json!({ "overview": [{ "text": "It is\u{202e} low.\n", "passages": [2, 1, 2] }] }).to_string();
        assert_eq!(Draft::of(&format!(" {good}\n")).unwrap().overview, [item("It is low.", &[1, 2])]);
        for bad in ["", "<html>busy</html>", "{}", "[]", "{\"overview\":[{\"te", "{\"overview\":[{\"page\":1}]}"] {
            assert!(Draft::of(bad).is_err(), "{bad}");
        }
        assert!(Draft::of(&good.replace("[2,1,2]", "[-1]")).is_err());
        assert!(Draft::of(&format!("{good} And more.")).is_err());
    }

    #[test]
    fn what_a_merge_leaves_out_of_decisions_and_actions_is_there_again() {
        let part = |passage| Draft {
            decisions: vec![item("Decided.", &[passage])],
            actions: vec![item("To do.", &[passage + 1])],
            ..Draft::default()
        };
        let merged = Draft { decisions: vec![item("Both.", &[1, 9])], ..Draft::default() };
        let whole = merged.with_all_of(vec![part(1), part(5)]);
        assert_eq!(whole.decisions, [item("Both.", &[1, 9]), item("Decided.", &[5])]);
        assert_eq!(whole.actions, [item("To do.", &[2]), item("To do.", &[6])]);
    }

    #[test]
    fn what_is_refused_goes_and_nothing_else() {
        let draft = Draft { overview: vec![item("One.", &[1]), item("Two.", &[2])], ..Draft::default() };
        let refused = [Refused { list: "overview", at: 0, why: String::new() }];
        assert_eq!(draft.without(&refused).overview, [item("Two.", &[2])]);
    }
}
