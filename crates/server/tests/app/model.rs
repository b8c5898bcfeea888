//! A language model whose answers a test plans, and that costs what a test can count.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use sluice_capability::{
    Answer, Begun, CallProgress, CapabilityError, CompleteRequest, Completing, Completion, Context, Does, Doing,
    Finish, MadeBy, Profile,
};
use sluice_domain::money::MicroUsd;

/// What an answer costs.
pub(crate) const PRICE: i64 = 1_500;
/// The most that it may cost.
pub(crate) const ESTIMATE: i64 = 4_000;

/// An answer that was planned.
enum Planned {
    Now(Result<Completion, CapabilityError>),
    /// It is taken to be made, and is fetched.
    Later(Completion),
    /// It is made, maybe, and nobody can tell.
    Lost,
}

/// Gives the answers that were planned, in order, and fails without one.
pub(crate) struct FakeModel {
    profile: Profile,
    plan: Mutex<VecDeque<Planned>>,
    /// Those that are to be fetched.
    late: Mutex<Vec<Completion>>,
    has_lost: Mutex<bool>,
    /// It says of an answer that was lost that it is charged.
    charges: Mutex<bool>,
    asked: Mutex<Vec<CompleteRequest>>,
}

impl FakeModel {
    pub(crate) fn new() -> Self {
        Self::of("letters")
    }

    /// That of a provider of this name.
    pub(crate) fn of(provider: &str) -> Self {
        let profile = Profile { provider: provider.to_owned(), is_local: false, languages: Vec::new() };
        Self {
            profile,
            plan: Mutex::default(),
            late: Mutex::default(),
            has_lost: Mutex::default(),
            charges: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    /// Its next answer, whole.
    pub(crate) fn answer(&self, text: &Value) {
        self.say(&text.to_string(), Finish::Stop);
    }

    /// Its next answer.
    pub(crate) fn say(&self, text: &str, finish: Finish) {
        self.plan.lock().unwrap().push_back(Planned::Now(Ok(Completion { text: text.to_owned(), finish })));
    }

    /// It fails next.
    pub(crate) fn fail(&self, error: CapabilityError) {
        self.plan.lock().unwrap().push_back(Planned::Now(Err(error)));
    }

    /// It takes the next question, and has its answer when it is asked for it a second later.
    pub(crate) fn answer_later(&self, text: &Value) {
        let completion = Completion { text: text.to_string(), finish: Finish::Stop };
        self.plan.lock().unwrap().push_back(Planned::Later(completion));
    }

    /// Its next answer is lost, and it cannot tell what became of the question.
    pub(crate) fn lose(&self) {
        self.plan.lock().unwrap().push_back(Planned::Lost);
    }

    /// Its next answer is lost, and it says that it is charged.
    pub(crate) fn lose_and_charge(&self) {
        *self.charges.lock().unwrap() = true;
        self.lose();
    }

    fn made(&self, value: Completion) -> Answer<Completion> {
        let provider = self.profile.provider.clone();
        let (model, version) = ("quill".to_owned(), "7".to_owned());
        let made_by = MadeBy { provider, model, version };
        Answer { made_by, cost: Some(MicroUsd(PRICE)), ..Answer::local(value, "", "") }
    }

    /// What it was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<CompleteRequest> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl Does<Completing> for FakeModel {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn estimate(&self, _: &CompleteRequest) -> Option<MicroUsd> {
        Some(MicroUsd(ESTIMATE))
    }

    fn begin<'a>(&'a self, request: &'a CompleteRequest, _: Context<'a>) -> Doing<'a, Begun<Completion>> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(request.clone());
            let planned = self.plan.lock().unwrap().pop_front();
            match planned {
                Some(Planned::Now(answer)) => Ok(Begun::Done(self.made(answer?))),
                Some(Planned::Later(answer)) => {
                    let mut late = self.late.lock().unwrap();
                    late.push(answer);
                    let provider_id = (late.len() - 1).to_string();
                    Ok(Begun::Accepted { provider_id, poll_after: Duration::from_secs(1) })
                }
                Some(Planned::Lost) => {
                    *self.has_lost.lock().unwrap() = true;
                    Err(CapabilityError::lost("bad_answer", "its answer cannot be read"))
                }
                None => Err(CapabilityError::fail("not_planned", "no answer was planned")),
            }
        })
    }

    fn look<'a>(&'a self, _: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        let ready = |id: &str| CallProgress::Ready { provider_id: id.to_owned() };
        let (code, message) = ("answer_lost".to_owned(), "its answer was lost and is charged".to_owned());
        let unknown = || match (*self.has_lost.lock().unwrap(), *self.charges.lock().unwrap()) {
            (true, true) => CallProgress::Rejected { code, message, cost: MicroUsd(PRICE) },
            (true, false) => CallProgress::CannotTell,
            (false, _) => CallProgress::NotFound,
        };
        Box::pin(async move { Ok(provider_id.map_or_else(unknown, ready)) })
    }

    fn fetch<'a>(&'a self, _: &'a CompleteRequest, provider_id: &'a str) -> Doing<'a, Answer<Completion>> {
        Box::pin(async move {
            let answer = self.late.lock().unwrap()[provider_id.parse::<usize>().unwrap()].clone();
            Ok(self.made(answer))
        })
    }
}
