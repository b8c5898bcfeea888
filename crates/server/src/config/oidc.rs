//! The options of the issuer whose people are let in.

use anyhow::bail;
use axum::http::Uri;
use clap::Args;

use crate::oidc::OidcSettings;

/// An OpenID Connect issuer.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Sign-in by OpenID Connect")]
#[group(skip)]
pub struct OidcOptions {
    /// Address of an OpenID Connect issuer whose people are let in, as its tokens name it [default: none].
    #[arg(long, env = "SLUICE_OIDC_ISSUER", value_name = "URL", value_parser = issuer)]
    pub oidc_issuer: Option<String>,
    /// The issuer's name on the button of the sign-in page [default: its host].
    #[arg(long, env = "SLUICE_OIDC_NAME", value_name = "NAME")]
    pub oidc_name: Option<String>,
    /// This server's client id there; /auth/callback is its redirect address. Without it nobody signs in by the page.
    #[arg(long, env = "SLUICE_OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,
    /// This server's client secret there [default: none, a public client].
    #[arg(long, env = "SLUICE_OIDC_CLIENT_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub oidc_client_secret: Option<String>,
    /// Audiences of bearer tokens that are accepted, separated by commas [default: the client id, if there are no parties].
    #[arg(long, env = "SLUICE_OIDC_AUDIENCES", value_delimiter = ',', value_name = "NAME")]
    pub oidc_audiences: Vec<String>,
    /// Origins whose bearer tokens are accepted (azp), separated by commas, as Clerk's session tokens have them
    /// [default: any].
    #[arg(long, env = "SLUICE_OIDC_PARTIES", value_delimiter = ',', value_name = "ORIGIN")]
    pub oidc_parties: Vec<String>,
}

impl OidcOptions {
    /// The settings of the issuer, if there is one.
    pub fn settings(&self) -> anyhow::Result<Option<OidcSettings>> {
        let Some(issuer) = self.oidc_issuer.clone() else { return Ok(None) };
        let mut audiences = self.oidc_audiences.clone();
        if audiences.is_empty() && self.oidc_parties.is_empty() {
            let Some(client_id) = &self.oidc_client_id else {
                bail!(
                    "say whose tokens of {issuer} are accepted: --oidc-client-id, --oidc-audiences or --oidc-parties"
                );
            };
            audiences.push(client_id.clone());
        }
        let host = issuer.parse::<Uri>().ok().and_then(|url| url.host().map(str::to_owned));
        Ok(Some(OidcSettings {
            name: self.oidc_name.clone().or(host).unwrap_or_else(|| issuer.clone()),
            issuer,
            client_id: self.oidc_client_id.clone(),
            client_secret: self.oidc_client_secret.clone(),
            audiences,
            parties: self.oidc_parties.clone(),
        }))
    }
}

/// By TLS, but for one on this machine.
fn issuer(text: &str) -> Result<String, String> {
    let url = text.parse::<Uri>().ok();
    let host = url.as_ref().and_then(Uri::host).unwrap_or_default();
    let loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    match url.as_ref().and_then(Uri::scheme_str) {
        Some("https") if !host.is_empty() => Ok(text.to_owned()),
        Some("http") if loopback => Ok(text.to_owned()),
        _ => Err("an address with https is needed, such as https://accounts.example.org".to_owned()),
    }
}
