//! Voices of cards: which is asked, and which one next.

use std::any::Any;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use sluice_app::capture::CaptureApp;
use sluice_app::module::Module;
use sluice_app::providers::Routes;
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, Context, Does, Doing, MadeBy, Profile, Route, Router, Speak,
    SpeakRequest, Speaking, VoiceInfo, When,
};
use sluice_domain::language::LanguageCode;
use sluice_domain::money::MicroUsd;
use sluice_domain::speech::Speech;
use sluice_server::apps::{APPS, Common, ServerApp};
use sluice_server::http::Api;
use sluice_store::migrations::MODULES;
use utoipa_axum::router::OpenApiRouter;

use crate::capture::{path, wave};
use crate::person::ada;
use crate::support::{BOTH, TestApp};

/// Why a provider does not speak.
type Fails = fn() -> CapabilityError;

/// Has one voice of a language, and says the same of everything.
struct Mouth {
    profile: Profile,
    language: LanguageCode,
    fails: Mutex<Option<Fails>>,
    /// It says of an answer that was lost that it is charged.
    charges: Mutex<bool>,
    asked: Mutex<Vec<String>>,
}

impl Mouth {
    fn of(name: &str, language: &str, fails: Option<Fails>) -> Arc<Self> {
        Arc::new(Self {
            profile: Profile { provider: name.to_owned(), is_local: name == "local", languages: Vec::new() },
            language: LanguageCode::from_code(language).unwrap(),
            fails: Mutex::new(fails),
            charges: Mutex::default(),
            asked: Mutex::default(),
        })
    }

    fn voice(&self) -> String {
        format!("{}:{}:ann", self.profile.provider, self.language)
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Does<Speaking> for Mouth {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn accepts(&self, request: &SpeakRequest) -> Result<(), String> {
        if request.voice == self.voice() { Ok(()) } else { Err("it has no such voice".to_owned()) }
    }

    fn estimate(&self, _: &SpeakRequest) -> Option<MicroUsd> {
        Some(MicroUsd(7))
    }

    fn begin<'a>(&'a self, request: &'a SpeakRequest, _: Context<'a>) -> Doing<'a, Begun<Speech>> {
        self.asked.lock().unwrap().push(request.text.clone());
        let fails = *self.fails.lock().unwrap();
        Box::pin(async move {
            if let Some(fails) = fails {
                return Err(fails());
            }
            std::fs::write(&request.out, wave(1)).unwrap();
            let (words, phonemes, spoken_by) = (Vec::new(), Vec::new(), self.voice());
            let speech = Speech { sample_rate: 8_000, samples: 8_000, words, phonemes, spoken_by };
            let made_by =
                MadeBy { provider: self.profile.provider.clone(), model: self.voice(), version: String::new() };
            Ok(Begun::Done(Answer { made_by, cost: Some(MicroUsd(7)), ..Answer::local(speech, "", "") }))
        })
    }

    fn look<'a>(&'a self, _: &'a str, _: Option<&'a str>) -> Doing<'a, CallProgress> {
        let (code, message) = ("answer_lost".to_owned(), "its answer was lost and is charged".to_owned());
        let rejected = CallProgress::Rejected { code, message, cost: MicroUsd(7) };
        let told = if *self.charges.lock().unwrap() { rejected } else { CallProgress::CannotTell };
        Box::pin(async { Ok(told) })
    }
}

impl Speak for Mouth {
    fn voices(&self) -> Vec<VoiceInfo> {
        vec![VoiceInfo {
            id: self.voice(),
            language: self.language,
            name: "ann".to_owned(),
            engine: "test",
            licence: String::new(),
            installed: true,
        }]
    }
}

/// Capture with these voices, in this order; each is asked in its languages alone, if it has some.
struct Capture(Vec<(Arc<Mouth>, &'static [&'static str])>);

impl ServerApp for Capture {
    fn open(&self, common: &Common<'_>) -> anyhow::Result<Arc<dyn Module>> {
        let real = APPS[2].open(common)?;
        let real: &dyn Any = &*real;
        let mut capture = real.downcast_ref::<CaptureApp>().unwrap().clone();
        let route = |(mouth, codes): &(Arc<Mouth>, &[&str])| Route {
            implementation: Arc::clone(mouth) as Arc<dyn Speak>,
            when: When {
                languages: codes.iter().filter_map(|code| LanguageCode::from_code(code)).collect(),
                ..When::default()
            },
        };
        capture.speaking = Routes::only(Router::new(self.0.iter().map(route)));
        Ok(Arc::new(capture))
    }

    fn routes(&self) -> OpenApiRouter<Api> {
        APPS[2].routes()
    }
}

fn refused() -> CapabilityError {
    CapabilityError::fail("no_credits", "there is no money left there")
}

fn busy() -> CapabilityError {
    CapabilityError::put_off(None, "rate_limited", "it has too much to do")
}

fn lost() -> CapabilityError {
    CapabilityError::lost("reply_lost", "its reply was lost")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_for_a_language_of_cards_is_asked_for_cards_of_it_alone() {
    for dialect in BOTH {
        let (others, own) = (Mouth::of("others", "ka", None), Mouth::of("own", "ka", None));
        let capture = Capture(vec![(Arc::clone(&others), &["ru", "zh"]), (Arc::clone(&own), &["ka"])]);
        let app = TestApp::with(dialect, MODULES, &[&capture], &[]).await;
        let made = app.card("სად არის ჩემი ჩაი?", "ka").await;
        assert_eq!((&made["status"], &made["audio"]["made_by"]), (&json!("pending_review"), &json!("own:ka:ann")));
        assert_eq!((others.asked(), own.asked()), (0, 1), "{made}");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_voice_fails_the_next_route_speaks_and_is_named() {
    for dialect in BOTH {
        for fails in [refused as Fails, busy] {
            let (first, next) = (Mouth::of("first", "ru", Some(fails)), Mouth::of("next", "ru", None));
            let capture = Capture(vec![(Arc::clone(&first), &[]), (Arc::clone(&next), &[])]);
            let app = TestApp::with(dialect, MODULES, &[&capture], &[]).await;
            let made = app.card("Где мой чай?", "ru").await;
            assert_eq!(made["audio"]["made_by"], "next:ru:ann", "{made}");
            assert_eq!((first.asked(), next.asked(), &made["error"]), (1, 1, &Value::Null), "{made}");
            // The first one can again, and what the next one said is there and paid for.
            *first.fails.lock().unwrap() = None;
            let again = app.on_phrase(&made, "/redo", &json!({ "what": "voice" })).await;
            assert!(again.status.is_success(), "{}", again.text());
            app.run_jobs().await;
            assert_eq!((first.asked(), next.asked()), (1, 1));
            app.end().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_of_this_machine_does_not_stay_before_the_first_route_because_it_spoke_once() {
    for dialect in BOTH {
        let (first, here) = (Mouth::of("first", "ru", Some(refused)), Mouth::of("local", "ru", None));
        let capture = Capture(vec![(Arc::clone(&first), &[]), (Arc::clone(&here), &[])]);
        let app = TestApp::with(dialect, MODULES, &[&capture], &[]).await;
        let made = app.card("Где мой чай?", "ru").await;
        assert_eq!((&made["audio"]["made_by"], first.asked(), here.asked()), (&json!("local:ru:ann"), 1, 1), "{made}");
        *first.fails.lock().unwrap() = None;
        let again = app.on_phrase(&made, "/redo", &json!({ "what": "voice" })).await;
        assert!(again.status.is_success(), "{}", again.text());
        app.run_jobs().await;
        let made = app.phrase_now(&made).await;
        assert_eq!((&made["audio"]["made_by"], first.asked(), here.asked()), (&json!("first:ru:ann"), 2, 1), "{made}");
        app.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_voice_may_have_been_paid_only_this_machine_speaks() {
    for dialect in BOTH {
        for (here, code) in
            [("local", "call_unknown"), ("other", "call_unknown"), ("local", "answer_lost"), ("other", "answer_lost")]
        {
            let (first, next) = (Mouth::of("first", "ru", Some(lost)), Mouth::of("next", "ru", None));
            let last = Mouth::of(here, "ru", None);
            *first.charges.lock().unwrap() = code == "answer_lost";
            let capture = Capture(vec![(Arc::clone(&first), &[]), (Arc::clone(&next), &[]), (Arc::clone(&last), &[])]);
            let app = TestApp::with(dialect, MODULES, &[&capture], &[]).await;
            let phrase = app.phrase("Где мой чай?", "ru").await;
            app.run_jobs().await;
            app.advance(Duration::from_mins(1)).await;
            app.run_jobs().await;
            let made = app.phrase_now(&phrase).await;
            assert_eq!(made["status"], "pending_review", "nobody waits for it: {made}");
            assert_eq!((first.asked(), next.asked()), (1, 0), "{made}");
            let is_charged = code == "answer_lost";
            assert_eq!(made["voice_lost"], json!({ "provider": "first", "is_charged": is_charged }), "{made}");
            if here == "local" {
                assert_eq!(
                    (&made["audio"]["made_by"], &made["error"]),
                    (&json!("local:ru:ann"), &Value::Null),
                    "{made}"
                );
                // Whoever has a charged one said once more, or has another phrase said, asks that voice again.
                *first.fails.lock().unwrap() = None;
                app.advance(Duration::from_mins(1)).await;
                if is_charged {
                    let again = app.on_phrase(&made, "/redo", &json!({ "what": "voice" })).await;
                    assert!(again.status.is_success(), "{}", again.text());
                } else {
                    let edit = app.ask(Method::PATCH, &path(&made, "")).of(&ada());
                    let edited = edit.json(&json!({ "text": "Где чай?" })).answer().await;
                    assert!(edited.status.is_success(), "{}", edited.text());
                    assert_eq!(edited.json()["voice_lost"], Value::Null, "{}", edited.text());
                }
                app.run_jobs().await;
                let made = app.phrase_now(&phrase).await;
                assert_eq!(
                    (&made["voice_lost"], &made["audio"]["made_by"], first.asked()),
                    (&Value::Null, &json!("first:ru:ann"), 2),
                    "{made}"
                );
            } else {
                assert_eq!((last.asked(), &made["audio"], &made["error"]["code"]), (0, &Value::Null, &json!(code)));
                assert!(made["error"]["detail"].as_str().unwrap().contains("first"), "{made}");
            }
            app.end().await;
        }
    }
}
