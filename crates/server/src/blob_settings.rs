//! The settings of the blob store.

use clap::Args;
use sluice_blobs::{Place, S3Settings};

/// Where media are kept.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::doc_markdown, reason = "what --help shows, without markup")]
pub struct BlobSettings {
    /// Where media are kept, s3://bucket/prefix [default: a folder in the data folder].
    #[arg(long = "blobs", env = "SLUICE_BLOBS", global = true, value_name = "URL")]
    pub place: Option<String>,
    /// Address of an S3 service that is not AWS's own, such as https://ACCOUNT.r2.cloudflarestorage.com [default: AWS].
    #[arg(long, env = "SLUICE_S3_ENDPOINT", global = true, value_name = "URL")]
    pub s3_endpoint: Option<String>,
    /// Region of the bucket; auto for Cloudflare R2 [default: $AWS_REGION, or us-east-1].
    #[arg(long, env = "SLUICE_S3_REGION", global = true, value_name = "NAME")]
    pub s3_region: Option<String>,
    /// Puts the bucket's name into the host name [default: into the path].
    #[arg(long, env = "SLUICE_S3_VIRTUAL_HOSTED", global = true)]
    pub s3_virtual_hosted: bool,
    /// Id of the access key [default: $AWS_ACCESS_KEY_ID, a web identity, or the machine's role].
    #[arg(long, env = "SLUICE_S3_ACCESS_KEY_ID", global = true, hide_env_values = true, value_name = "ID")]
    pub s3_access_key_id: Option<String>,
    /// Secret of the access key [default: none].
    #[arg(long, env = "SLUICE_S3_SECRET", global = true, hide_env_values = true, value_name = "SECRET")]
    pub s3_secret: Option<String>,
    /// Sends clients to the bucket for videos, sounds and pictures, by presigned addresses [default: they come through this
    /// server].
    #[arg(long, env = "SLUICE_S3_REDIRECT", global = true)]
    pub s3_redirect: bool,
    /// Most megabytes of local copies of media in a bucket.
    #[arg(long, env = "SLUICE_S3_CACHE_MB", global = true, default_value_t = 10_000, value_name = "NUMBER")]
    pub s3_cache_mb: u64,
}

impl BlobSettings {
    /// The place that is configured.
    pub fn place(&self) -> anyhow::Result<Place> {
        let Some(url) = &self.place else { return Ok(Place::Folder) };
        let key = match (&self.s3_access_key_id, &self.s3_secret) {
            (Some(id), Some(secret)) => Some((id.clone(), secret.clone())),
            (None, None) => None,
            _ => anyhow::bail!("an S3 key has an id and a secret: give --s3-access-key-id and --s3-secret-file"),
        };
        Ok(Place::S3(S3Settings {
            endpoint: self.s3_endpoint.clone(),
            region: self.s3_region.clone(),
            virtual_hosted: self.s3_virtual_hosted,
            key,
            redirect: self.s3_redirect,
            cache_bytes: self.s3_cache_mb.saturating_mul(1_000_000),
            ..S3Settings::from_url(url)?
        }))
    }
}
