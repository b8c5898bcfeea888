//! Phrases, drafts, actions and exports.

use std::time::Duration;

use serde_json::json;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::job::JobState;
use sluice_domain::time::Timestamp;
use sluice_store::capture::{
    self, ActionId, ActionRow, DraftId, DraftRow, ExportId, ExportRow, Filter, Original, PhraseAudio, PhraseId,
    PhraseJob, PhraseRow, Sort, SourceKind, Status,
};
use sluice_store::jobs::JobError;
use sluice_store::{Store, StoreError, blobs};

use crate::{ada, omar, on_both_databases};

on_both_databases!(
    a_phrase_is_found_by_its_owner_alone,
    a_phrase_is_found_by_its_likeness_until_it_is_deleted,
    of_the_same_phrases_one_in_decks_is_the_first,
    a_likeness_is_written_later_and_no_version_with_it,
    a_phrase_is_written_as_a_whole_with_a_new_version,
    phrases_are_listed_as_they_are_asked_for,
    a_phrase_whose_job_is_gone_has_failed,
    what_is_approved_is_exported_once,
    what_is_deleted_goes_for_good_later,
    drafts_actions_and_exports_are_their_owners_alone,
);

async fn row(store: &Store, owner: &OwnerId, random: u8) -> PhraseRow {
    let now = store.now().await.unwrap();
    PhraseRow {
        id: PhraseId::new(now, [random; 10]),
        owner: owner.clone(),
        source: SourceKind::Text,
        original: None,
        text: format!("Фраза {random}"),
        language: Some("ru".to_owned()),
        language_sure: 1000,
        translate_to: "en".to_owned(),
        card: json!({ "origin": null }),
        doubts: 0,
        reading: None,
        audio: None,
        stored_status: Status::PendingReview,
        excluded: false,
        job: None,
        attempts: 0,
        error: None,
        version: 0,
        request: Some((format!("key-{random}"), "hash".to_owned())),
        search: format!("фраза {random}"),
        likeness: format!("Фраза {random}"),
        created_at: now,
        updated_at: now,
        content_at: now,
        exported_at: None,
        deleted_at: None,
    }
}

async fn phrase(store: &Store, owner: &OwnerId, random: u8) -> PhraseRow {
    let row = row(store, owner, random).await;
    store.write(async |tx| capture::insert(tx, &row).await).await.unwrap();
    row
}

async fn update(store: &Store, row: &PhraseRow) {
    store.write(async |tx| capture::update(tx, row).await).await.unwrap();
}

async fn found(store: &Store, row: &PhraseRow) -> PhraseRow {
    store.read(async |tx| capture::find(tx, &row.owner, &row.id).await).await.unwrap().unwrap()
}

/// Bytes that are there.
async fn blob(store: &Store, content: u8) -> String {
    let blob = hex::encode([content; 32]);
    store
        .write(async |tx| {
            let blobs::Registered::Ready(registration) = blobs::register(tx, &blob, 10).await? else { panic!() };
            assert!(blobs::confirm(tx, &blob, registration).await?);
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    blob
}

async fn has(store: &Store, owner: &OwnerId, blob: &str) -> bool {
    store.read(async |tx| blobs::is_referenced_by(tx, owner, blob).await).await.unwrap()
}

async fn a_phrase_is_found_by_its_owner_alone(store: &Store) {
    let row = phrase(store, &ada(), 1).await;
    let find = async |owner| store.read(async |tx| capture::find(tx, &owner, &row.id).await).await.unwrap();
    assert_eq!((find(ada()).await, find(omar()).await), (Some(row.clone()), None));
    let lock = async |owner| store.write(async |tx| capture::lock(tx, &owner, &row.id).await).await.unwrap();
    assert_eq!((lock(ada()).await, lock(omar()).await), (Some(row.clone()), None));
    let by_key = async |owner| store.read(async |tx| capture::find_by_key(tx, &owner, "key-1").await).await.unwrap();
    assert_eq!((by_key(ada()).await, by_key(omar()).await), (Some(row.clone()), None));
    let texts = async |owner: OwnerId, language: &'static str| {
        store.read(async |tx| capture::texts(tx, &owner, language, 5).await).await.unwrap()
    };
    assert_eq!(texts(ada(), "ru").await, ["Фраза 1"]);
    assert!(texts(omar(), "ru").await.is_empty() && texts(ada(), "ar").await.is_empty());
}

/// Those that are the same as a new phrase that is like this one.
async fn same_as(store: &Store, like: &PhraseRow) -> Vec<PhraseId> {
    let like = PhraseRow { id: PhraseId::new(like.created_at, [99; 10]), ..like.clone() };
    let texts = [like.text.as_str(), "e\u{301}"];
    let find = async |tx: &mut sluice_store::Tx| {
        capture::lock_texts(tx, &like.owner).await?;
        capture::same_as(tx, &like, texts, 5).await
    };
    store.write(find).await.unwrap()
}

async fn a_phrase_is_found_by_its_likeness_until_it_is_deleted(store: &Store) {
    let mut first = phrase(store, &ada(), 1).await;
    let again = PhraseRow { likeness: first.likeness.clone(), ..row(store, &ada(), 2).await };
    store.write(async |tx| capture::insert(tx, &again).await).await.unwrap();
    let both = [first.id.clone(), again.id.clone()];
    assert_eq!(same_as(store, &first).await, both, "the older one first");
    let itself = store.read(async |tx| capture::same_as(tx, &first, ["", ""], 5).await).await.unwrap();
    assert_eq!(itself, both[1..], "none is the same as itself");
    for other in [
        PhraseRow { owner: omar(), ..first.clone() },
        PhraseRow { likeness: "Фраза".to_owned(), ..first.clone() },
        PhraseRow { likeness: String::new(), ..first.clone() },
        PhraseRow { language: Some("es".to_owned()), ..first.clone() },
        PhraseRow { language: None, ..first.clone() },
        PhraseRow { translate_to: "de".to_owned(), ..first.clone() },
    ] {
        assert!(same_as(store, &other).await.is_empty(), "{other:?}");
    }
    first.deleted_at = Some(store.now().await.unwrap());
    update(store, &first).await;
    assert_eq!(same_as(store, &first).await, [again.id], "what was deleted is not there");
}

async fn of_the_same_phrases_one_in_decks_is_the_first(store: &Store) {
    let excluded = PhraseRow { excluded: true, ..row(store, &ada(), 1).await };
    let likeness = excluded.likeness.clone();
    let failed = PhraseRow { stored_status: Status::Failed, likeness: likeness.clone(), ..row(store, &ada(), 2).await };
    let card = PhraseRow { likeness, ..row(store, &ada(), 3).await };
    for row in [&excluded, &failed, &card] {
        store.write(async |tx| capture::insert(tx, row).await).await.unwrap();
    }
    assert_eq!(same_as(store, &card).await, [card.id.clone(), failed.id, excluded.id]);
}

async fn a_likeness_is_written_later_and_no_version_with_it(store: &Store) {
    let old = PhraseRow {
        text: "e\u{301}".to_owned(),
        search: "e\u{301}".to_owned(),
        likeness: String::new(),
        ..row(store, &ada(), 1).await
    };
    let unread = PhraseRow { text: String::new(), likeness: String::new(), ..row(store, &omar(), 2).await };
    for row in [&old, &unread] {
        store.write(async |tx| capture::insert(tx, row).await).await.unwrap();
    }
    let new = PhraseRow { text: "é".to_owned(), likeness: "é".to_owned(), ..old.clone() };
    let by_text = same_as(store, &new).await;
    assert_eq!(by_text.first(), Some(&old.id), "it is found by its text until then");
    let missing = async |after: &str| {
        let after = after.to_owned();
        store.read(async |tx| capture::without_likeness(tx, &after, 5).await).await.unwrap()
    };
    let found_old = missing("").await;
    assert_eq!(found_old.iter().map(|row| &row.id).collect::<Vec<_>>(), [&old.id], "a phrase without a text has none");
    assert!(missing(old.id.as_str()).await.is_empty());
    let set = async |row: &capture::Unlike| {
        store.write(async |tx| capture::set_likeness(tx, row, "é", "e").await).await.unwrap()
    };
    assert!(!set(&capture::Unlike { version: found_old[0].version + 1, ..found_old[0].clone() }).await);
    assert_eq!(found(store, &old).await, old, "it was changed since");
    assert!(set(&found_old[0]).await);
    assert_eq!(found(store, &old).await, PhraseRow { likeness: "é".to_owned(), search: "e".to_owned(), ..old.clone() });
    assert_eq!((missing("").await, same_as(store, &new).await), (Vec::new(), vec![old.id]));
}

async fn a_phrase_is_written_as_a_whole_with_a_new_version(store: &Store) {
    let (picture, sound) = (blob(store, 1).await, blob(store, 2).await);
    let new = PhraseRow {
        source: SourceKind::Image,
        original: Some(Original {
            blob: picture.clone(),
            name: "a.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
        }),
        ..row(store, &ada(), 1).await
    };
    store.write(async |tx| capture::insert(tx, &new).await).await.unwrap();
    assert_eq!((found(store, &new).await, has(store, &ada(), &picture).await), (new.clone(), true));

    let audio =
        PhraseAudio { blob: sound.clone(), ending: "mp3".to_owned(), made_by: "espeak-ng 1.51".to_owned(), own: false };
    let changed = PhraseRow {
        text: "Другая".to_owned(),
        language: None,
        language_sure: 300,
        card: json!({ "origin": { "a": 1 } }),
        doubts: 3,
        reading: Some(json!({ "lines": [] })),
        audio: Some(audio),
        stored_status: Status::Approved,
        excluded: true,
        attempts: 2,
        error: Some(JobError { code: "no_text".to_owned(), message: "There is none.".to_owned() }),
        search: "другая".to_owned(),
        ..new.clone()
    };
    update(store, &changed).await;
    let now = found(store, &new).await;
    assert_eq!(now, PhraseRow { version: 1, updated_at: now.updated_at, ..changed.clone() });
    assert!(has(store, &ada(), &sound).await);
    // Of another owner nothing changes, and a sound that is gone is released.
    update(store, &PhraseRow { owner: omar(), original: None, audio: None, text: "no".to_owned(), ..changed.clone() })
        .await;
    update(store, &PhraseRow { audio: None, ..changed }).await;
    let now = found(store, &new).await;
    assert_eq!((now.version, now.text.as_str()), (2, "Другая"));
    assert_eq!((has(store, &ada(), &sound).await, has(store, &ada(), &picture).await), (false, true));
}

async fn ids(store: &Store, filter: Filter) -> Vec<PhraseId> {
    let rows = store.read(async |tx| capture::listed(tx, &ada(), &filter, 10).await).await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

async fn phrases_are_listed_as_they_are_asked_for(store: &Store) {
    let mut rows = Vec::new();
    for random in 1..=4 {
        let row = phrase(store, &ada(), random).await;
        rows.push(row.id.clone());
        let changed = PhraseRow {
            doubts: u32::from(random % 3),
            excluded: random == 4,
            language: Some(if random == 2 { "ar" } else { "ru" }.to_owned()),
            stored_status: if random == 1 { Status::Approved } else { Status::PendingReview },
            search: format!("50% {random}"),
            ..row
        };
        update(store, &changed).await;
        store.advance_clock(Duration::from_secs(1)).await.unwrap();
    }
    phrase(store, &omar(), 9).await;
    let [one, two, three, four] = [0, 1, 2, 3].map(|at| rows[at].clone());
    assert_eq!(ids(store, Filter::default()).await, [&four, &three, &two, &one].map(Clone::clone));
    let sorted = async |sort| ids(store, Filter { sort, ..Filter::default() }).await;
    assert_eq!(sorted(Sort::Oldest).await, [&one, &two, &three, &four].map(Clone::clone));
    assert_eq!(sorted(Sort::Changed).await, [&four, &three, &two, &one].map(Clone::clone));
    assert_eq!(sorted(Sort::Doubtful).await, [&two, &four, &one, &three].map(Clone::clone));
    let only = async |filter| ids(store, filter).await;
    assert_eq!(only(Filter { status: Some(Status::Approved), ..Filter::default() }).await, std::slice::from_ref(&one));
    assert_eq!(only(Filter { language: Some("ar".to_owned()), ..Filter::default() }).await, std::slice::from_ref(&two));
    assert_eq!(only(Filter { excluded: Some(true), ..Filter::default() }).await, std::slice::from_ref(&four));
    assert_eq!(only(Filter { doubtful: Some(false), ..Filter::default() }).await, std::slice::from_ref(&three));
    assert_eq!(only(Filter { words: "50% 3".to_owned(), ..Filter::default() }).await, std::slice::from_ref(&three));
    assert!(only(Filter { source: Some(SourceKind::Audio), ..Filter::default() }).await.is_empty());
    // Page by page, in every order.
    for sort in [Sort::Newest, Sort::Oldest, Sort::Changed, Sort::Doubtful] {
        let mut filter = Filter { sort, ..Filter::default() };
        let mut paged = Vec::new();
        loop {
            let page = store.read(async |tx| capture::listed(tx, &ada(), &filter, 1).await).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.after = Some((sort.key(last), last.id.clone()));
            paged.push(last.id.clone());
        }
        assert_eq!(paged, sorted(sort).await, "{sort:?}");
    }
    let counts = store.read(async |tx| capture::counts(tx, &ada()).await).await.unwrap();
    assert_eq!(counts.len(), 2);
    assert!(counts.contains(&(Status::Approved, 1)) && counts.contains(&(Status::PendingReview, 3)), "{counts:?}");
}

async fn a_phrase_whose_job_is_gone_has_failed(store: &Store) {
    let row = phrase(store, &ada(), 1).await;
    let id = JobId::new(row.created_at, [7; 10]);
    let job = PhraseJob { id, what: "make".to_owned(), state: None, stage: None, error: None };
    update(store, &PhraseRow { stored_status: Status::Processing, job: Some(job.clone()), ..row.clone() }).await;
    let now = found(store, &row).await;
    assert_eq!((now.status(), now.job.clone(), now.open_job()), (Status::Failed, Some(job.clone()), None));
    let with = |state| PhraseRow { job: Some(PhraseJob { state: Some(state), ..job.clone() }), ..now.clone() }.status();
    assert_eq!([JobState::Running, JobState::Ready, JobState::Succeeded].map(with), [Status::Processing; 3]);
    assert_eq!([JobState::Dead, JobState::Cancelled, JobState::Expired].map(with), [Status::Failed; 3]);
    // The list and the counts say the same.
    assert_eq!(
        ids(store, Filter { status: Some(Status::Failed), ..Filter::default() }).await,
        std::slice::from_ref(&row.id)
    );
    let counts = store.read(async |tx| capture::counts(tx, &ada()).await).await.unwrap();
    assert_eq!(counts, [(Status::Failed, 1)]);
}

async fn exportable(store: &Store, everything: bool) -> Vec<PhraseRow> {
    store.read(async |tx| capture::exportable(tx, &ada(), everything, "", 10).await).await.unwrap()
}

async fn what_is_approved_is_exported_once(store: &Store) {
    let one = PhraseRow { stored_status: Status::Approved, ..phrase(store, &ada(), 1).await };
    let two = PhraseRow { stored_status: Status::Approved, ..phrase(store, &ada(), 2).await };
    let excluded = PhraseRow { excluded: true, ..two.clone() };
    phrase(store, &ada(), 3).await;
    for row in [&one, &excluded] {
        update(store, row).await;
    }
    let found_ids = |rows: &[PhraseRow]| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>();
    assert_eq!(found_ids(&exportable(store, true).await), std::slice::from_ref(&one.id));
    update(store, &two).await;
    let read = exportable(store, false).await;
    assert_eq!(found_ids(&read), [one.id.clone(), two.id.clone()]);
    let after = store.read(async |tx| capture::exportable(tx, &ada(), false, one.id.as_str(), 10).await).await.unwrap();
    assert_eq!(found_ids(&after), std::slice::from_ref(&two.id));

    // The second changes while the deck is written: it is not marked.
    let cards: Vec<(PhraseId, Timestamp)> = read.iter().map(|row| (row.id.clone(), row.content_at)).collect();
    let later = two.content_at + Duration::from_secs(1);
    update(store, &PhraseRow { content_at: later, ..two.clone() }).await;
    let mark = async |owner: OwnerId, cards: &[(PhraseId, Timestamp)]| {
        store.write(async |tx| capture::mark_exported(tx, &owner, cards).await).await.unwrap()
    };
    assert_eq!((mark(omar(), &cards).await, mark(ada(), &cards).await), (0, 1));
    assert_eq!(found_ids(&exportable(store, false).await), std::slice::from_ref(&two.id));
    assert_eq!(found(store, &one).await.status(), Status::Exported);
    // Marked with a time that is still to come, it counts as exported all the same; changed afterwards it does not.
    assert_eq!(mark(ada(), &[(two.id.clone(), later)]).await, 1);
    assert!(exportable(store, false).await.is_empty());
    assert_eq!(exportable(store, true).await.len(), 2);
    let exported = found(store, &two).await;
    update(store, &PhraseRow { content_at: later + Duration::from_secs(1), ..exported }).await;
    assert_eq!(found_ids(&exportable(store, false).await), [two.id]);
}

async fn what_is_deleted_goes_for_good_later(store: &Store) {
    let sound = blob(store, 3).await;
    let audio = PhraseAudio { blob: sound.clone(), ending: "mp3".to_owned(), made_by: String::new(), own: true };
    let row = PhraseRow { audio: Some(audio), ..phrase(store, &ada(), 1).await };
    let now = store.now().await.unwrap();
    update(store, &PhraseRow { deleted_at: Some(now), ..row.clone() }).await;
    let find = async || store.read(async |tx| capture::find(tx, &ada(), &row.id).await).await.unwrap();
    assert_eq!(find().await, None);
    assert!(ids(store, Filter::default()).await.is_empty());
    let lock = store.write(async |tx| capture::lock(tx, &ada(), &row.id).await).await.unwrap().unwrap();
    assert_eq!((lock.deleted_at, lock.request.clone()), (Some(now), None), "its key can be used again");
    assert!(has(store, &ada(), &sound).await);
    let deleted = async |before| store.read(async |tx| capture::deleted(tx, before, 5).await).await.unwrap();
    assert!(deleted(now).await.is_empty());
    assert_eq!(deleted(now + Duration::from_secs(1)).await, [(ada(), row.id.clone())]);
    let of_owner = store.read(async |tx| capture::of_owner(tx, &ada(), 5).await).await.unwrap();
    assert_eq!(of_owner, std::slice::from_ref(&row.id));
    let forget = async |owner: OwnerId| {
        store.write(async |tx| capture::forget(tx, &owner, std::slice::from_ref(&row.id)).await).await.unwrap()
    };
    assert_eq!([forget(omar()).await, forget(ada()).await, forget(ada()).await], [0, 1, 0]);
    assert!(!has(store, &ada(), &sound).await);
}

async fn drafts_actions_and_exports_are_their_owners_alone(store: &Store) {
    let now = store.now().await.unwrap();
    let draft = DraftRow {
        id: DraftId::new(now, [1; 10]),
        owner: ada(),
        request: json!({ "theme": "tea" }),
        job: JobId::new(now, [2; 10]),
        job_state: None,
        error: None,
        texts: Vec::new(),
        created_at: now,
    };
    store.write(async |tx| capture::insert_draft(tx, &draft).await).await.unwrap();
    let texts = ["Чай".to_owned()];
    let set = async |owner: OwnerId| {
        store.write(async |tx| capture::set_drafts(tx, &owner, &draft.id, &texts).await).await.unwrap()
    };
    assert_eq!((set(omar()).await, set(ada()).await), (false, true));
    let find = async |owner: OwnerId| store.read(async |tx| capture::draft(tx, &owner, &draft.id).await).await.unwrap();
    assert_eq!(find(omar()).await, None);
    assert_eq!(find(ada()).await, Some(DraftRow { texts: texts.to_vec(), ..draft.clone() }));

    let action = ActionRow {
        id: ActionId::new(now, [3; 10]),
        owner: ada(),
        action: "approved".to_owned(),
        before: json!([{ "others": [] }]),
        created_at: now,
    };
    store.write(async |tx| capture::insert_action(tx, &action).await).await.unwrap();
    let with = async |owner: OwnerId, action: &'static str, part: &'static str| {
        store.read(async |tx| capture::actions_with(tx, &owner, action, part).await).await.unwrap()
    };
    assert_eq!(with(ada(), "approved", "\"others\"").await, std::slice::from_ref(&action));
    assert!(with(omar(), "approved", "\"others\"").await.is_empty());
    assert!(with(ada(), "deleted", "\"others\"").await.is_empty());
    assert!(with(ada(), "approved", "\"oth_rs\"").await.is_empty());
    let take = async |owner: OwnerId| {
        store.write(async |tx| capture::take_action(tx, &owner, &action.id).await).await.unwrap()
    };
    assert_eq!((take(omar()).await, take(ada()).await, take(ada()).await), (None, Some(action.clone()), None));
    store.write(async |tx| capture::insert_action(tx, &action).await).await.unwrap();
    let before = async |at| store.write(async |tx| capture::actions_before(tx, at, 5).await).await.unwrap();
    assert_eq!((before(now).await, before(now + Duration::from_secs(1)).await), (0, 1));

    let export = ExportRow {
        id: ExportId::new(now, [4; 10]),
        owner: ada(),
        form: "package".to_owned(),
        deck: "Tea".to_owned(),
        everything: false,
        finished: None,
        error: None,
        created_at: now,
    };
    store.write(async |tx| capture::insert_export(tx, &export).await).await.unwrap();
    let find =
        async |owner: OwnerId| store.read(async |tx| capture::export_of(tx, &owner, &export.id).await).await.unwrap();
    assert_eq!((find(omar()).await, find(ada()).await), (None, Some(export.clone())));
    let finish = async |owner: OwnerId, ended: Result<u32, &'static str>| {
        store.write(async |tx| capture::finish_export(tx, &owner, &export.id, ended).await).await.unwrap();
    };
    finish(ada(), Err("the reader left")).await;
    assert_eq!(find(ada()).await.unwrap().error.as_deref(), Some("the reader left"));
    finish(omar(), Ok(9)).await;
    finish(ada(), Ok(2)).await;
    let finished = find(ada()).await.unwrap();
    assert_eq!((finished.finished.map(|(cards, _)| cards), finished.error), (Some(2), None));
    old_ones_of_all_and_all_of_one_are_removed(store, &export).await;
}

/// With a draft and an export of one owner.
async fn old_ones_of_all_and_all_of_one_are_removed(store: &Store, export: &ExportRow) {
    let (now, later) = (export.created_at, export.created_at + Duration::from_secs(1));
    let old = async |table, before, skip| {
        store.read(async |tx| capture::old_others(tx, table, before, skip, 5).await).await.unwrap()
    };
    assert_eq!(old("capture_exports", now, 0).await, [] as [String; 0]);
    assert_eq!(old("capture_exports", later, 1).await, [] as [String; 0]);
    let stored = old("capture_exports", later, 0).await;
    assert_eq!(stored, [export.id.to_string()]);
    let forget = async |table| store.write(async |tx| capture::forget_others(tx, table, &stored).await).await.unwrap();
    assert_eq!([forget("capture_drafts").await, forget("capture_exports").await], [0, 1]);
    store.write(async |tx| capture::insert_export(tx, export).await).await.unwrap();
    let forget_of =
        async |owner: OwnerId| store.write(async |tx| capture::forget_others_of(tx, &owner, 5).await).await.unwrap();
    assert_eq!([forget_of(omar()).await, forget_of(ada()).await, forget_of(ada()).await], [0, 2, 0]);
}
