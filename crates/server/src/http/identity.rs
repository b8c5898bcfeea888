//! Authentication: the one place where a session, a token or the local user becomes an owner, with what the request may do.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::uri::{Authority, Uri};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use sluice_app::account::issuer::Vouched;
use sluice_app::account::sign_in::Found;
use sluice_app::account::{AccountError, Accounts, Identity, Proof};
use sluice_domain::account::{Role, Scope};
use sluice_domain::ids::{OwnerId, SessionId};

use super::Api;
use super::cookies;
use super::hooks::is_hook;
use super::limits;
use super::problem::Problem;
use crate::oidc::{Claims, IssuerError, Oidc, Rejected};

/// Who may access the server, and from where.
#[derive(Clone)]
pub struct Access {
    /// The accounts of this installation.
    pub accounts: Accounts,
    /// The issuer whose users may sign in.
    pub oidc: Option<Arc<Oidc>>,
    /// A single user on this machine, without sign-in: only loopback names are served.
    pub single_user: bool,
    /// The address under which people reach this server, such as `https://sluice.example.org`.
    pub public_url: Option<Uri>,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub proxies: Arc<[IpNet]>,
}

impl Access {
    /// For a single user on this machine.
    pub fn single_user(accounts: Accounts) -> Self {
        Self { accounts, oidc: None, single_user: true, public_url: None, proxies: Arc::new([]) }
    }

    /// Whether people reach this server by TLS, so that cookies are sent by TLS alone.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.as_ref().and_then(Uri::scheme_str) == Some("https")
    }

    /// The authority of the public address.
    pub(crate) fn public_authority(&self) -> Option<&Authority> {
        self.public_url.as_ref().and_then(Uri::authority)
    }

    /// The address of the client: that of the connection, or the one that trusted proxies report. The header is read from its
    /// end, since a client can write anything at its beginning.
    pub(crate) fn client(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let mut address = peer?.ip().to_canonical();
        let trusted = |address: &IpAddr| self.proxies.iter().any(|network| network.contains(address));
        let named = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = named.flat_map(|list| list.split(',')).map(str::trim).collect();
        for hop in hops.iter().rev() {
            if !trusted(&address) {
                break;
            }
            let Ok(before) = hop.parse::<IpAddr>() else { break };
            address = before.to_canonical();
        }
        Some(address)
    }
}

/// Authenticates a request, for the extractors below and for the log. Invalid credentials are refused here; missing ones are
/// refused by the handlers that need them.
pub(crate) async fn authenticate(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    if is_hook(request.uri().path()) {
        return next.run(request).await;
    }
    let shown = shown(&api.access, &request);
    let found = match find(&api, shown).await {
        Ok(found) => found,
        Err(problem) => return limits::count_refused(&api, request, problem).await,
    };
    let renewed = found.as_ref().and_then(|found| found.renewed.clone());
    let owner = found.as_ref().map(|found| found.identity.owner.clone());
    if let Some(found) = found {
        request.extensions_mut().insert(found.identity);
    }
    let mut response = next.run(request).await;
    if let Some(owner) = owner {
        response.extensions_mut().insert(owner);
    }
    if let Some(secret) = renewed
        && !response.headers().contains_key(header::SET_COOKIE)
    {
        response.headers_mut().append(header::SET_COOKIE, cookies::session(&api.access, &secret));
    }
    response
}

/// The credentials of a request.
enum Shown {
    /// A test in this process has set the identity.
    Known(Box<Identity>),
    Authorization(HeaderValue),
    Cookie(String),
    Nothing,
}

fn shown(access: &Access, request: &Request) -> Shown {
    if let Some(identity) = request.extensions().get::<Identity>() {
        return Shown::Known(Box::new(identity.clone()));
    }
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        return Shown::Authorization(value.clone());
    }
    cookies::read(access, request.headers()).map_or(Shown::Nothing, |secret| Shown::Cookie(secret.to_owned()))
}

async fn find(api: &Api, shown: Shown) -> Result<Option<Found>, Problem> {
    let accounts = &api.access.accounts;
    let certain = |identity| Ok(Some(Found { identity, renewed: None }));
    match shown {
        Shown::Known(identity) => certain(*identity),
        // Credentials that are present are never ignored, as if there were none.
        Shown::Authorization(value) => {
            let token = bearer(&value).ok_or_else(invalid_token)?;
            match &api.access.oidc {
                Some(oidc) if token.contains('.') => certain(of_issuer(accounts, oidc, token).await?),
                _ => certain(accounts.of_token(token).await?.ok_or_else(invalid_token)?),
            }
        }
        Shown::Cookie(_) | Shown::Nothing if api.access.single_user => certain(Identity::local()),
        Shown::Cookie(secret) => Ok(accounts.of_session(&secret).await?),
        Shown::Nothing => Ok(None),
    }
}

/// The identity behind a token of the issuer. The reason why a token is refused is reported: developers need it, and it helps
/// nobody to forge one.
async fn of_issuer(accounts: &Accounts, oidc: &Oidc, token: &str) -> Result<Identity, Problem> {
    let claims = oidc.bearer(token).await.map_err(|rejected| {
        tracing::warn!(reason = %rejected, "a token of the issuer is not accepted");
        match rejected {
            Rejected::Issuers(error) => issuer_unavailable(&error),
            rejected => invalid_token_because(rejected.to_string()),
        }
    })?;
    let vouched = vouched(&claims);
    let identity = accounts.of_bearer(&vouched, claims.is_impersonated(), claims.expires_at()).await;
    identity.map_err(|error| match error {
        AccountError::SignUpClosed => {
            invalid_token_because("there is no account here for that identity, or it is suspended".to_owned())
        }
        error => error.into(),
    })
}

/// What an issuer says of a person.
pub(super) fn vouched(claims: &Claims) -> Vouched<'_> {
    Vouched {
        issuer: &claims.iss,
        subject: &claims.sub,
        email: claims.verified_email().and_then(|email| email.parse().ok()),
        name: claims.name(),
    }
}

/// No one can sign in while the issuer's keys are unknown.
pub(super) fn issuer_unavailable(error: &IssuerError) -> Problem {
    tracing::warn!(error = %error, "the issuer cannot be asked");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "issuer_unavailable",
        "The issuer does not answer",
        "Who you are cannot be found out now. Try again later; the server's log has the cause.",
    )
}

/// The token of an `Authorization` header (RFC 6750, 2.1).
fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn challenge(value: &'static str) -> (HeaderName, HeaderValue) {
    (header::WWW_AUTHENTICATE, HeaderValue::from_static(value))
}

fn invalid_token_because(reason: String) -> Problem {
    invalid_token().because(reason)
}

fn invalid_token() -> Problem {
    let (name, value) = challenge("Bearer realm=\"sluice\", error=\"invalid_token\"");
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "invalid_token",
        "The token is not valid",
        "It is not a token of this server, has expired, or was revoked. Make a new one in the settings, or with \
         sluice token add.",
    )
    .header(name, value)
}

fn nobody() -> Problem {
    let (name, value) = challenge("Bearer realm=\"sluice\"");
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "not_signed_in",
        "Not signed in",
        "Sign in, or send an API token in the header Authorization, as Bearer.",
    )
    .header(name, value)
}

/// The problem of credentials that do not have this scope.
fn lacks(scope: Scope) -> Problem {
    let value = format!("Bearer realm=\"sluice\", error=\"insufficient_scope\", scope=\"{scope}\"");
    let problem = Problem::new(
        StatusCode::FORBIDDEN,
        "insufficient_scope",
        "This is not allowed",
        format!("It needs the scope {scope}, which this account or this token does not have."),
    );
    match HeaderValue::from_str(&value) {
        Ok(value) => problem.header(header::WWW_AUTHENTICATE, value),
        Err(_) => problem,
    }
}

/// The identity of a request, if it has one with this scope.
fn allowed(parts: &Parts, scope: Scope) -> Result<&Identity, Problem> {
    let identity = parts.extensions.get::<Identity>().ok_or_else(nobody)?;
    if identity.may(scope) { Ok(identity) } else { Err(lacks(scope)) }
}

/// The scope that a request needs by its method: methods without side effects only read.
fn scope_of(method: &Method) -> Scope {
    if method.is_safe() { Scope::Read } else { Scope::Write }
}

/// The owner of a request, for the log; empty if nobody is signed in.
pub(crate) fn of(extensions: &Extensions) -> String {
    extensions.get::<OwnerId>().map_or_else(String::new, |owner| owner.as_str().to_owned())
}

/// The owner on whose behalf a request is served. Every handler that accesses rows takes it.
pub struct Owner(pub OwnerId);

impl<S: Sync> FromRequestParts<S> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Ok(Self(allowed(parts, scope_of(&parts.method))?.owner.clone()))
    }
}

/// An administrator.
pub(crate) struct Admin(pub(crate) Identity);

impl<S: Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let identity = allowed(parts, Scope::Admin)?;
        if identity.role == Role::Admin { Ok(Self(identity.clone())) } else { Err(lacks(Scope::Admin)) }
    }
}

/// Whoever monitors the installation: an administrator, or a token with only the scope `metrics`.
pub(crate) struct Operator;

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        allowed(parts, Scope::Metrics).map(|_| Self)
    }
}

/// Any identity, with its credentials.
pub(crate) struct Signed(pub(crate) Identity);

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Ok(Self(allowed(parts, scope_of(&parts.method))?.clone()))
    }
}

/// An interactive session, which may change credentials. A token may not: whoever steals one would keep access after it is
/// revoked.
pub(crate) struct Person(pub(crate) Identity);

impl Person {
    /// Its session, which stays when all others are ended.
    pub(crate) fn session(&self) -> Option<&SessionId> {
        match &self.0.proof {
            Proof::Session(id) => Some(id),
            Proof::Local | Proof::Token(_) | Proof::Issuer(_) => None,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let identity = allowed(parts, scope_of(&parts.method))?;
        match identity.proof {
            Proof::Session(_) | Proof::Local => Ok(Self(identity.clone())),
            Proof::Token(_) | Proof::Issuer(_) => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "session_needed",
                "Only in the browser",
                "Tokens, sessions and passwords are changed by somebody who is signed in, not with a token.",
            )),
        }
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Person {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Infallible> {
        Ok(<Self as FromRequestParts<S>>::from_request_parts(parts, state).await.ok())
    }
}

/// The client's address, as text for rows and the log.
pub(crate) struct Client(pub(crate) String);

impl FromRequestParts<Api> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
        let address = api.access.client(peer, &parts.headers);
        Ok(Self(address.map_or_else(|| "unknown".to_owned(), |address| address.to_string())))
    }
}
