//! Who is asked, who is not, and why.

use std::sync::Arc;

use sluice_capability::{
    Answer, Attempt, Begun, Capability as _, CapabilityError, Context, Does, Doing, Profile, Remedy, Route, Router,
    Skip, Translate, TranslateRequest, Translating, Translation, When, Wish,
};
use sluice_domain::language::LanguageCode;
use sluice_domain::money::MicroUsd;

/// A translator that puts its name before each text.
struct Fake {
    profile: Profile,
    price: Option<i64>,
    fails: Option<Remedy>,
}

impl Does<Translating> for Fake {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn accepts(&self, request: &TranslateRequest) -> Result<(), String> {
        if request.to == "ar" { Err("it has no Arabic".to_owned()) } else { Ok(()) }
    }

    fn estimate(&self, _: &TranslateRequest) -> Option<MicroUsd> {
        self.price.map(MicroUsd)
    }

    fn begin<'a>(&'a self, request: &'a TranslateRequest, _: Context<'a>) -> Doing<'a, Begun<Translation>> {
        Box::pin(async move {
            let name = &self.profile.provider;
            match self.fails {
                Some(Remedy::Look) => Err(CapabilityError::lost("lost", format!("{name} was not heard"))),
                Some(_) => Err(CapabilityError::retry("failed", format!("{name} failed"))),
                None => {
                    let texts = request.texts.iter().map(|text| format!("{name}: {text}")).collect();
                    Ok(Begun::Done(Answer::local(Translation { texts, from: "en".to_owned() }, name, "1")))
                }
            }
        })
    }
}

fn fake(provider: &str) -> Fake {
    let profile = Profile { provider: provider.to_owned(), is_local: provider == "local", languages: Vec::new() };
    Fake { profile, price: Some(100), fails: None }
}

fn route(implementation: Fake, when: When) -> Route<dyn Translate> {
    Route { implementation: Arc::new(implementation), when }
}

fn request(to: &str) -> TranslateRequest {
    TranslateRequest { texts: vec!["tide".to_owned()], from: None, to: to.to_owned() }
}

type Translators = Router<Translating, dyn Translate>;

fn chosen(router: &Translators, request: &TranslateRequest, wish: &Wish, open: &[String]) -> Vec<String> {
    let (chosen, _) = router.choose(request, wish, open);
    chosen.iter().map(|implementation| implementation.profile().provider.clone()).collect()
}

async fn ask(router: &Translators, open: &[String]) -> Result<String, sluice_capability::NoRoute<CapabilityError>> {
    let request = &request("de");
    router
        .first(request, &Wish::default(), open, |implementation| async move {
            let context = Context { key: "k", progress: &|_| {} };
            match implementation.begin(request, context).await {
                Ok(Begun::Done(answer)) => Ok(answer.value.texts[0].clone()),
                Ok(Begun::Accepted { .. }) => unreachable!("it answers at once"),
                Err(error) if error.remedy == Remedy::Look => Err(Attempt::Stop(error)),
                Err(error) => Err(Attempt::Next(error)),
            }
        })
        .await
}

#[test]
fn routes_are_tried_in_their_order_and_only_where_their_conditions_hold() {
    let german = When { languages: vec![LanguageCode::from_code("de").unwrap()], ..When::default() };
    let long = When { shortest: Some(1_000), ..When::default() };
    let short = When { longest: Some(999), cost_cap: Some(MicroUsd(99)), ..When::default() };
    let router = Router::new([
        route(fake("german"), german),
        route(fake("long"), long),
        route(fake("cheap"), short),
        route(fake("local"), When::default()),
    ]);
    let wish = |language: &str, length| Wish {
        language: LanguageCode::from_code(language),
        length: Some(length),
        ..Wish::default()
    };
    assert_eq!(
        chosen(&router, &request("de"), &wish("de", 10), &[]),
        ["german", "local"],
        "what costs 100 is not cheap"
    );
    assert_eq!(chosen(&router, &request("fr"), &wish("fr", 1_000), &[]), ["long", "local"]);
    let local = Wish { local_only: true, ..wish("de", 1_000) };
    assert_eq!(chosen(&router, &request("de"), &local, &[]), ["local"]);
    assert_eq!(chosen(&router, &request("de"), &wish("de", 1_000), &["german".to_owned()]), ["long", "local"]);
    let unknown = Wish { language: None, ..wish("de", 1_000) };
    assert_eq!(chosen(&router, &request("de"), &unknown, &[]), ["long", "local"], "it may be another language");
    let (_, skipped) = router.choose(&request("de"), &unknown, &());
    assert_eq!(skipped[0], ("german".to_owned(), Skip::UnknownLanguage));
    let able = Profile { languages: vec![LanguageCode::from_code("de").unwrap()], ..fake("able").profile };
    let able = Router::new([route(Fake { profile: able, ..fake("able") }, When::default())]);
    assert_eq!(chosen(&able, &request("de"), &unknown, &[]), ["able"], "nothing forbids to ask it");
    assert!(chosen(&able, &request("fr"), &wish("fr", 1_000), &[]).is_empty());
    let others = router.without(&["long".to_owned(), "nobody".to_owned()]);
    assert_eq!(chosen(&others, &request("de"), &wish("de", 1_000), &[]), ["german", "local"]);
}

#[test]
fn a_part_costs_as_much_of_its_cap_as_of_the_whole() {
    let capped = |cap| When { cost_cap: Some(MicroUsd(cap)), ..When::default() };
    let router = Router::new([route(fake("low"), capped(399)), route(fake("high"), capped(400))]);
    // It costs 100.
    let part = Wish { length: Some(40_000), part: Some(10_000), ..Wish::default() };
    assert_eq!(chosen(&router, &request("de"), &part, &[]), ["high"]);
    let unknown = Wish { length: None, ..part.clone() };
    assert_eq!(chosen(&router, &request("de"), &unknown, &[]), ["low", "high"]);
    assert_eq!(chosen(&router, &request("de"), &Wish { part: Some(0), ..part }, &[]), ["low", "high"]);
}

#[test]
fn who_is_not_asked_is_said_with_the_reason() {
    let unpriced = Fake { price: None, ..fake("unpriced") };
    let router = Router::new([route(unpriced, When::default()), route(fake("local"), When::default())]);
    let capped = Wish { cost_cap: Some(MicroUsd(10)), ..Wish::default() };
    let (chosen, skipped) = router.choose(&request("de"), &capped, &());
    assert!(chosen.is_empty());
    assert_eq!(skipped, [("unpriced".to_owned(), Skip::UnknownPrice), ("local".to_owned(), Skip::Cost)]);
    let (_, skipped) = router.choose(&request("ar"), &Wish::default(), &());
    assert_eq!(skipped[0].1, Skip::Unable("it has no Arabic".to_owned()));
    let none = Translators::new([]).choose(&request("de"), &Wish::default(), &());
    assert!(none.0.is_empty() && none.1.is_empty());
    assert_eq!(Translating::NAME, "translate");
}

#[tokio::test]
async fn the_next_is_asked_when_one_fails_but_not_when_it_may_have_been_paid() {
    let failing = |remedy| Fake { fails: Some(remedy), ..fake("first") };
    let two = |first| Router::new([route(first, When::default()), route(fake("second"), When::default())]);
    assert_eq!(ask(&two(fake("first")), &[]).await.unwrap(), "first: tide");
    assert_eq!(ask(&two(failing(Remedy::Retry)), &[]).await.unwrap(), "second: tide");
    let lost = ask(&two(failing(Remedy::Look)), &[]).await.unwrap_err();
    assert_eq!(lost.error.unwrap().code, "lost", "the second is not paid for what the first may have done");
    let unwell = ask(&two(fake("first")), &["first".to_owned(), "second".to_owned()]).await.unwrap_err();
    assert_eq!(
        unwell.to_string(),
        "no provider can translate this: first: it is out of order at the moment; second: it is out of order at the moment"
    );
}

#[test]
fn a_second_opinion_is_asked_of_another_one_if_there_is_one() {
    let router = Translators::new(["first", "second"].map(|name| route(fake(name), When::default())));
    let names = |router: &Translators| -> Vec<String> {
        router.implementations().map(|one| one.profile().provider.clone()).collect()
    };
    assert_eq!(names(&router.others_first("first")), ["second", "first"]);
    assert_eq!(names(&router.others_first("second")), ["first", "second"]);
    assert_eq!(names(&router.others_first("gone")), ["first", "second"]);
    assert_eq!(names(&Translators::new([route(fake("only"), When::default())]).others_first("only")), ["only"]);
}
