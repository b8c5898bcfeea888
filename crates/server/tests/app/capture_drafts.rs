//! Phrases on a theme: the installation's model is asked so often on a day, and one with a key of one's own as often as one likes.

use std::any::Any;
use std::sync::Arc;

use serde_json::json;
use sluice_app::capture::CaptureApp;
use sluice_app::capture::drafts::{self, Wanted};
use sluice_app::limits::{Asker, Limiter};
use sluice_app::providers::Routes;
use sluice_capability::{Complete, Router};
use sluice_store::Dialect;

use crate::model::FakeModel;
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn an_own_key_is_exempt_from_the_daily_allowance() {
    let app = TestApp::open(Dialect::Sqlite).await;
    let capture = app.app.modules.iter().find_map(|module| {
        let module: &dyn Any = &**module;
        module.downcast_ref::<CaptureApp>().cloned()
    });
    let mut capture = capture.unwrap();
    let plans = json!({ "visitor": { "user": { "model_calls": { "hard": 1, "seconds": 86_400 } } } });
    capture.platform.limits = Arc::new(Limiter::new(serde_json::from_value(plans).unwrap()));
    let model = Arc::new(FakeModel::new()) as Arc<dyn Complete>;
    let router = Router::only(model);
    let asker = Asker { owner: "zoe".parse().unwrap(), token: None, address: None };
    let wanted: Wanted = serde_json::from_value(json!({ "theme": "tea", "language": "ru", "count": 2 })).unwrap();
    capture.completing = Routes::only(router.clone());
    drafts::ask(&capture, &app.app.engine, &asker, &wanted).await.unwrap();
    let refused = drafts::ask(&capture, &app.app.engine, &asker, &wanted).await.unwrap_err().to_string();
    assert!(refused.contains("without a key of its own"), "{refused}");
    capture.completing = Routes::only(router.with_own(["letters".to_owned()]));
    for _ in 0..3 {
        drafts::ask(&capture, &app.app.engine, &asker, &wanted).await.unwrap();
    }
    app.run_jobs().await;
    app.end().await;
}
