//! A provider that films presenters, takes its time, and costs what a test can count.

use std::collections::VecDeque;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use sluice_capability::{
    Answer, Begun, CallProgress, Context, Does, Doing, MadeBy, Offered, Present, PresentRequest, Presented, Presenting,
    Profile,
};
use sluice_domain::money::MicroUsd;

use crate::fakes::Trouble;

/// What a film costs.
pub(crate) const FILM: i64 = 4_000;
/// The most that it may cost.
pub(crate) const FILM_ESTIMATE: i64 = 9_000;
/// Its only presenter.
pub(crate) const GRETA: &str = "studio:greta";

/// Films whoever says what it is given in front of a green wall.
pub(crate) struct FakeStudio {
    profile: Profile,
    plan: Mutex<VecDeque<Trouble>>,
    asked: Mutex<Vec<PresentRequest>>,
    /// How often it took something.
    taken: AtomicUsize,
    open: AtomicBool,
    busy: AtomicBool,
    spoiled: AtomicBool,
    picky: AtomicBool,
}

impl FakeStudio {
    /// A studio of this name, which is closed: it accepts nothing.
    pub(crate) fn closed(name: &str) -> Self {
        Self {
            profile: Profile { provider: name.to_owned(), is_local: false, languages: Vec::new() },
            plan: Mutex::default(),
            asked: Mutex::default(),
            taken: AtomicUsize::new(0),
            open: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            spoiled: AtomicBool::new(false),
            picky: AtomicBool::new(false),
        }
    }

    /// One that is open.
    pub(crate) fn open(name: &str) -> Self {
        let studio = Self::closed(name);
        studio.be_open();
        studio
    }

    /// From now on it accepts what is asked of it.
    pub(crate) fn be_open(&self) {
        self.open.store(true, Ordering::Relaxed);
    }

    /// From now on it takes all work, and refuses it then.
    pub(crate) fn be_picky(&self) {
        self.picky.store(true, Ordering::Relaxed);
    }

    /// The next requests fail like this.
    pub(crate) fn plan(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.plan.lock().unwrap().extend(troubles);
    }

    /// What was planned and has not come is not planned any more.
    pub(crate) fn forget_plan(&self) {
        self.plan.lock().unwrap().clear();
    }

    /// What it took, since the last time.
    pub(crate) fn asked(&self) -> Vec<PresentRequest> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// From now on nothing is ready, or everything.
    pub(crate) fn be_busy(&self, yes: bool) {
        self.busy.store(yes, Ordering::Relaxed);
    }

    /// From now on its films are none.
    pub(crate) fn spoil(&self, yes: bool) {
        self.spoiled.store(yes, Ordering::Relaxed);
    }
}

/// A second of green, with a sound.
fn green() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("green.mp4");
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-f", "lavfi", "-i", "color=0x00ff00:size=640x360:rate=30:duration=1"])
            .args(["-f", "lavfi", "-i", "sine=duration=1", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-c:a", "aac"])
            .arg(&file)
            .status()
            .unwrap();
        assert!(made.success());
        std::fs::read(file).unwrap()
    })
}

impl Present for FakeStudio {
    fn presenters(&self) -> Vec<Offered> {
        vec![Offered { id: GRETA.to_owned(), name: "Greta".to_owned(), kind: Some("clip"), picture: None }]
    }
}

impl Does<Presenting> for FakeStudio {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn accepts(&self, request: &PresentRequest) -> Result<(), String> {
        if !self.open.load(Ordering::Relaxed) {
            return Err("it is closed".to_owned());
        }
        if request.presenter == GRETA { Ok(()) } else { Err("there is only Greta".to_owned()) }
    }

    fn estimate(&self, _: &PresentRequest) -> Option<MicroUsd> {
        Some(MicroUsd(FILM_ESTIMATE))
    }

    fn begin<'a>(&'a self, request: &'a PresentRequest, _: Context<'a>) -> Doing<'a, Begun<Presented>> {
        Box::pin(async move {
            let trouble = self.plan.lock().unwrap().pop_front();
            if let Some(trouble) = trouble {
                return trouble.answer();
            }
            assert!(std::fs::read(&request.sound).unwrap().starts_with(b"RIFF"), "it hears a WAVE file");
            self.asked.lock().unwrap().push(request.clone());
            let number = self.taken.fetch_add(1, Ordering::Relaxed);
            let provider_id = format!("{}-{number}", self.profile.provider);
            Ok(Begun::Accepted { provider_id, poll_after: Duration::from_secs(1) })
        })
    }

    fn look<'a>(&'a self, _: &'a str, provider_id: Option<&'a str>) -> Doing<'a, CallProgress> {
        Box::pin(async move {
            let Some(provider_id) = provider_id.map(str::to_owned) else { return Ok(CallProgress::NotFound) };
            if self.busy.load(Ordering::Relaxed) {
                return Ok(CallProgress::Pending { provider_id, poll_after: Duration::from_secs(1) });
            }
            if self.picky.load(Ordering::Relaxed) {
                let (code, message) = ("content_refused".to_owned(), "it does not like what it hears".to_owned());
                return Ok(CallProgress::Rejected { code, message, cost: MicroUsd(0) });
            }
            Ok(CallProgress::Ready { provider_id })
        })
    }

    fn fetch<'a>(&'a self, request: &'a PresentRequest, provider_id: &'a str) -> Doing<'a, Answer<Presented>> {
        Box::pin(async move {
            let spoiled = self.spoiled.load(Ordering::Relaxed);
            let mut film = if spoiled { b"<html>busy</html>".to_vec() } else { green().to_vec() };
            // Bytes that players skip: no film is the same file as another one.
            let end = [8_u32 + 80, u32::from_be_bytes(*b"free")].map(u32::to_be_bytes).concat();
            film.extend(end);
            film.extend(provider_id.bytes().chain(std::iter::repeat(0)).take(80));
            std::fs::write(&request.out, film).unwrap();
            let value = Presented { duration_ms: 1_000, width: 640, height: 360, has_alpha: false };
            let (provider, model, version) = (self.profile.provider.clone(), "greta".to_owned(), "2".to_owned());
            Ok(Answer {
                made_by: MadeBy { provider, model, version },
                cost: Some(MicroUsd(FILM)),
                provider_id: Some(provider_id.to_owned()),
                ..Answer::local(value, "", "")
            })
        })
    }
}
