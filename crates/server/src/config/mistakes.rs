//! Every mistake in a table that is read as one value: reading stops at the first, so that this is taken out, and the rest is
//! read again.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeValue, Error};

/// Stands for a text that is missing in one of several tables, so that the others keep their numbers. Nobody writes it.
pub(super) const MISSING: &str = "\0";
/// No more than these are said of one table.
const MOST: usize = 100;

/// What is wrong in a table, and what of it can be read.
#[derive(Debug)]
pub(super) struct Mistakes<'a> {
    pub(super) errors: Vec<Error>,
    /// The table without them; nothing if too little is left of it.
    pub(super) rest: Option<Spanned<DeValue<'a>>>,
}

/// Reads a table until there is nothing more to say.
pub(super) fn find<'a>(
    table: &Spanned<DeValue<'a>>,
    check: impl Fn(Spanned<DeValue<'_>>) -> Result<(), Error>,
) -> Mistakes<'a> {
    let mut rest = table.clone();
    let (mut errors, mut gone): (Vec<Error>, Vec<(String, Range<usize>)>) = (Vec::new(), Vec::new());
    // Places within a list are told by numbers: without one of its tables these would be wrong.
    let mut is_whole = true;
    let mut filled: Vec<(String, Range<usize>)> = Vec::new();
    while errors.len() < MOST {
        let Err(error) = check(rest.clone()) else {
            return Mistakes { errors, rest: Some(rest).filter(|_| is_whole) };
        };
        // What was taken out is missed next, which is no mistake of its own.
        let is_it = |name: &str, of: &Range<usize>| {
            error.message() == format!("missing field `{name}`") && error.span().as_ref() == Some(of)
        };
        let is_missed = gone.iter().any(|(name, of)| is_it(name, of));
        let missing = error.span().zip(missing_field(error.message()));
        let missing = missing.map(|(of, name)| (name, of)).filter(|one| !filled.contains(one));
        if missing.as_ref().is_some_and(|(name, of)| fill(&mut rest, name, of)) {
            filled.extend(missing);
            if !is_missed {
                errors.push(error);
            }
            continue;
        }
        let taken = error.span().and_then(|span| take_out(&mut rest, &span));
        if !is_missed {
            errors.push(error);
        }
        match taken {
            Some(Taken::Key { name, of }) => gone.push((name, of)),
            Some(Taken::Item { is_table }) => is_whole &= !is_table,
            None => break,
        }
    }
    Mistakes { errors, rest: None }
}

/// The name in "missing field `provider`".
fn missing_field(message: &str) -> Option<String> {
    Some(message.strip_prefix("missing field `")?.strip_suffix('`')?.to_owned())
}

/// Puts [`MISSING`] into the member of a list at this place; returns whether there is one, which is a table.
fn fill(value: &mut Spanned<DeValue<'_>>, name: &str, of: &Range<usize>) -> bool {
    match value.get_mut() {
        DeValue::Table(table) => table.iter_mut().any(|(_, value)| fill(value, name, of)),
        DeValue::Array(items) => items.iter_mut().any(|item| {
            if item.span() == *of
                && let DeValue::Table(table) = item.get_mut()
            {
                // Nothing else is at this place.
                let nowhere = of.start..of.start;
                let key = Spanned::new(nowhere.clone(), Cow::Owned(name.to_owned()));
                table.insert(key, Spanned::new(nowhere, DeValue::String(Cow::Borrowed(MISSING))));
                return true;
            }
            fill(item, name, of)
        }),
        _ => false,
    }
}

enum Taken {
    /// A key of the table at a place.
    Key { name: String, of: Range<usize> },
    /// A member of a list.
    Item { is_table: bool },
}

/// Takes out the innermost key or value at this place.
fn take_out(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>) -> Option<Taken> {
    let of = value.span();
    match value.get_mut() {
        DeValue::Table(table) => {
            if let Some(taken) = table.iter_mut().find_map(|(_, value)| take_out(value, span)) {
                return Some(taken);
            }
            let (key, _) = table.iter().find(|(key, value)| key.span() == *span || value.span() == *span)?;
            let name = key.get_ref().to_string();
            table.remove(name.as_str());
            Some(Taken::Key { name, of })
        }
        DeValue::Array(items) => {
            if let Some(taken) = items.iter_mut().find_map(|item| take_out(item, span)) {
                return Some(taken);
            }
            let is_table = items.iter().find(|item| item.span() == *span)?.get_ref().is_table();
            let all = std::mem::replace(items, DeArray::new());
            *items = all.into_iter().filter(|item| item.span() != *span).collect();
            Some(Taken::Item { is_table })
        }
        _ => None,
    }
}
