//! The errors of accounts as responses. The codes are stable.

use axum::http::{HeaderValue, StatusCode, header};
use sluice_app::account::AccountError;

use crate::http::errors::{conflict, invalid};
use crate::http::problem::Problem;

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let (code, text) = (error.code(), error.to_string());
        match error {
            AccountError::WrongPassword => Self::new(
                StatusCode::UNAUTHORIZED,
                code,
                "That is not right",
                "The email address or the password is wrong. After several failures the next attempt has to wait.",
            ),
            AccountError::Throttled { seconds, .. } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                code,
                "Too many attempts failed",
                format!("The next attempt is looked at in {seconds} seconds."),
            )
            .header(header::RETRY_AFTER, HeaderValue::from(seconds)),
            AccountError::SignUpClosed => {
                Self::new(StatusCode::FORBIDDEN, code, "Not open to everybody", sentence(&text))
            }
            AccountError::NoInvitation => invalid(code, sentence(&text)),
            AccountError::Weak(_) | AccountError::Invalid(_) | AccountError::NoSuchPlan { .. } => invalid(code, text),
            AccountError::NotFound => Self::not_found("account, session, token or invitation"),
            AccountError::AddressTaken | AccountError::LastAdministrator => conflict(code, &error),
            AccountError::Hash(error) => Self::internal(&error),
            AccountError::Store(error) => error.into(),
        }
    }
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
