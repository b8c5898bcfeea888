//! D-ID against the twin's: what a film costs is what is on the bill.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sluice_capability::{Begun, CallProgress, Does as _, PresentRequest};
use sluice_domain::money::MicroUsd;
use sluice_domain::time::Timestamp;
use sluice_providers::did::{Account, Kind, Presenter, Settings};
use sluice_providers::http::Secret;
use sluice_providers::prices::Prices;
use sluice_twin::Options;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::support::{KEY, begin, client};

/// Four steps of fifteen seconds, each for what the twin charges for one.
const PRICES: &str = "version = \"test\"\n[[models]]\nprovider = \"d-id\"\nmodel = \"clip\"\nminutes = \"0.8\"\nsource = \"test\"\ndate = \"2026-11-29\"";

/// A WAV file of silence.
fn sound(path: &Path, millis: u32) {
    let data = vec![0; usize::try_from(millis).unwrap() * 32];
    let size = u32::try_from(data.len()).unwrap();
    let head = [
        &b"RIFF"[..],
        &(size + 36).to_le_bytes(),
        b"WAVEfmt \x10\0\0\0\x01\0\x01\0",
        &16_000_u32.to_le_bytes(),
        &32_000_u32.to_le_bytes(),
        b"\x02\0\x10\0data",
        &size.to_le_bytes(),
    ];
    std::fs::write(path, [head.concat(), data].concat()).unwrap();
}

async fn bill(at: &str) -> i64 {
    let mut stream = TcpStream::connect(at).await.unwrap();
    let request = format!("GET /twin/bill HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let bill: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    bill["total_micro_usd"].as_i64().unwrap()
}

#[tokio::test]
async fn a_film_is_booked_as_it_is_billed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let plan = serde_json::from_value(json!({ "settings": { "job_ms": 20 } })).unwrap();
    let started = Timestamp::from_millis(1_767_323_045_000);
    let stop = CancellationToken::new();
    let _stop = stop.clone().drop_guard();
    tokio::spawn(sluice_twin::serve(listener, Options { seed: 7, started, plan }, stop));
    let prices = Arc::new(Prices::default().overridden(PRICES).unwrap());
    let address = Some(format!("http://{at}/d-id"));
    let settings = Settings { address, settle: Duration::ZERO, ..Settings::new(Secret::new(KEY).unwrap(), prices) };
    let presenter = Presenter::new(Account::new(client(), settings).unwrap(), Kind::Clip);
    let folder = tempfile::tempdir().unwrap();
    let mut billed = 0;
    for (duration_ms, steps) in [(2_500, 1), (11_300, 1), (14_999, 1), (15_000, 1), (15_001, 2), (62_000, 5)] {
        let request = PresentRequest {
            presenter: "d-id:clip:v2_public_twin_ada".to_owned(),
            sound: folder.path().join("speech.wav"),
            duration_ms,
            phonemes: Vec::new(),
            width: 720,
            height: 720,
            out: folder.path().join("presenter.mp4"),
        };
        sound(&request.sound, duration_ms);
        let Begun::Accepted { provider_id, .. } = begin(&presenter, &request).await.unwrap() else {
            panic!("accepted")
        };
        let ready = async {
            while presenter.look("key", Some(&provider_id)).await.unwrap()
                != (CallProgress::Ready { provider_id: provider_id.clone() })
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), ready).await.unwrap();
        let answer = presenter.fetch(&request, &provider_id).await.unwrap();
        assert_eq!(answer.value.duration_ms, duration_ms, "a film lasts as long as its sound");
        let cost = MicroUsd(steps * 200_000);
        assert_eq!((answer.cost, presenter.estimate(&request)), (Some(cost), Some(cost)), "{duration_ms}");
        let total = bill(&at).await;
        assert_eq!(MicroUsd(total - billed), cost, "{duration_ms}");
        billed = total;
    }
}
