//! The backend for many machines: S3 and what is compatible with it, such as Cloudflare R2, `MinIO` and Garage.
//!
//! An object's key is `prefix/ab/abcdef…`, by its hash. Nothing is visible under a key before all of it is there: a small
//! object is one request, and the parts of a large one become an object in its last request. Every part but the last has
//! the same length, as R2 requires.

use std::fmt;
use std::fs::File;
use std::ops::Range;
use std::path::{Path as LocalPath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey, Checksum};
use object_store::path::Path;
use object_store::signer::{SignedUrlOptions, Signer as _};
use object_store::{
    ClientOptions, Error, GetOptions, GetRange, MultipartUpload as _, ObjectStore as _, ObjectStoreExt as _,
    RetryConfig,
};
use tokio::task::{JoinError, JoinSet};
use tracing::Instrument as _;

use crate::blobs::{ByteStream, Listed};
use crate::cache::{Cache, Pin};
use crate::error::BlobError;
use crate::files::{private_folder, run_blocking};
use crate::hash::BlobHash;
use crate::memory::Memory;
use crate::stage::{self, Staged};

/// Where objects are. Without keys, those of the environment are used (`AWS_ACCESS_KEY_ID`, a profile of the machine, a
/// web identity), as with other tools.
#[derive(Clone, Default)]
pub struct S3Settings {
    /// The bucket's name.
    pub bucket: String,
    /// What all keys begin with; may be empty.
    pub prefix: String,
    /// Address of the service; AWS's own by default.
    pub endpoint: Option<String>,
    /// The region; `auto` for R2.
    pub region: Option<String>,
    /// The key's id and its secret.
    pub key: Option<(String, String)>,
    /// The bucket's name is part of the host name, and not of the path.
    pub virtual_hosted: bool,
    /// Most bytes of local copies for child processes.
    pub cache_bytes: u64,
    /// How long a request that fails is tried again.
    pub retry: Duration,
    /// Whether clients are sent to the service for large files, instead of getting them through this process.
    pub redirect: bool,
}

/// How the service presents an object to a client that was sent to it. All of it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    /// Its type.
    pub content_type: String,
    /// Whether it is shown or saved, and under which name.
    pub disposition: String,
    /// How long caches may keep it.
    pub cache_control: String,
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Settings").field("bucket", &self.bucket).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl S3Settings {
    /// 10 GB of local copies.
    pub const CACHE_BYTES: u64 = 10_000_000_000;
    /// How long a request that fails is tried again, if nothing else is said.
    pub const RETRY: Duration = Duration::from_mins(1);

    /// Reads `s3://bucket/prefix`; the rest is as by default.
    pub fn from_url(url: &str) -> Result<Self, BlobError> {
        let wrong = || BlobError::Settings(format!("\"{url}\" is not of the form s3://bucket/prefix"));
        let rest = url.strip_prefix("s3://").ok_or_else(wrong)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(plain) {
            return Err(wrong());
        }
        let prefix = prefix.trim_matches('/').to_owned();
        Ok(Self {
            bucket: bucket.to_owned(),
            prefix,
            cache_bytes: Self::CACHE_BYTES,
            retry: Self::RETRY,
            ..Self::default()
        })
    }
}

/// Objects up to this length are sent in one request, and larger ones in parts of it.
const PART: u64 = 8 * 1024 * 1024;
/// Most parts of an object.
const MOST_PARTS: u64 = 10_000;
/// Parts of one object that are sent side by side, if [`Memory`] has room for them.
const PARALLEL: usize = 4;
/// A request that says nothing for so long has failed.
const SILENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone)]
pub(crate) struct S3 {
    pub(crate) store: Arc<AmazonS3>,
    prefix: String,
    cache: Cache,
    pub(crate) memory: Memory,
    /// The origin of presigned addresses, if clients are sent there.
    pub(crate) redirect: Option<String>,
}

impl S3 {
    /// Connects to nothing yet. Blocks for the local cache.
    pub(crate) fn open(data: &LocalPath, settings: &S3Settings) -> Result<Self, BlobError> {
        // The HTTP client is built without a default of its own; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = settings.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let options = ClientOptions::new()
            .with_timeout_disabled()
            .with_read_timeout(SILENCE)
            .with_connect_timeout(Duration::from_secs(5))
            .with_allow_http(http);
        let retry = RetryConfig { retry_timeout: settings.retry, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(&settings.bucket)
            .with_virtual_hosted_style_request(settings.virtual_hosted)
            .with_checksum_algorithm(Checksum::SHA256)
            .with_client_options(options)
            .with_retry(retry);
        if let Some(endpoint) = &settings.endpoint {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        if let Some(region) = &settings.region {
            builder = builder.with_region(region);
        }
        if let Some((id, secret)) = &settings.key {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret);
        }
        let redirect = settings.redirect.then(|| origin(&builder, settings));
        let store = builder.build().map_err(|error| BlobError::Settings(error.to_string()))?;
        let folder = data.join("cache");
        private_folder(&folder)?;
        let cache = Cache::open(&folder, settings.cache_bytes)?;
        let (store, prefix, memory) = (Arc::new(store), settings.prefix.clone(), Memory::new());
        Ok(Self { store, prefix, cache, memory, redirect })
    }

    /// What all keys begin with.
    pub(crate) fn root(&self) -> Path {
        self.prefix.split('/').filter(|part| !part.is_empty()).collect()
    }

    fn key(&self, hash: &BlobHash) -> Path {
        self.root().join(hash.shard()).join(hash.as_str())
    }

    /// The bytes of any object.
    pub(crate) async fn object(&self, key: &Path) -> Result<ByteStream, BlobError> {
        let answer = self.store.get(key).await.map_err(|error| failed("read an object", error))?;
        Ok(answer.into_stream().map_err(|error| failed("read an object", error)).boxed())
    }

    pub(crate) async fn publish(&self, staged: Staged) -> Result<(), BlobError> {
        let Staged { hash, bytes, file } = staged;
        if self.size(&hash).await? != Some(bytes) {
            let key = self.key(&hash);
            let path = file.to_path_buf();
            let inside = path.clone();
            let open = run_blocking(move || File::open(&inside).map_err(|error| BlobError::at(&inside, error)));
            let open = Arc::new(open.await?);
            if bytes <= PART {
                let body = self.memory.read(&open, &path, 0, bytes).await?;
                self.store.put(&key, body).await.map_err(|error| failed("store an object", error))?;
            } else {
                self.upload_parts(&key, &open, &path, bytes).await?;
            }
            // The last request of an upload may be answered without its object being there.
            if self.size(&hash).await? != Some(bytes) {
                return Err(BlobError::Damaged { hash });
            }
        }
        // Whoever made it is likely to work with it next.
        let cache = self.cache.clone();
        run_blocking(move || cache.insert(&hash, bytes, file).map(drop)).await
    }

    async fn upload_parts(&self, key: &Path, file: &Arc<File>, path: &LocalPath, bytes: u64) -> Result<(), BlobError> {
        const WHAT: &str = "store a part of an object";
        let part = part_length(bytes);
        let started = self.store.put_multipart(key).await;
        let mut upload = started.map_err(|error| failed("begin an upload", error))?;
        // Tasks, so that parts are sent, and their memory returns, also while the next one waits for room.
        let mut running = JoinSet::new();
        let sent = async {
            let mut at = 0;
            while at < bytes {
                if running.len() == PARALLEL
                    && let Some(outcome) = running.join_next().await
                {
                    ended(WHAT, outcome)?;
                }
                let length = part.min(bytes - at);
                let body = self.memory.read(file, path, at, length).await?;
                running.spawn(upload.put_part(body).in_current_span());
                at += length;
            }
            while let Some(outcome) = running.join_next().await {
                ended(WHAT, outcome)?;
            }
            Ok::<(), BlobError>(())
        };
        let sent = sent.await;
        // After an error; else there are none any more.
        running.shutdown().await;
        let outcome = match sent {
            Ok(()) => upload.complete().await.map(drop).map_err(|error| failed("complete an upload", error)),
            Err(error) => Err(error),
        };
        if outcome.is_err()
            && let Err(error) = upload.abort().await
        {
            tracing::warn!(%error, "the parts of an upload stay until the bucket's lifecycle rule removes them");
        }
        outcome
    }

    pub(crate) async fn size(&self, hash: &BlobHash) -> Result<Option<u64>, BlobError> {
        match self.store.head(&self.key(hash)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed("look for an object", error)),
        }
    }

    pub(crate) async fn open_range(&self, hash: &BlobHash, range: Range<u64>) -> Result<ByteStream, BlobError> {
        if range.is_empty() {
            return Ok(futures::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        self.get(hash, options).await
    }

    async fn get(&self, hash: &BlobHash, options: GetOptions) -> Result<ByteStream, BlobError> {
        let answer = self.store.get_opts(&self.key(hash), options).await.map_err(|error| match error {
            Error::NotFound { .. } => BlobError::Missing { hash: hash.clone() },
            error => failed("read an object", error),
        })?;
        Ok(answer.into_stream().map_err(|error| failed("read an object", error)).boxed())
    }

    /// A local copy, whose content is verified by its hash.
    pub(crate) async fn local_file(&self, hash: &BlobHash) -> Result<(PathBuf, Pin), BlobError> {
        let one_at_a_time = self.cache.loading(hash);
        let _loading = one_at_a_time.lock().await;
        if let Some((path, pin)) = self.cache.find(hash) {
            if tokio::fs::try_exists(&path).await.unwrap_or(false) {
                return Ok((path, pin));
            }
            drop(pin);
            self.cache.forget(hash)?;
        }
        let body = self.get(hash, GetOptions::default()).await?;
        let staged =
            stage::stream(self.cache.folder().to_owned(), body, u64::MAX).await.map_err(|error| match error {
                BlobError::Interrupted(source) => BlobError::Remote { what: "read an object", source },
                error => error,
            })?;
        if staged.hash != *hash {
            return Err(BlobError::Damaged { hash: hash.clone() });
        }
        let cache = self.cache.clone();
        run_blocking(move || cache.insert(&staged.hash, staged.bytes, staged.file)).await
    }

    pub(crate) async fn presign(
        &self,
        hash: &BlobHash,
        lifetime: Duration,
        presented: &Presented,
    ) -> Result<String, BlobError> {
        let options = SignedUrlOptions::new().with_query([
            ("response-content-type", presented.content_type.as_str()),
            ("response-content-disposition", &presented.disposition),
            ("response-cache-control", &presented.cache_control),
        ]);
        let signed = self.store.signed_url_opts(http::Method::GET, &self.key(hash), lifetime, &options).await;
        signed.map(Into::into).map_err(|error| failed("sign a link", error))
    }

    pub(crate) async fn delete(&self, hash: &BlobHash) -> Result<(), BlobError> {
        match self.store.delete(&self.key(hash)).await {
            Ok(()) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(failed("delete an object", error)),
        }
        let (cache, hash) = (self.cache.clone(), hash.clone());
        run_blocking(move || cache.forget(&hash)).await
    }

    pub(crate) async fn list(&self, after: Option<BlobHash>, limit: usize) -> Result<Vec<Listed>, BlobError> {
        let prefix = self.root();
        let prefix = (!self.prefix.is_empty()).then_some(&prefix);
        let found = match &after {
            Some(hash) => self.store.list_with_offset(prefix, &self.key(hash)),
            None => self.store.list(prefix),
        };
        listed(found).take(limit).try_collect().await
    }
}

fn listed(
    found: impl Stream<Item = object_store::Result<object_store::ObjectMeta>>,
) -> impl Stream<Item = Result<Listed, BlobError>> {
    found.map_err(|error| failed("list its objects", error)).try_filter_map(|object| {
        let hash = object.location.filename().and_then(|name| name.parse::<BlobHash>().ok());
        std::future::ready(Ok(hash.map(|hash| Listed { hash, bytes: Ok(object.size) })))
    })
}

/// Where presigned addresses lead, for the content security policy of our pages. As `object_store` builds its addresses: an
/// endpoint with a virtual-hosted bucket names the bucket already.
fn origin(builder: &AmazonS3Builder, settings: &S3Settings) -> String {
    let endpoint = builder.get_config_value(&AmazonS3ConfigKey::Endpoint);
    let region = builder.get_config_value(&AmazonS3ConfigKey::Region).unwrap_or_else(|| "us-east-1".to_owned());
    let bucket = &settings.bucket;
    match endpoint.and_then(|endpoint| endpoint.parse::<http::Uri>().ok()) {
        Some(uri) => {
            let scheme = uri.scheme_str().unwrap_or("https");
            format!("{scheme}://{}", uri.authority().map_or("", http::uri::Authority::as_str))
        }
        None if settings.virtual_hosted => format!("https://{bucket}.s3.{region}.amazonaws.com"),
        None => format!("https://s3.{region}.amazonaws.com"),
    }
}

/// As long as it has to be for the number of parts that is allowed, in whole MiB.
fn part_length(bytes: u64) -> u64 {
    const MIB: u64 = 1024 * 1024;
    PART.max(bytes.div_ceil(MOST_PARTS).div_ceil(MIB) * MIB)
}

/// The outcome of a request that ran in a task of its own.
pub(crate) fn ended(what: &'static str, outcome: Result<object_store::Result<()>, JoinError>) -> Result<(), BlobError> {
    match outcome {
        Ok(outcome) => outcome.map_err(|error| failed(what, error)),
        Err(error) => Err(BlobError::Remote { what, source: error.into() }),
    }
}

pub(crate) fn failed(what: &'static str, error: Error) -> BlobError {
    BlobError::Remote { what, source: error.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_never_too_many() {
        for bytes in [PART + 1, 80 * 1024 * 1024 * 1024, 5_000_000_000_000] {
            assert!(bytes.div_ceil(part_length(bytes)) <= MOST_PARTS, "{bytes}");
        }
    }

    #[test]
    fn an_address_names_bucket_and_prefix() {
        let settings = S3Settings::from_url("s3://media-1/sluice/a/").unwrap();
        assert_eq!((settings.bucket.as_str(), settings.prefix.as_str()), ("media-1", "sluice/a"));
        assert_eq!(S3Settings::from_url("s3://media-1").unwrap().prefix, "");
        for wrong in ["media", "s3://", "s3://Media/x", "http://media/x", "s3://a b/x"] {
            assert!(S3Settings::from_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn settings_are_shown_without_their_secret() {
        let settings = S3Settings { key: Some(("id".into(), "hush".into())), ..S3Settings::default() };
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
