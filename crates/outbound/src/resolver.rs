//! Names are resolved here, and a connection is opened to nothing but what passed the check. A name that changes its
//! addresses between a check and the connection (DNS rebinding) gains nothing: there is no time in between.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::places::is_public;
use crate::rules::Rules;

/// Finds the addresses of a host.
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of `host`.
    fn lookup<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        async move { Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect()) }.boxed()
    }
}

/// Why a host is not connected to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// The name has no address, or cannot be resolved.
    #[error("the host's name cannot be resolved")]
    Unresolved(#[source] Option<io::Error>),
    /// It has no address that may be reached.
    #[error("the host has no address that may be reached")]
    Forbidden,
}

/// What a connection may be opened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// With TLS: what is public, and what the operator named.
    PublicAndNamed,
    /// Without: only what the operator named.
    Named,
}

/// A resolver that returns only addresses that may be reached.
#[derive(Clone)]
pub(crate) struct Guarded {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) rules: Arc<Rules>,
    pub(crate) reach: Reach,
    /// The host of the operator's proxy.
    pub(crate) proxy: Option<String>,
}

impl Guarded {
    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, Refused> {
        let found = self.lookup.lookup(host).await.map_err(|error| Refused::Unresolved(Some(error)))?;
        if found.is_empty() {
            return Err(Refused::Unresolved(None));
        }
        let is_named = self.rules.names_host(host) || self.proxy.as_deref() == Some(host);
        let may = |address: &IpAddr| {
            let public = self.reach == Reach::PublicAndNamed && is_public(*address);
            is_named || public || self.rules.names(*address)
        };
        let reachable: Vec<IpAddr> = found.into_iter().filter(may).collect();
        if reachable.is_empty() { Err(Refused::Forbidden) } else { Ok(reachable) }
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let found = this.addresses(name.as_str()).await?;
            // Port 0 stands for the one of the URL.
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
