//! Values as they come: what is brought into bounds, what is refused, and that both databases give back the rest as it was.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_domain::money::MicroUsd;
use sluice_store::storable::{self, NAME_LIMIT, TEXT_LIMIT};
use sluice_store::{results, testing};
use sluice_testkit::TestStore;

use crate::{Dice, on_both, read, write};

on_both! {
    any_text_is_stored_as_it_is_but_for_nul
    any_json_comes_back_as_it_was
    numbers_at_their_limits_come_back_as_they_were
}

/// Any text: mostly what is usual, and now and then what is not.
fn text(dice: &mut Dice, longest: usize) -> String {
    const CHARS: [char; 16] =
        ['a', 'Z', '0', ' ', '\'', '"', '\\', '%', '\0', '\n', 'é', '…', 'ش', '\u{10ffff}', '\u{202e}', '\u{1f468}'];
    (0..dice.below(longest + 1)).map(|_| *dice.pick(&CHARS)).collect()
}

fn value(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => json!(dice.below(2) == 0),
        2 => json!(i64::from_le_bytes(dice.next().to_le_bytes())),
        3 => json!(dice.next()),
        // Few enough digits that reading them is exact.
        4 => json!(f64::from(u32::try_from(dice.next() >> 32).unwrap()) / 8.0),
        5 => json!(text(dice, 12)),
        6 => (0..dice.below(4)).map(|_| value(dice, depth - 1)).collect(),
        _ => Value::Object((0..dice.below(4)).map(|_| (text(dice, 6), value(dice, depth - 1))).collect()),
    }
}

#[test]
fn a_text_that_is_cut_has_its_beginning_and_ends_at_a_character() {
    let mut dice = Dice::new(1);
    for _ in 0..2_000 {
        let (long, limit) = (text(&mut dice, 40), dice.below(60));
        let clean = storable::text(&long);
        let short = storable::cut(&long, limit);
        assert!(!clean.contains('\0') && clean.chars().count() == long.chars().count());
        if clean.len() <= limit {
            assert_eq!(short, clean, "what fits is left as it is");
        } else {
            let begins = short.strip_suffix('…').expect("it says that something is missing");
            assert!(clean.starts_with(begins), "{short:?} of {clean:?}");
            assert!(short.len() <= limit.max('…'.len_utf8()), "{} of {limit}", short.len());
            let next = clean[begins.len()..].chars().next().unwrap();
            assert!(short.len() + next.len_utf8() > limit, "no shorter than it must be");
        }
    }
}

#[test]
fn a_fraction_is_always_a_part_of_a_whole() {
    let mut dice = Dice::new(2);
    let odd = [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::MIN_POSITIVE, f64::EPSILON, 1.0, 2.0];
    for x in odd.into_iter().chain((0..2_000).map(|_| f64::from_bits(dice.next()))) {
        let part = storable::fraction(x);
        assert!((0.0..=1.0).contains(&part), "{x} gave {part}");
        if (0.0..=1.0).contains(&x) {
            assert_eq!(part.to_bits(), x.to_bits());
        }
    }
}

#[test]
fn spans_and_amounts_stay_so_small_that_sums_of_them_fit() {
    let mut dice = Dice::new(3);
    let long = storable::span(Duration::MAX);
    for _ in 0..1_000 {
        let span = Duration::from_millis(dice.next());
        assert_eq!(storable::span(span), span.min(long));
        let amount = i64::from_le_bytes(dice.next().to_le_bytes());
        let kept = storable::money(MicroUsd(amount)).0;
        assert!(kept >= 0 && kept.checked_mul(1_000).is_some());
        assert!(kept == amount || amount < 0 || amount > kept);
    }
    let now = 1_800_000_000_000_i64;
    let millis = i64::try_from(long.as_millis()).unwrap();
    assert!(millis.checked_mul(1_000).and_then(|sum| sum.checked_add(now)).is_some());
}

#[test]
fn names_are_measured_in_bytes() {
    assert!(storable::name("a key", &"é".repeat(NAME_LIMIT / 2)).is_ok());
    let error = storable::name("a key", &"é".repeat(NAME_LIMIT / 2 + 1)).unwrap_err();
    assert_eq!(error.to_string(), "a key has 514 bytes, and may have 512");
    const { assert!(NAME_LIMIT < TEXT_LIMIT) };
}

#[test]
fn both_measures_of_depth_agree_and_what_passes_can_be_read_again() {
    let mut dice = Dice::new(4);
    for _ in 0..500 {
        let mut deep = value(&mut dice, 3);
        for _ in 0..90 + dice.below(20) {
            deep = if dice.below(2) == 0 {
                json!([text(&mut dice, 5), deep])
            } else {
                json!({ text(&mut dice, 5): deep })
            };
        }
        let written = deep.to_string();
        let (built, read) = (storable::json("it", &deep), storable::written_json("it", &written));
        let (built, read) = (built.map_err(|error| error.to_string()), read.map_err(|error| error.to_string()));
        assert_eq!(built, read, "{written}");
        if built.is_ok() {
            assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), deep);
        }
    }
}

async fn any_text_is_stored_as_it_is_but_for_nul(test: &TestStore) {
    let store = test.store();
    let mut dice = Dice::new(5);
    let texts: Vec<String> = (0..300).map(|_| text(&mut dice, 40)).collect();
    let create = "CREATE TABLE texts (place TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)";
    store.execute(create).await.unwrap();
    write(store, async |tx| {
        for (place, text) in texts.iter().enumerate() {
            let insert = "INSERT INTO texts (place, value) VALUES ($1, $2)";
            testing::run(tx, insert, &[&format!("{place:04}"), text]).await?;
        }
        Ok(())
    })
    .await;
    let query = "SELECT value FROM texts WHERE place >= $1 ORDER BY place";
    let found = read(store, async |tx| testing::texts(tx, query, &[""]).await).await;
    let expected: Vec<String> = texts.iter().map(|text| text.replace('\0', "\u{fffd}")).collect();
    assert_eq!(found, expected);
    // What is looked for is brought into the same form as what was stored.
    for text in texts.iter().filter(|text| text.contains('\0')).take(20) {
        let query = "SELECT value FROM texts WHERE value = $1 LIMIT 1";
        let found = read(store, async |tx| testing::texts(tx, query, &[text]).await).await;
        assert_eq!(found, [text.replace('\0', "\u{fffd}")]);
    }
}

async fn any_json_comes_back_as_it_was(test: &TestStore) {
    let store = test.store();
    let mut dice = Dice::new(6);
    let values: Vec<Value> = (0..150).map(|_| value(&mut dice, 4)).collect();
    write(store, async |tx| {
        for (place, value) in values.iter().enumerate() {
            results::store(tx, &place.to_string(), "any", value).await?;
        }
        Ok(())
    })
    .await;
    for (place, value) in values.iter().enumerate() {
        let found = read(store, async |tx| results::find(tx, &place.to_string()).await).await;
        assert_eq!(found.as_ref(), Some(value));
    }
    let long = json!({ "long": "…".repeat(1_000_000) });
    write(store, async |tx| results::store(tx, "long", "any", &long).await).await;
    assert_eq!(read(store, async |tx| results::find(tx, "long").await).await, Some(long));
}

async fn numbers_at_their_limits_come_back_as_they_were(test: &TestStore) {
    use sluice_store::blobs;
    let store = test.store();
    let sizes = [0, 1, u64::from(u32::MAX), 1 << 53, (1 << 53) + 1, u64::try_from(i64::MAX).unwrap(), u64::MAX];
    for (number, bytes) in sizes.into_iter().enumerate() {
        let hash = crate::hash(number);
        write(store, async |tx| blobs::adopt(tx, &[(hash.as_str(), bytes)]).await).await;
        let found = read(store, async |tx| blobs::find(tx, &hash).await).await.unwrap();
        assert_eq!(found.bytes, bytes.min(u64::try_from(i64::MAX).unwrap()), "as much as a column holds");
    }
}
