//! The owner of a request. Until there are accounts everything belongs to the local owner; this is the one place where
//! the session or token of an account will be checked.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::Extensions;
use axum::http::request::Parts;
use sluice_domain::ids::OwnerId;

/// The owner on whose behalf a request is served. Every handler that accesses rows takes it.
pub struct Owner(pub OwnerId);

/// Whose request it is.
pub(crate) fn of(extensions: &Extensions) -> OwnerId {
    extensions.get::<OwnerId>().cloned().unwrap_or_else(OwnerId::local)
}

impl<S: Sync> FromRequestParts<S> for Owner {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(of(&parts.extensions)))
    }
}
