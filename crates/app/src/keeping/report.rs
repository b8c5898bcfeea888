//! What is kept in which tier, how much more there will be, and how full the disk is.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use sluice_domain::ids::OwnerId;
use sluice_domain::time::Timestamp;
use sluice_store::keeping::{self, Held};
use sluice_store::{StoreError, Tx};
use utoipa::ToSchema;

use super::Keeper;
use super::periods::{Periods, of_owner};
use crate::tiers::Tier;

/// The time over which the forecast looks back and ahead, in days.
const FORECAST_DAYS: u32 = 30;
/// The share of the disk above which there is an alert, in percent.
const ALERT_PERCENT: u64 = 80;

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StorageReport)]
pub struct Report {
    /// By app and tier.
    #[schema(max_items = 100)]
    pub tiers: Vec<AppTier>,
    /// Bytes of all tiers together.
    pub bytes: u64,
    /// How many things of apps that is.
    pub count: u64,
    /// When the oldest of them began, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    pub oldest: Option<Timestamp>,
    /// Whether a hold keeps everything where it is.
    pub held: bool,
    /// How long it is kept, by app.
    #[schema(max_items = 100)]
    pub periods: Vec<Periods>,
    /// What comes.
    pub forecast: Forecast,
    /// The disk; none if the media are in a bucket.
    pub disk: Option<Disk>,
}

/// What an app keeps in a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StorageTier)]
pub struct AppTier {
    /// The app.
    #[schema(value_type = String)]
    pub app: &'static str,
    /// The tier.
    pub tier: Tier,
    /// How many things of the app.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
    /// When the oldest of them began, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    pub oldest: Option<Timestamp>,
}

/// What comes, if as much arrives as in the last 30 days and nothing is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StorageForecast)]
pub struct Forecast {
    /// Bytes that arrived per day, on average.
    pub bytes_per_day: u64,
    /// Bytes in 30 days.
    pub bytes_in_30_days: u64,
    /// Days until the disk is full to 80 %; none if nothing arrives, if it is so far away that it means nothing (ten years), or if
    /// the media are in a bucket.
    pub days_to_alert: Option<u64>,
}

/// The disk of the media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StorageDisk)]
pub struct Disk {
    /// Its size in bytes.
    pub bytes: u64,
    /// What is free of it.
    pub free_bytes: u64,
    /// The share that is used, in percent.
    pub used_percent: u64,
    /// Whether that is 80 or more.
    pub alert: bool,
}

impl Disk {
    /// Of its size and what is free.
    pub fn of(bytes: u64, free_bytes: u64) -> Self {
        let used = bytes.saturating_sub(free_bytes);
        let used_percent = used.saturating_mul(100).checked_div(bytes).unwrap_or(0);
        Self { bytes, free_bytes, used_percent, alert: used_percent >= ALERT_PERCENT }
    }

    /// Bytes that may still be used before there is an alert.
    fn room(&self) -> u64 {
        (self.bytes / 100 * ALERT_PERCENT).saturating_sub(self.bytes.saturating_sub(self.free_bytes))
    }
}

/// The disk of a folder.
fn disk(folder: &Path) -> Option<Disk> {
    let space = nix::sys::statvfs::statvfs(folder).ok()?;
    let size = space.fragment_size();
    Some(Disk::of(space.blocks() * size, space.blocks_available() * size))
}

/// What is kept; of one owner, or of all.
pub async fn report(keeper: &Keeper, owner: Option<&OwnerId>) -> Result<Report, StoreError> {
    let blobs = keeper.platform.media.blobs();
    let disk = if blobs.is_remote() { None } else { disk(blobs.local_folder()) };
    keeper
        .platform
        .store
        .read(async |tx: &mut Tx| {
            let since = tx.now().await? - Duration::from_hours(24 * u64::from(FORECAST_DAYS));
            let (mut tiers, mut periods, mut received) = (Vec::new(), Vec::new(), 0);
            for (app, kept) in keeper.apps() {
                tiers.extend(kept.holdings(tx, owner).await?.into_iter().map(|holding| AppTier {
                    app,
                    tier: holding.tier,
                    count: holding.count,
                    bytes: holding.bytes,
                    oldest: holding.oldest,
                }));
                periods.push(of_owner(tx, &keeper.rules, app, owner).await?);
                received += kept.received(tx, owner, since).await?;
            }
            let held = match owner {
                Some(owner) => keeping::held_by(tx, owner, Held::Everything).await?.is_some(),
                None => false,
            };
            let bytes = tiers.iter().map(|tier| tier.bytes).sum();
            Ok(Report {
                bytes,
                count: tiers.iter().map(|tier| tier.count).sum(),
                oldest: tiers.iter().filter_map(|tier| tier.oldest).min(),
                held,
                periods,
                forecast: forecast(bytes, received, disk.as_ref()),
                disk,
                tiers,
            })
        })
        .await
}

fn forecast(bytes: u64, received: u64, disk: Option<&Disk>) -> Forecast {
    let bytes_per_day = received / u64::from(FORECAST_DAYS);
    let days = disk.and_then(|disk| disk.room().checked_div(bytes_per_day));
    Forecast { bytes_per_day, bytes_in_30_days: bytes + received, days_to_alert: days.filter(|days| *days <= 3_650) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_alert_at_eighty_percent() {
        assert!(!Disk::of(1_000, 201).alert);
        assert!(Disk::of(1_000, 200).alert);
        assert_eq!(Disk::of(0, 0), Disk { bytes: 0, free_bytes: 0, used_percent: 0, alert: false });
    }

    #[test]
    fn a_forecast_goes_on_as_the_last_month_did() {
        let disk = Disk::of(10_000, 8_000);
        let forecast = forecast(500, 3_000, Some(&disk));
        assert_eq!(forecast, Forecast { bytes_per_day: 100, bytes_in_30_days: 3_500, days_to_alert: Some(60) });
        assert_eq!(super::forecast(500, 0, Some(&disk)).days_to_alert, None);
    }
}
