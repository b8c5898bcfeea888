//! The collection inside of a package: an SQLite database of schema 11, which every Anki reads.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::{Connection, Transaction, params};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::{Card, Deck, DeckError, fields, guid, names, notetype};

/// The tables and the indexes.
const SCHEMA: &str = "
CREATE TABLE col (id integer PRIMARY KEY, crt integer NOT NULL, mod integer NOT NULL, scm integer NOT NULL,
    ver integer NOT NULL, dty integer NOT NULL, usn integer NOT NULL, ls integer NOT NULL, conf text NOT NULL,
    models text NOT NULL, decks text NOT NULL, dconf text NOT NULL, tags text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, guid text NOT NULL, mid integer NOT NULL, mod integer NOT NULL,
    usn integer NOT NULL, tags text NOT NULL, flds text NOT NULL, sfld integer NOT NULL, csum integer NOT NULL,
    flags integer NOT NULL, data text NOT NULL);
CREATE TABLE cards (id integer PRIMARY KEY, nid integer NOT NULL, did integer NOT NULL, ord integer NOT NULL,
    mod integer NOT NULL, usn integer NOT NULL, type integer NOT NULL, queue integer NOT NULL, due integer NOT NULL,
    ivl integer NOT NULL, factor integer NOT NULL, reps integer NOT NULL, lapses integer NOT NULL,
    left integer NOT NULL, odue integer NOT NULL, odid integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE revlog (id integer PRIMARY KEY, cid integer NOT NULL, usn integer NOT NULL, ease integer NOT NULL,
    ivl integer NOT NULL, lastIvl integer NOT NULL, factor integer NOT NULL, time integer NOT NULL,
    type integer NOT NULL);
CREATE TABLE graves (usn integer NOT NULL, oid integer NOT NULL, type integer NOT NULL);
CREATE INDEX ix_notes_usn ON notes (usn);
CREATE INDEX ix_notes_csum ON notes (csum);
CREATE INDEX ix_cards_usn ON cards (usn);
CREATE INDEX ix_cards_nid ON cards (nid);
CREATE INDEX ix_cards_sched ON cards (did, queue, due);
CREATE INDEX ix_revlog_usn ON revlog (usn);
CREATE INDEX ix_revlog_cid ON revlog (cid);
";

/// Between the values of fields.
const SEPARATOR: &str = "\u{1f}";

/// Writes the collection to a new file.
pub(super) fn write(path: &Path, deck: &Deck, cards: &[Card]) -> Result<(), DeckError> {
    let mut connection = Connection::open(path)?;
    // A file that nobody needs after a crash. With the rollback journal in memory its header says `delete`, as it must.
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;")?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    describe(&transaction, deck, cards)?;
    fill(&transaction, guid::deck_id(&deck.id), cards)?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| DeckError::Collection(error))
}

/// The only row of the table of the collection itself.
fn describe(transaction: &Transaction<'_>, deck: &Deck, cards: &[Card]) -> Result<(), DeckError> {
    let changed = cards.iter().map(|card| card.changed_at.as_millis()).max().unwrap_or(0);
    let did = guid::deck_id(&deck.id);
    let description = fields::LineEnds::Spaces.html(&deck.credited());
    let models = json!({ notetype::ID.to_string(): notetype::schema_11() });
    let decks = json!({
        "1": deck_json(1, "Default", "", 0),
        did.to_string(): deck_json(did, &names::deck(&deck.name), &description, changed / 1000),
    });
    transaction.execute(
        "INSERT INTO col VALUES (1, ?1, ?2, ?2, 11, 0, 0, 0, ?3, ?4, ?5, ?6, '{}')",
        params![
            notetype::CHANGED_AT,
            changed,
            configuration(did, cards.len()).to_string(),
            models.to_string(),
            decks.to_string(),
            json!({ "1": options() }).to_string(),
        ],
    )?;
    Ok(())
}

fn deck_json(id: i64, name: &str, description: &str, changed_at: i64) -> Value {
    json!({
        "id": id, "name": name, "mod": changed_at, "usn": -1, "lrnToday": [0, 0], "revToday": [0, 0],
        "newToday": [0, 0], "timeToday": [0, 0], "collapsed": false, "browserCollapsed": false, "desc": description,
        "dyn": 0, "conf": 1, "extendNew": 0, "extendRev": 0,
    })
}

/// What older clients expect of a collection.
fn configuration(deck: i64, cards: usize) -> Value {
    json!({
        "activeDecks": [deck], "curDeck": deck, "curModel": notetype::ID, "nextPos": cards + 1, "sortType": "noteFld",
        "sortBackwards": false, "newSpread": 0, "collapseTime": 1200, "timeLim": 0, "estTimes": true,
        "dueCounts": true, "addToCur": true, "newBury": true,
    })
}

/// Anki's default options of decks. They are not imported, and have to be there.
fn options() -> Value {
    json!({
        "id": 1, "name": "Default", "mod": 0, "usn": 0, "maxTaken": 60, "autoplay": true, "timer": 0, "replayq": true,
        "new": { "delays": [1.0, 10.0], "ints": [1, 4, 7], "initialFactor": 2500, "order": 1, "perDay": 20,
                 "bury": false, "separate": true },
        "rev": { "perDay": 200, "ease4": 1.3, "fuzz": 0.05, "ivlFct": 1.0, "maxIvl": 36500, "minSpace": 1,
                 "bury": false },
        "lapse": { "delays": [10.0], "mult": 0.0, "minInt": 1, "leechFails": 8, "leechAction": 0 },
        "dyn": false,
    })
}

/// A note and a card for each.
fn fill(transaction: &Transaction<'_>, deck: i64, cards: &[Card]) -> Result<(), DeckError> {
    let mut notes = transaction.prepare("INSERT INTO notes VALUES (?1, ?2, ?3, ?4, -1, '', ?5, ?6, ?7, 0, '')")?;
    let mut rows = transaction
        .prepare("INSERT INTO cards VALUES (?1, ?1, ?2, 0, ?3, -1, 0, 0, ?4, 0, 0, 0, 0, 0, 0, 0, 0, '')")?;
    for ((card, id), due) in cards.iter().zip(note_ids(cards)).zip(1_i64..) {
        let changed = card.changed_at.as_millis() / 1000;
        let values = fields::values(card);
        let sort = card.source.split_whitespace().collect::<Vec<_>>().join(" ");
        let checksum = checksum(&sort);
        notes.execute(params![
            id,
            guid::guid(&card.id),
            notetype::ID,
            changed,
            values.join(SEPARATOR),
            sort,
            checksum
        ])?;
        rows.execute(params![id, deck, changed, due])?;
    }
    Ok(())
}

/// The ids of the notes, which Anki shows as the times when they were made: distinct, and close to those times.
fn note_ids(cards: &[Card]) -> Vec<i64> {
    let mut order: Vec<usize> = (0..cards.len()).collect();
    order.sort_by_key(|index| cards.get(*index).map(|card| card.created_at));
    let (mut ids, mut last) = (vec![0; cards.len()], 0);
    for index in order {
        let (Some(card), Some(id)) = (cards.get(index), ids.get_mut(index)) else { continue };
        last = card.created_at.as_millis().max(last + 1);
        *id = last;
    }
    ids
}

/// Anki's checksum of a note's first field: the first four bytes of the SHA-1 of its text.
fn checksum(text: &str) -> i64 {
    Sha1::digest(text.as_bytes()).iter().take(4).fold(0, |sum, byte| (sum << 8) | i64::from(*byte))
}

/// Refuses cards that Anki could not tell apart, or that have no front.
pub(super) fn check(cards: &[Card]) -> Result<(), DeckError> {
    if cards.is_empty() {
        return Err(DeckError::NoCards);
    }
    let mut seen = HashSet::with_capacity(cards.len());
    for card in cards {
        if fields::LineEnds::Spaces.html(&card.source).trim().is_empty() {
            return Err(DeckError::EmptySource { card: card.id.clone() });
        }
        if !seen.insert(card.id.as_str()) {
            return Err(DeckError::Repeated { card: card.id.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_ankis() {
        // Of a text that Anki itself was asked about.
        assert_eq!(checksum("hello  pic one.png "), 2_611_637_231);
    }
}
