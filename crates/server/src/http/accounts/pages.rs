//! Sign-in, sign-up and first run as pages of the server, which work without script.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use sluice_app::account::secret::Secret;
use sluice_app::account::{AccountError, SignUp};
use sluice_domain::account::Role;

use super::sign_in::{SignUpRequest, email, origin};
use super::words::{self, Words};
use crate::http::Api;
use crate::http::cookies;
use crate::http::extract::Path;
use crate::http::identity::{Client, Person};
use crate::http::problem::Problem;

const STYLE: &str = include_str!("pages.css");

/// The path of the page where an invitation is used.
pub(crate) fn join_path(secret: &Secret) -> String {
    format!("/join/{}", secret.reveal())
}

/// Where to go after signing in.
#[derive(Deserialize, Default)]
pub(crate) struct Next {
    #[serde(default)]
    pub(super) next: String,
    /// The code of a problem that another page had.
    #[serde(default)]
    problem: String,
}

/// A path of our own, or the home: never another site.
pub(super) fn safe(next: &str) -> &str {
    let odd = |c: char| c.is_control() || c == '\\';
    if next.starts_with('/') && !next.starts_with("//") && !next.contains(odd) { next } else { "/" }
}

/// Sends who is not signed in to the sign-in page.
pub(crate) fn to_sign_in(path: &str) -> Response {
    let next = utf8_percent_encode(path, NON_ALPHANUMERIC);
    see(&if path == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={next}") })
}

pub(super) fn see(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location), (header::CACHE_CONTROL, NO_STORE)]).into_response()
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

fn page(status: StatusCode, words: &Words, title: &str, body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang=(words.language) dir=(words.direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
                title { (title) " · Sluice" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    p.brand { "Sluice" }
                    h1 { (title) }
                    (body)
                }
                footer { (words.tagline) }
            }
        }
    };
    (status, [(header::CACHE_CONTROL, NO_STORE)], Html(page.into_string())).into_response()
}

fn problem_box(words: &Words, code: &str) -> Markup {
    html! { @if !code.is_empty() { p.problem role="alert" { (words.problem(code)) } } }
}

fn sign_in_page(api: &Api, words: &Words, status: StatusCode, next: &str, address: &str, code: &str) -> Response {
    let open = api.access.accounts.settings().sign_up == SignUp::Open;
    let by_page = api.access.oidc.as_ref().map(|oidc| oidc.settings()).filter(|settings| settings.client_id.is_some());
    let issuer = by_page.map(|settings| settings.name.as_str());
    let body = html! {
        p.hint { (words.sign_in_hint) }
        (problem_box(words, code))
        form method="post" action="/sign-in" {
            input type="hidden" name="next" value=(next);
            label for="email" { (words.email) }
            input #email type="email" name="email" value=(address) autocomplete="username" maxlength="254" required autofocus[address.is_empty()] dir="ltr";
            label for="password" { (words.password) }
            input #password type="password" name="password" autocomplete="current-password" maxlength="256" required autofocus[!address.is_empty()] dir="ltr";
            button type="submit" { (words.sign_in) }
        }
        @if let Some(name) = issuer {
            p.or { (words.or) }
            a.issuer href={ "/auth/sign-in?next=" (utf8_percent_encode(next, NON_ALPHANUMERIC)) } { (words.with_issuer) " " bdi { (name) } }
        }
        @if open { p.other { a href="/sign-up" { (words.no_account) } } } @else { p.note { (words.not_open) } }
    };
    page(status, words, words.sign_in, &body)
}

/// The sign-in page; who is signed in goes on.
pub(crate) async fn sign_in(
    State(api): State<Api>,
    person: Option<Person>,
    Query(Next { next, problem }): Query<Next>,
    headers: HeaderMap,
) -> Response {
    if person.is_some() {
        return see(safe(&next));
    }
    sign_in_page(&api, words::of(&headers), StatusCode::OK, safe(&next), "", &problem)
}

/// The form of the sign-in page.
#[derive(Deserialize)]
pub(crate) struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Signs in with the form, or shows it again with what was wrong.
pub(crate) async fn submit_sign_in(
    State(api): State<Api>,
    client: Client,
    headers: HeaderMap,
    form: Result<Form<SignInForm>, FormRejection>,
) -> Response {
    let words = words::of(&headers);
    let Ok(Form(form)) = form else {
        return sign_in_page(&api, words, StatusCode::BAD_REQUEST, "/", "", "bad_request");
    };
    let next = safe(&form.next);
    let attempt = async {
        let email = email(&form.email)?;
        let from = origin(client, &headers);
        Ok::<_, Problem>(api.access.accounts.sign_in(&email, form.password, &from).await?)
    };
    match attempt.await {
        Ok((_, secret)) => signed_in(&api, &secret, next),
        Err(problem) => {
            let (status, code) = (problem.status(), problem.code());
            let mut page = sign_in_page(&api, words, status, next, &form.email, code);
            problem.copy_headers(page.headers_mut());
            page
        }
    }
}

pub(super) fn signed_in(api: &Api, secret: &Secret, next: &str) -> Response {
    let mut response = see(next);
    response.headers_mut().insert(header::SET_COOKIE, cookies::session(&api.access, secret));
    response
}

/// Signs out, and shows the sign-in page.
pub(crate) async fn sign_out(State(api): State<Api>, person: Option<Person>) -> Result<Response, Problem> {
    if let Some(person) = person
        && let Some(session) = person.session()
    {
        match api.access.accounts.sign_out(&person.0.owner, session).await {
            Ok(()) | Err(AccountError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut response = see("/sign-in");
    response.headers_mut().insert(header::SET_COOKIE, cookies::none(&api.access));
    Ok(response)
}

/// What the form of a new account is for.
struct Joining<'a> {
    title: &'a str,
    hint: &'a str,
    invitation: &'a str,
    /// The only address that may be used.
    bound: Option<&'a str>,
}

fn join_page(words: &Words, status: StatusCode, joining: &Joining<'_>, given: (&str, &str), code: &str) -> Response {
    let (name, address) = given;
    let body = html! {
        p.hint { (joining.hint) }
        (problem_box(words, code))
        form method="post" action="/join" {
            input type="hidden" name="invitation" value=(joining.invitation);
            label for="name" { (words.name) }
            input #name type="text" name="name" value=(name) autocomplete="name" maxlength="100" required autofocus aria-describedby="name-hint" dir="auto";
            p.small #name-hint { (words.name_hint) }
            label for="email" { (words.email) }
            input #email type="email" name="email" value=(joining.bound.unwrap_or(address)) readonly[joining.bound.is_some()] autocomplete="username" maxlength="254" required dir="ltr";
            label for="password" { (words.password) }
            input #password type="password" name="password" autocomplete="new-password" minlength="10" maxlength="256" required aria-describedby="password-hint" dir="ltr";
            p.small #password-hint { (words.password_hint) }
            button type="submit" { (words.make_account) }
        }
        p.other { a href="/sign-in" { (words.has_account) } }
    };
    page(status, words, joining.title, &body)
}

/// The page of an invitation: the first administrator's, or somebody's.
pub(crate) async fn join(
    State(api): State<Api>,
    Path(invitation): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    show_join(&api, words::of(&headers), StatusCode::OK, &invitation, ("", ""), "").await
}

/// The page of sign-up, where it is open.
pub(crate) async fn sign_up(State(api): State<Api>, headers: HeaderMap) -> Result<Response, Problem> {
    show_join(&api, words::of(&headers), StatusCode::OK, "", ("", ""), "").await
}

async fn show_join(
    api: &Api,
    words: &Words,
    status: StatusCode,
    invitation: &str,
    given: (&str, &str),
    code: &str,
) -> Result<Response, Problem> {
    if invitation.is_empty() {
        if api.access.accounts.settings().sign_up != SignUp::Open {
            return Ok(sign_in_page(api, words, StatusCode::FORBIDDEN, "/", "", "sign_up_closed"));
        }
        let joining = Joining { title: words.join_title, hint: words.name_hint, invitation, bound: None };
        return Ok(join_page(words, status, &joining, given, code));
    }
    let row = match api.access.accounts.invited(invitation).await {
        Ok(row) => row,
        Err(AccountError::NoInvitation) => {
            return Ok(sign_in_page(api, words, StatusCode::NOT_FOUND, "/", "", "invitation_invalid"));
        }
        Err(error) => return Err(error.into()),
    };
    let first = row.role == Role::Admin && row.owner == sluice_domain::ids::OwnerId::system();
    let (title, hint) = if first { (words.first_title, words.first_hint) } else { (words.join_title, words.join_hint) };
    let bound = row.email.as_ref().map(sluice_domain::account::Email::as_str);
    Ok(join_page(words, status, &Joining { title, hint, invitation, bound }, given, code))
}

/// The form of a new account.
#[derive(Deserialize)]
pub(crate) struct JoinForm {
    #[serde(default)]
    invitation: String,
    name: String,
    email: String,
    password: String,
}

/// Makes the account and signs in, or shows the form again with what was wrong.
pub(crate) async fn submit_join(
    State(api): State<Api>,
    client: Client,
    headers: HeaderMap,
    form: Result<Form<JoinForm>, FormRejection>,
) -> Result<Response, Problem> {
    let words = words::of(&headers);
    let Ok(Form(form)) = form else {
        return Ok(sign_in_page(&api, words, StatusCode::BAD_REQUEST, "/", "", "bad_request"));
    };
    let JoinForm { invitation, name, email, password } = form;
    let given = (name.clone(), email.clone());
    let attempt = async {
        let secret = Some(invitation.clone()).filter(|text| !text.is_empty());
        let (new, secret) = SignUpRequest { email, name, password, invitation: secret }.account()?;
        let from = origin(client, &headers);
        let account = api.access.accounts.sign_up(new, secret.as_deref(), &from).await?;
        Ok::<_, Problem>(api.access.accounts.open_session(&account.owner, &from).await?)
    };
    match attempt.await {
        Ok(secret) => Ok(signed_in(&api, &secret, "/")),
        Err(problem) => {
            let given = (given.0.as_str(), given.1.as_str());
            show_join(&api, words, problem.status(), &invitation, given, problem.code()).await
        }
    }
}
