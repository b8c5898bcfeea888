//! Calls that reserve what they may cost when they are made, since their stage did not: budgets hold for them, too.

use sluice_domain::money::MicroUsd;
use sluice_store::calls::{NewCall, Outcome, Started};
use sluice_store::jobs::Claimed;
use sluice_store::jobs::spend::{self, Over};
use sluice_store::provider_keys::{self, SpendOf, Spent};
use sluice_store::retention;

use crate::calls::{end, new_call, start};
use crate::{World, ada, on_both_databases};

on_both_databases!(
    a_call_is_made_only_if_the_budget_has_what_it_may_cost,
    many_at_once_spend_no_more_than_there_is,
    a_call_at_the_next_provider_takes_the_place_of_one_that_cost_nothing,
    whoever_is_in_the_way_at_the_next_provider_is_waited_for,
    calls_that_are_charged_add_up,
    each_call_of_an_attempt_is_booked_to_its_own_provider,
    what_a_provider_is_still_doing_stays_reserved_at_that_provider_alone,
    a_call_after_others_at_two_providers_adds_to_its_own,
    a_late_success_is_booked_to_the_provider_whose_call_it_was,
    what_an_earlier_version_leaves_reserved_is_ended,
    what_is_left_of_forgotten_calls_counts_in_full_and_changes_nothing_settled,
    what_an_owner_pays_is_in_no_budget,
);

async fn claimed(world: &World) -> Claimed {
    world.add().await;
    world.claim_one().await
}

fn paid(world: &World, provider: &str, most: i64) -> NewCall {
    NewCall { reserve: Some(MicroUsd(most)), ..new_call(world, &world.name(), Some(provider)) }
}

/// Reserved and spent under a budget.
async fn figures(world: &World, scope: &str, name: &str) -> (i64, i64) {
    let budgets = world.budgets().await;
    let found = budgets.iter().find(|budget| budget.scope == scope && budget.name == name);
    found.map_or((0, 0), |budget| (budget.reserved.0, budget.spent.0))
}

async fn a_call_is_made_only_if_the_budget_has_what_it_may_cost(world: &World) {
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    let first = claimed(world).await;
    let call = paid(world, "studio", 60);
    assert_eq!(start(world, &first, &call).await, Started::Yes);
    assert_eq!(figures(world, "owner", "ada").await, (60, 0));
    let second = claimed(world).await;
    let refused = start(world, &second, &paid(world, "studio", 60)).await;
    assert!(
        matches!(&refused, Started::OverBudget { over: Over::Wait, message } if message.contains("left")),
        "{refused:?}"
    );
    assert_eq!(figures(world, "owner", "ada").await, (60, 0), "what is refused reserves nothing");
    end(world, &call, Outcome::Succeeded, 20).await;
    assert_eq!(figures(world, "owner", "ada").await, (60, 0), "the attempt may make more calls");
    world.succeed(&first).await;
    assert_eq!(figures(world, "owner", "ada").await, (0, 20));
    world.set_budget("owner", "ada", 70, Over::Fail).await;
    let refused = start(world, &second, &paid(world, "studio", 60)).await;
    assert!(matches!(refused, Started::OverBudget { over: Over::Fail, .. }), "{refused:?}");
    assert_eq!(start(world, &second, &paid(world, "studio", 50)).await, Started::Yes);
    world.succeed(&second).await;
    assert_eq!(figures(world, "owner", "ada").await, (0, 70), "an answer that was lost counts in full");
}

async fn many_at_once_spend_no_more_than_there_is(world: &World) {
    world.set_budget("owner", "ada", 50, Over::Wait).await;
    world.add_of(ada(), 12).await;
    let processes = [world.clone(), world.another_process().await, world.another_process().await];
    let mut tasks = tokio::task::JoinSet::new();
    for (n, claimed) in world.claim(12).await.into_iter().enumerate() {
        let world = processes[n % 3].clone();
        tasks.spawn(async move {
            let call = paid(&world, "studio", 10);
            start(&world, &claimed, &call).await == Started::Yes
        });
    }
    let begun = tasks.join_all().await.into_iter().filter(|begun| *begun).count();
    assert_eq!((begun, figures(world, "owner", "ada").await), (5, (50, 0)), "none over, none refused that fits");
}

async fn a_call_at_the_next_provider_takes_the_place_of_one_that_cost_nothing(world: &World) {
    for (scope, name) in [("provider", "studio"), ("provider", "spare"), ("owner", "ada")] {
        world.set_budget(scope, name, 100, Over::Wait).await;
    }
    let claimed = claimed(world).await;
    let first = paid(world, "studio", 60);
    assert_eq!(start(world, &claimed, &first).await, Started::Yes);
    end(world, &first, Outcome::Failed, 0).await;
    let second = paid(world, "spare", 70);
    assert_eq!(start(world, &claimed, &second).await, Started::Yes, "130 would be too much for Ada");
    assert_eq!(figures(world, "provider", "studio").await, (0, 0));
    assert_eq!(figures(world, "provider", "spare").await, (70, 0));
    end(world, &second, Outcome::Succeeded, 65).await;
    world.succeed(&claimed).await;
    assert_eq!(figures(world, "provider", "spare").await, (0, 65));
    assert_eq!(figures(world, "owner", "ada").await, (0, 65));
}

async fn whoever_is_in_the_way_at_the_next_provider_is_waited_for(world: &World) {
    for provider in ["studio", "spare"] {
        world.set_budget("provider", provider, 1_000, Over::Wait).await;
    }
    // Of different owners, who share no other budget that would let them in one by one.
    for n in 0..12 {
        world.add_of(format!("owner{n}").parse().unwrap(), 1).await;
    }
    let processes = [world.clone(), world.another_process().await, world.another_process().await];
    let mut tasks = tokio::task::JoinSet::new();
    for (n, claimed) in world.claim(12).await.into_iter().enumerate() {
        let world = processes[n % 3].clone();
        tasks.spawn(async move {
            for (provider, most) in [("studio", 5), ("spare", 6), ("studio", 5), ("spare", 7)] {
                let call = NewCall { owner: claimed.owner.clone(), ..paid(&world, provider, most) };
                let begun = start(&world, &claimed, &call).await;
                assert_eq!(begun, Started::Yes, "there is money enough at {provider}");
                end(&world, &call, Outcome::Failed, 0).await;
            }
        });
    }
    assert_eq!(tasks.join_all().await.len(), 12);
    assert_eq!(figures(world, "provider", "studio").await, (0, 0));
    assert_eq!(figures(world, "provider", "spare").await, (12 * 7, 0));
}

async fn calls_that_are_charged_add_up(world: &World) {
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    let claimed = claimed(world).await;
    for most in [40, 50] {
        let call = paid(world, "studio", most);
        assert_eq!(start(world, &claimed, &call).await, Started::Yes);
        end(world, &call, Outcome::Succeeded, most - 10).await;
    }
    assert_eq!(figures(world, "owner", "ada").await, (90, 0));
    assert!(matches!(start(world, &claimed, &paid(world, "studio", 20)).await, Started::OverBudget { .. }));
    world.succeed(&claimed).await;
    assert_eq!(figures(world, "owner", "ada").await, (0, 70));
}

async fn each_call_of_an_attempt_is_booked_to_its_own_provider(world: &World) {
    for (scope, name, cap) in [("provider", "studio", 200), ("provider", "spare", 200), ("owner", "ada", 1_000)] {
        world.set_budget(scope, name, cap, Over::Wait).await;
    }
    let claimed = claimed(world).await;
    for (provider, most, cost) in [("studio", 40, 30), ("spare", 50, 45), ("studio", 20, 10), ("spare", 30, 25)] {
        let call = paid(world, provider, most);
        assert_eq!(start(world, &claimed, &call).await, Started::Yes);
        end(world, &call, Outcome::Succeeded, cost).await;
    }
    assert_eq!(figures(world, "provider", "studio").await, (60, 0));
    assert_eq!(figures(world, "provider", "spare").await, (80, 0));
    assert_eq!(figures(world, "owner", "ada").await, (140, 0));
    let refused = start(world, &claimed, &paid(world, "spare", 130)).await;
    assert!(matches!(&refused, Started::OverBudget { message, .. } if message.contains("spare")), "{refused:?}");
    world.succeed(&claimed).await;
    assert_eq!(figures(world, "provider", "studio").await, (0, 40));
    assert_eq!(figures(world, "provider", "spare").await, (0, 70));
    assert_eq!(figures(world, "owner", "ada").await, (0, 110));
    let of = |spent: &Spent| (spent.provider.clone(), spent.today.0);
    let spent = world.store.read(async |tx| provider_keys::spent(tx, SpendOf::All).await).await.unwrap();
    assert_eq!(spent.iter().map(of).collect::<Vec<_>>(), [("spare".to_owned(), 70), ("studio".to_owned(), 40)]);
}

async fn what_a_provider_is_still_doing_stays_reserved_at_that_provider_alone(world: &World) {
    for provider in ["studio", "spare"] {
        world.set_budget("provider", provider, 200, Over::Wait).await;
    }
    let claimed = claimed(world).await;
    let (first, second) = (paid(world, "studio", 40), paid(world, "spare", 50));
    assert_eq!(start(world, &claimed, &first).await, Started::Yes);
    end(world, &first, Outcome::Succeeded, 30).await;
    assert_eq!(start(world, &claimed, &second).await, Started::Yes);
    world.succeed(&claimed).await;
    assert_eq!(figures(world, "provider", "studio").await, (0, 30));
    assert_eq!(figures(world, "provider", "spare").await, (0, 50), "its outcome is not known: it counts in full");
    end(world, &second, Outcome::Succeeded, 20).await;
    assert_eq!(figures(world, "provider", "spare").await, (0, 20), "and is corrected when it is");
    assert_eq!(figures(world, "provider", "studio").await, (0, 30));
}

async fn a_call_after_others_at_two_providers_adds_to_its_own(world: &World) {
    for provider in ["studio", "spare"] {
        world.set_budget("provider", provider, 200, Over::Wait).await;
    }
    let claimed = claimed(world).await;
    let both = [paid(world, "studio", 40), paid(world, "spare", 50)];
    for call in &both {
        assert_eq!(start(world, &claimed, call).await, Started::Yes);
    }
    for call in &both {
        end(world, call, Outcome::Failed, 0).await;
    }
    let third = paid(world, "spare", 90);
    assert_eq!(start(world, &claimed, &third).await, Started::Yes);
    assert_eq!(figures(world, "provider", "spare").await, (140, 0));
    world.succeed(&claimed).await;
    assert_eq!(figures(world, "provider", "studio").await, (0, 0));
    assert_eq!(figures(world, "provider", "spare").await, (0, 140), "its outcome is not known: all of its row counts");
    end(world, &third, Outcome::Succeeded, 80).await;
    assert_eq!(figures(world, "provider", "spare").await, (0, 80));
}

async fn a_late_success_is_booked_to_the_provider_whose_call_it_was(world: &World) {
    for (scope, name) in [("provider", "studio"), ("provider", "spare"), ("owner", "ada")] {
        world.set_budget(scope, name, 1_000, Over::Wait).await;
    }
    let booked = async || (figures(world, "provider", "studio").await, figures(world, "provider", "spare").await);
    let mut all = 0;
    for is_running in [true, false] {
        let claimed = claimed(world).await;
        let (first, second) = (paid(world, "studio", 60), paid(world, "spare", 70));
        assert_eq!(start(world, &claimed, &first).await, Started::Yes);
        end(world, &first, Outcome::Failed, 0).await;
        assert_eq!(start(world, &claimed, &second).await, Started::Yes);
        end(world, &second, Outcome::Succeeded, 65).await;
        if !is_running {
            world.succeed(&claimed).await;
            assert_eq!(booked().await, ((0, all * 33), (0, (all + 1) * 65)));
        }
        end(world, &first, Outcome::Succeeded, 33).await;
        if is_running {
            assert_eq!(booked().await, ((0, 0), (70, 0)), "nothing more is reserved");
            world.succeed(&claimed).await;
        }
        all += 1;
        assert_eq!(booked().await, ((0, all * 33), (0, all * 65)));
        assert_eq!(figures(world, "owner", "ada").await, (0, all * (33 + 65)));
        end(world, &first, Outcome::Succeeded, 99).await;
        assert_eq!(booked().await, ((0, all * 33), (0, all * 65)), "it is known once and for all");
    }
    let drift = world.store.read(async |tx| spend::drift(tx).await).await.unwrap();
    assert_eq!(drift, Vec::<String>::new());
}

/// Pays two providers in one attempt.
async fn pay_both(world: &World, claimed: &Claimed) {
    for (provider, most, cost) in [("studio", 40, 30), ("spare", 50, 20)] {
        let call = paid(world, provider, most);
        assert_eq!(start(world, claimed, &call).await, Started::Yes);
        end(world, &call, Outcome::Succeeded, cost).await;
    }
}

/// An attempt that has ended as if whoever ended it had not known the row of its second provider.
async fn left_at_the_second_provider(world: &World) -> Claimed {
    let ended = claimed(world).await;
    pay_both(world, &ended).await;
    world.succeed(&ended).await;
    let row = format!("job = '{}' AND provider = 'spare'", ended.lease.job);
    for (left, rows) in [
        (format!("UPDATE spend SET state = 'reserved', spent = NULL WHERE {row}"), 1),
        (
            "UPDATE budgets SET reserved = reserved + 50, spent = spent - 20
             WHERE name = 'spare' OR scope IN ('owner_day', 'owner_month')"
                .to_owned(),
            3,
        ),
    ] {
        assert_eq!(world.store.execute(&left).await.unwrap(), rows);
    }
    ended
}

async fn settle_left(world: &World) -> u64 {
    world.store.write(async |tx| retention::end_left_reservations(tx, 10).await).await.unwrap()
}

async fn what_an_earlier_version_leaves_reserved_is_ended(world: &World) {
    for provider in ["studio", "spare"] {
        world.set_budget("provider", provider, 1_000, Over::Wait).await;
    }
    left_at_the_second_provider(world).await;
    let running = claimed(world).await;
    pay_both(world, &running).await;
    assert_eq!(figures(world, "provider", "spare").await, (100, 0));
    assert_eq!((settle_left(world).await, settle_left(world).await), (1, 0), "that of an attempt that runs stays");
    assert_eq!(figures(world, "provider", "spare").await, (50, 20));
    world.succeed(&running).await;
    assert_eq!(figures(world, "provider", "spare").await, (0, 40));
    assert_eq!(figures(world, "provider", "studio").await, (0, 60));
}

async fn what_is_left_of_forgotten_calls_counts_in_full_and_changes_nothing_settled(world: &World) {
    for provider in ["studio", "spare"] {
        world.set_budget("provider", provider, 1_000, Over::Wait).await;
    }
    let odd = left_at_the_second_provider(world).await;
    left_at_the_second_provider(world).await;
    let unreadable =
        format!("UPDATE spend SET lease = 'odd spare' WHERE job = '{}' AND provider = 'spare'", odd.lease.job);
    assert_eq!(world.store.execute(&unreadable).await.unwrap(), 1);
    assert_eq!(world.store.execute("DELETE FROM calls").await.unwrap(), 4);
    assert_eq!((settle_left(world).await, settle_left(world).await), (1, 0), "one that is unreadable stays");
    assert_eq!(figures(world, "provider", "studio").await, (0, 60), "what was settled");
    assert_eq!(figures(world, "provider", "spare").await, (50, 50), "what it cost is not known");
    let drift = world.store.read(async |tx| spend::drift(tx).await).await.unwrap();
    assert_eq!(drift, Vec::<String>::new());
}

async fn what_an_owner_pays_is_in_no_budget(world: &World) {
    world.set_budget("owner", "ada", 100, Over::Wait).await;
    let claimed = claimed(world).await;
    let installations = paid(world, "studio", 30);
    assert_eq!(start(world, &claimed, &installations).await, Started::Yes);
    let own = NewCall { own_key: true, ..new_call(world, &world.name(), Some("studio")) };
    assert_eq!(start(world, &claimed, &own).await, Started::Yes);
    end(world, &own, Outcome::Succeeded, 5_000).await;
    end(world, &installations, Outcome::Succeeded, 25).await;
    world.succeed(&claimed).await;
    assert_eq!(figures(world, "owner", "ada").await, (0, 25));
}
