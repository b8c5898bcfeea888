//! Accounts, sessions, tokens, identities, invitations.

use std::time::Duration;

use sluice_domain::account::{AccountState, Email, Role, Scope};
use sluice_domain::ids::{AccountId, InvitationId, OwnerId, SessionId, TokenId};
use sluice_domain::limits::Overrides;
use sluice_domain::time::Timestamp;
use sluice_store::accounts::{self, AccountRow, InvitationRow, SessionRow, TokenRow};
use sluice_store::{Store, StoreError};

use crate::on_both_databases;

on_both_databases!(
    an_account_is_found_by_its_owner_its_address_and_its_identity,
    an_address_has_one_account_however_it_is_changed,
    administrators_are_those_who_can_act,
    a_session_is_its_secret_and_the_one_before_for_a_moment,
    sessions_are_listed_and_ended_by_their_owner_alone,
    a_token_is_found_by_its_secret_until_it_ends,
    an_invitation_makes_one_account,
    what_has_ended_is_deleted_in_batches,
    a_deleted_account_is_leaving_until_nothing_is_left_of_it,
);

fn email(text: &str) -> Email {
    text.parse().unwrap()
}

fn account(now: Timestamp, random: u8, address: &str, role: Role) -> AccountRow {
    AccountRow {
        owner: AccountId::new(now, [random; 10]).owner(),
        email: Some(email(address)),
        name: format!("Person {random}"),
        password: Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned()),
        role,
        plan: "standard".to_owned(),
        limits: Overrides::default(),
        state: AccountState::Active,
        link_epoch: 0,
        created_at: now,
        updated_at: now,
    }
}

async fn now(store: &Store) -> Timestamp {
    store.read(async |tx| tx.now().await).await.unwrap()
}

async fn added(store: &Store, random: u8, address: &str, role: Role) -> AccountRow {
    let row = account(now(store).await, random, address, role);
    assert!(store.write(async |tx| accounts::insert(tx, &row).await).await.unwrap());
    row
}

async fn changed(store: &Store, row: &AccountRow) -> bool {
    store.write(async |tx| accounts::update(tx, row).await).await.unwrap()
}

async fn an_account_is_found_by_its_owner_its_address_and_its_identity(store: &Store) {
    assert!(!store.read(async |tx| accounts::any(tx).await).await.unwrap());
    let (ada, omar) = (
        added(store, 1, "ada@example.org", Role::Admin).await,
        added(store, 2, "omar@example.org", Role::Member).await,
    );
    assert!(store.read(async |tx| accounts::any(tx).await).await.unwrap());
    let issuer = "https://issuer.example";
    let link = async |owner: &OwnerId, subject: &str| {
        store
            .write(async |tx| {
                let now = tx.now().await?;
                accounts::link_identity(tx, owner, issuer, subject, now).await
            })
            .await
            .unwrap()
    };
    assert!(link(&ada.owner, "user-1").await);
    assert!(!link(&omar.owner, "user-1").await, "a subject stays with its account");
    let found = store
        .read(async |tx| {
            let by_owner = accounts::account(tx, &ada.owner).await?;
            let by_email = accounts::by_email(tx, &email(" ADA@example.org ")).await?;
            let by_identity = accounts::by_identity(tx, issuer, "user-1").await?;
            let nobody = accounts::by_identity(tx, "https://other.example", "user-1").await?;
            Ok::<_, StoreError>((by_owner, by_email, by_identity, nobody))
        })
        .await
        .unwrap();
    assert_eq!(found, (Some(ada.clone()), Some(ada.clone()), Some(ada.clone()), None));
    let locked = store.write(async |tx| accounts::locked(tx, &omar.owner).await).await.unwrap();
    assert_eq!(locked, Some(omar.clone()));
    let first = store.read(async |tx| accounts::list(tx, "", 1).await).await.unwrap();
    let rest = store.read(async |tx| accounts::list(tx, first[0].owner.as_str(), 10).await).await.unwrap();
    assert_eq!((first, rest), (vec![ada], vec![omar]));
}

async fn an_address_has_one_account_however_it_is_changed(store: &Store) {
    let ada = added(store, 1, "ada@example.org", Role::Admin).await;
    let twin = account(ada.created_at, 2, "ada@example.org", Role::Member);
    assert!(!store.write(async |tx| accounts::insert(tx, &twin).await).await.unwrap());
    let omar = added(store, 3, "omar@example.org", Role::Member).await;
    assert!(!changed(store, &AccountRow { email: ada.email.clone(), ..omar.clone() }).await);
    let moved = AccountRow { email: Some(email("omar@example.net")), name: "Omar".to_owned(), link_epoch: 1, ..omar };
    assert!(changed(store, &moved).await);
    // A tombstone has no address, so that the person may come back.
    let gone = AccountRow { email: None, password: None, state: AccountState::Deleted, ..moved.clone() };
    assert!(changed(store, &gone).await);
    assert_eq!(store.read(async |tx| accounts::by_email(tx, &email("omar@example.net")).await).await.unwrap(), None);
    assert_eq!(store.read(async |tx| accounts::account(tx, &moved.owner).await).await.unwrap(), Some(gone));
    assert_eq!(store.read(async |tx| accounts::list(tx, "", 10).await).await.unwrap().len(), 1);
    added(store, 4, "omar@example.net", Role::Member).await;
}

async fn administrators_are_those_who_can_act(store: &Store) {
    let ada = added(store, 1, "ada@example.org", Role::Admin).await;
    let zoe = added(store, 2, "zoe@example.org", Role::Admin).await;
    added(store, 3, "omar@example.org", Role::Member).await;
    let administrators = async || store.write(async |tx| accounts::administrators(tx).await).await.unwrap();
    assert_eq!(administrators().await, [ada.owner.clone(), zoe.owner.clone()]);
    assert!(changed(store, &AccountRow { state: AccountState::Suspended, ..zoe }).await);
    assert_eq!(administrators().await, [ada.owner]);
}

fn session(owner: &OwnerId, now: Timestamp, random: u8, hours: u64) -> SessionRow {
    SessionRow {
        id: SessionId::new(now, [random; 10]),
        owner: owner.clone(),
        hash: format!("{random:064}"),
        previous_hash: None,
        rotated_at: now,
        user_agent: "Mozilla/5.0 (X11; Linux x86_64)".to_owned(),
        address: "192.0.2.7".to_owned(),
        created_at: now,
        seen_at: now,
        expires_at: now + Duration::from_hours(hours),
    }
}

async fn a_session_is_its_secret_and_the_one_before_for_a_moment(store: &Store) {
    let ada = added(store, 1, "ada@example.org", Role::Member).await;
    let start = now(store).await;
    let row = session(&ada.owner, start, 1, 2);
    store.write(async |tx| accounts::insert_session(tx, &row).await).await.unwrap();
    let find = async |hash: &str, at: Timestamp, rotated_after: Timestamp| {
        store.read(async |tx| accounts::session(tx, hash, at, rotated_after).await).await.unwrap()
    };
    assert_eq!(find(&row.hash, start, start).await, Some((row.clone(), ada.clone())));
    assert_eq!(find(&row.hash, row.expires_at, start).await, None, "it has ended");
    assert_eq!(find("none", start, start).await, None);

    let (later, end) = (start + Duration::from_mins(5), start + Duration::from_hours(9));
    let rotate = async |old: &str, new: &str| {
        store.write(async |tx| accounts::rotate_session(tx, &row.id, old, new, later, end).await).await.unwrap()
    };
    assert!(rotate(&row.hash, "new").await);
    assert!(!rotate(&row.hash, "another").await, "it is rotated once");
    let rotated = find("new", later, later).await.unwrap().0;
    assert_eq!((rotated.previous_hash.as_deref(), rotated.expires_at), (Some(row.hash.as_str()), end));
    assert!(find(&row.hash, later, start).await.is_some(), "requests on their way have the old one");
    assert_eq!(find(&row.hash, later, later).await, None, "for a moment");

    let seen = later + Duration::from_mins(2);
    store.write(async |tx| accounts::touch_session(tx, &row.id, seen, end).await).await.unwrap();
    assert_eq!(find("new", seen, later).await.unwrap().0.seen_at, seen);
    assert!(changed(store, &AccountRow { state: AccountState::Suspended, ..ada }).await);
    assert_eq!(find("new", seen, later).await, None, "of a suspended account");
}

async fn sessions_are_listed_and_ended_by_their_owner_alone(store: &Store) {
    let ada = added(store, 1, "ada@example.org", Role::Member).await.owner;
    let omar = added(store, 2, "omar@example.org", Role::Member).await.owner;
    let start = now(store).await;
    let rows = [
        session(&ada, start, 1, 1),
        session(&ada, start, 2, 5),
        session(&ada, start, 3, 5),
        session(&omar, start, 4, 5),
    ];
    for row in &rows {
        store.write(async |tx| accounts::insert_session(tx, row).await).await.unwrap();
    }
    let listed = async |owner: &OwnerId| {
        let later = start + Duration::from_hours(2);
        let rows = store.read(async |tx| accounts::sessions(tx, owner, later, None, 10).await).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(&ada).await, [rows[2].id.clone(), rows[1].id.clone()], "the latest first, without the ended one");
    let page = async |before: Option<&SessionId>| {
        store.read(async |tx| accounts::sessions(tx, &ada, start, before, 2).await).await.unwrap()
    };
    assert_eq!(page(None).await, [rows[2].clone(), rows[1].clone()]);
    assert_eq!(page(Some(&rows[1].id)).await, [rows[0].clone()]);
    let lasts = async |owner: &OwnerId, n: usize, at: Timestamp| {
        store.read(async |tx| accounts::session_lasts(tx, owner, &rows[n].id, at).await).await.unwrap()
    };
    let later = start + Duration::from_hours(2);
    assert!(lasts(&ada, 0, start).await && !lasts(&ada, 0, later).await && lasts(&ada, 1, later).await);
    assert!(!lasts(&omar, 1, start).await, "it is somebody else's");
    let end = async |owner: &OwnerId, id: &SessionId| {
        store.write(async |tx| accounts::end_session(tx, owner, id).await).await.unwrap()
    };
    assert!(!end(&omar, &rows[1].id).await && end(&ada, &rows[1].id).await && !end(&ada, &rows[1].id).await);
    let others = store.write(async |tx| accounts::end_sessions(tx, &ada, Some(&rows[2].id)).await).await.unwrap();
    assert_eq!((others, listed(&ada).await), (1, vec![rows[2].id.clone()]));
    assert_eq!(store.write(async |tx| accounts::end_sessions(tx, &ada, None).await).await.unwrap(), 1);
    assert_eq!(listed(&omar).await, [rows[3].id.clone()]);
}

fn token(owner: &OwnerId, now: Timestamp, random: u8, expires_at: Option<Timestamp>) -> TokenRow {
    TokenRow {
        id: TokenId::new(now, [random; 10]),
        owner: owner.clone(),
        name: format!("script {random}"),
        hash: format!("{random:064}"),
        shown: "slc_abcd".to_owned(),
        scopes: [Scope::Read, Scope::Write].into_iter().collect(),
        created_at: now,
        expires_at,
        used_at: None,
    }
}

async fn a_token_is_found_by_its_secret_until_it_ends(store: &Store) {
    let ada = added(store, 1, "ada@example.org", Role::Member).await;
    let omar = added(store, 2, "omar@example.org", Role::Member).await;
    let start = now(store).await;
    let end = start + Duration::from_hours(1);
    let rows =
        [token(&ada.owner, start, 1, None), token(&ada.owner, start, 2, Some(end)), token(&omar.owner, start, 3, None)];
    for row in &rows {
        store.write(async |tx| accounts::insert_token(tx, row).await).await.unwrap();
    }
    let find = async |row: &TokenRow, at: Timestamp| {
        store.read(async |tx| accounts::token(tx, &row.hash, at).await).await.unwrap()
    };
    assert_eq!(find(&rows[1], start).await, Some((rows[1].clone(), ada.clone())));
    assert_eq!(find(&rows[1], end).await, None, "it has ended");
    assert!(find(&rows[0], end).await.is_some(), "this one does not");
    store.write(async |tx| accounts::touch_token(tx, &rows[0].id, end).await).await.unwrap();
    let listed = store.read(async |tx| accounts::tokens(tx, &ada.owner, None, 10).await).await.unwrap();
    let used = TokenRow { used_at: Some(end), ..rows[0].clone() };
    assert_eq!(listed, [rows[1].clone(), used.clone()]);
    let page = async |before: Option<&TokenId>| {
        store.read(async |tx| accounts::tokens(tx, &ada.owner, before, 1).await).await.unwrap()
    };
    assert_eq!((page(None).await, page(Some(&rows[1].id)).await), (vec![rows[1].clone()], vec![used]));
    let revoke = async |owner: &OwnerId| {
        store.write(async |tx| accounts::revoke_token(tx, owner, &rows[0].id).await).await.unwrap()
    };
    let lasts = async |owner: &OwnerId, n: usize, at: Timestamp| {
        store.read(async |tx| accounts::token_lasts(tx, owner, &rows[n].id, at).await).await.unwrap()
    };
    assert!(lasts(&ada.owner, 0, end).await && lasts(&ada.owner, 1, start).await && !lasts(&ada.owner, 1, end).await);
    assert!(!lasts(&omar.owner, 0, start).await, "it is somebody else's");
    assert!(!revoke(&omar.owner).await && revoke(&ada.owner).await);
    assert!(!lasts(&ada.owner, 0, start).await);
    assert_eq!(find(&rows[0], start).await, None);
    let revoked = store.write(async |tx| accounts::revoke_tokens(tx, &ada.owner).await).await.unwrap();
    assert!(revoked == 1 && find(&rows[1], start).await.is_none() && find(&rows[2], start).await.is_some());
    assert!(changed(store, &AccountRow { state: AccountState::Suspended, ..omar }).await);
    assert_eq!(find(&rows[2], start).await, None, "of a suspended account");
}

fn invitation(owner: &OwnerId, now: Timestamp, random: u8, address: Option<&str>) -> InvitationRow {
    InvitationRow {
        id: InvitationId::new(now, [random; 10]),
        owner: owner.clone(),
        hash: format!("{random:064}"),
        email: address.map(email),
        role: Role::Member,
        plan: "standard".to_owned(),
        created_at: now,
        expires_at: now + Duration::from_hours(72),
    }
}

async fn an_invitation_makes_one_account(store: &Store) {
    let start = now(store).await;
    let system = OwnerId::system();
    let rows = [invitation(&system, start, 1, None), invitation(&system, start, 2, Some("omar@example.org"))];
    for row in &rows {
        store.write(async |tx| accounts::insert_invitation(tx, row).await).await.unwrap();
    }
    let find = async |hash: &str, at: Timestamp| {
        store.read(async |tx| accounts::invitation(tx, hash, at).await).await.unwrap()
    };
    assert_eq!(find(&rows[1].hash, start).await, Some(rows[1].clone()));
    assert_eq!(find(&rows[1].hash, rows[1].expires_at).await, None);
    let find_for = async |address: &str, at: Timestamp| {
        store.read(async |tx| accounts::invitation_for(tx, &email(address), at).await).await.unwrap()
    };
    assert_eq!(find_for("omar@example.org", start).await, Some(rows[1].clone()));
    assert_eq!(find_for("omar@example.org", rows[1].expires_at).await, None);
    assert_eq!(find_for("ada@example.org", start).await, None, "one without an address is for whoever has the link");
    let listed = store.read(async |tx| accounts::invitations(tx, start, None, 10).await).await.unwrap();
    assert_eq!(listed, [rows[1].clone(), rows[0].clone()]);
    let page = async |before: Option<&InvitationId>| {
        store.read(async |tx| accounts::invitations(tx, start, before, 1).await).await.unwrap()
    };
    assert_eq!((page(None).await, page(Some(&rows[1].id)).await), (vec![rows[1].clone()], vec![rows[0].clone()]));
    let end = async |id: &InvitationId| store.write(async |tx| accounts::end_invitation(tx, id).await).await.unwrap();
    assert!(end(&rows[0].id).await && !end(&rows[0].id).await, "it is used once");
    assert_eq!(store.write(async |tx| accounts::end_invitations(tx, &system).await).await.unwrap(), 1);
    assert_eq!(find(&rows[1].hash, start).await, None);
}

async fn what_has_ended_is_deleted_in_batches(store: &Store) {
    let ada = added(store, 1, "ada@example.org", Role::Member).await.owner;
    let start = now(store).await;
    let end = start + Duration::from_hours(100);
    for n in 1..=5 {
        store
            .write(async |tx| {
                accounts::insert_session(tx, &session(&ada, start, n, 1)).await?;
                accounts::insert_token(tx, &token(&ada, start, n, Some(start + Duration::from_hours(2)))).await?;
                accounts::insert_invitation(tx, &invitation(&ada, start, n, None)).await
            })
            .await
            .unwrap();
    }
    store.write(async |tx| accounts::insert_token(tx, &token(&ada, start, 6, None)).await).await.unwrap();
    let delete = async |at: Timestamp, limit: u32| {
        store.write(async |tx| accounts::delete_ended(tx, at, limit).await).await.unwrap()
    };
    assert_eq!(delete(start, 10).await, 0);
    assert_eq!([delete(end, 2).await, delete(end, 2).await, delete(end, 2).await, delete(end, 2).await], [6, 6, 3, 0]);
    let left = store.read(async |tx| accounts::tokens(tx, &ada, None, 10).await).await.unwrap();
    assert_eq!(left.len(), 1, "one that has no end stays");
}

async fn a_deleted_account_is_leaving_until_nothing_is_left_of_it(store: &Store) {
    let ada = added(store, 1, "ada@example.org", Role::Member).await;
    let leaving = async || store.read(async |tx| accounts::leaving(tx).await).await.unwrap();
    let left = async || store.write(async |tx| accounts::left(tx, &ada.owner).await).await.unwrap();
    left().await;
    assert_eq!(leaving().await, []);
    assert!(changed(store, &AccountRow { state: AccountState::Deleted, email: None, ..ada.clone() }).await);
    assert_eq!(
        leaving().await,
        std::slice::from_ref(&ada.owner),
        "what was noted before it was deleted does not count"
    );
    left().await;
    assert_eq!(leaving().await, []);
}
