//! What is wrong with a configuration, beyond the types of its values.

use http::Uri;
use sluice_domain::language::LanguageCode;

use super::{Kind, LOCAL, LOCAL_SERVES, NAME, ProviderSettings, ProvidersConfig, RouteSettings, Served};

/// Something wrong in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {message}")]
pub struct ConfigProblem {
    /// Where: `providers.voices`, `route.speak[0]`.
    pub key: String,
    /// What is wrong, and what is expected.
    pub message: String,
}

impl ProvidersConfig {
    /// Everything wrong in it, beyond the types of its values. Providers that could not be read are not here, and of a route to
    /// one of them nothing is said.
    pub fn check(&self, unread: &[&str]) -> Vec<ConfigProblem> {
        let mut problems = Vec::new();
        for (name, settings) in &self.providers {
            let said = provider_problems(name, settings);
            problems
                .extend(said.into_iter().map(|message| ConfigProblem { key: format!("providers.{name}"), message }));
        }
        for served in Served::ALL {
            for (place, route) in self.routes.of(served).iter().enumerate() {
                let said = self.route_problems(served, route, unread);
                let key = format!("route.{}[{place}]", served.as_str());
                problems.extend(said.into_iter().map(|message| ConfigProblem { key: key.clone(), message }));
            }
        }
        problems
    }

    fn route_problems(&self, served: Served, route: &RouteSettings, unread: &[&str]) -> Vec<String> {
        let mut said = Vec::new();
        if let (Some(longest), Some(shortest)) = (route.longest, route.shortest)
            && shortest > longest
        {
            said.push(format!("shortest is {shortest}, which is more than longest, {longest}: no request is both"));
        }
        if !route.languages.is_empty() && matches!(served, Served::Draw | Served::Embed) {
            let name = served.as_str();
            said.push(format!(
                "languages: nobody says in which language {name} is asked, so that no request fits: leave it out"
            ));
        }
        if route.provider == LOCAL {
            if !LOCAL_SERVES.contains(&served) {
                said.push(format!("there is no built-in engine that can {}: name a provider", served.as_str()));
            }
            if route.model.is_some() {
                said.push("the built-in engines choose their model by themselves: leave model out".to_owned());
            }
            return said;
        }
        if unread.contains(&route.provider.as_str()) {
            return said;
        }
        let Some(settings) = self.providers.get(&route.provider) else {
            let known: Vec<&str> = self.providers.keys().map(String::as_str).chain([LOCAL]).collect();
            said.push(format!("there is no provider \"{}\"; there are: {}", route.provider, known.join(", ")));
            return said;
        };
        let (kind, name) = (settings.kind, served.as_str());
        if !kind.serves().contains(&served) {
            let can: Vec<&str> = kind.serves().iter().map(|served| served.as_str()).collect();
            said.push(format!("a provider of the kind {} cannot {name}; it can {}", kind.as_str(), can.join(", ")));
        }
        if route.local_only && !settings.is_local() {
            said.push(format!("local_only, but the provider \"{}\" is not on this machine", route.provider));
        }
        said
    }
}

fn provider_problems(name: &str, settings: &ProviderSettings) -> Vec<String> {
    let mut said = Vec::new();
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !plain || !(1..=NAME).contains(&name.len()) || name == LOCAL {
        said.push(format!(
            "a name has from 1 to {NAME} lower-case letters, digits and hyphens, and is not \"{LOCAL}\""
        ));
    }
    if let Some(url) = &settings.url
        && !is_address(url)
    {
        said.push(format!(
            "\"{url}\" is no address: give one such as https://api.example.org/v1, without a name or a key in it"
        ));
    }
    if settings.url.is_none() && settings.kind == Kind::Runner {
        said.push("a runner has no public address: give its url".to_owned());
    }
    if settings.server.is_some() && settings.kind != Kind::OpenAi {
        said.push(format!(
            "server is for the kind openai alone: leave it out of one of the kind {}",
            settings.kind.as_str()
        ));
    }
    if settings.key_form.is_some() && settings.kind != Kind::DId {
        said.push(format!(
            "key_form is for the kind d-id alone: leave it out of one of the kind {}",
            settings.kind.as_str()
        ));
    }
    if settings.by_webhook && settings.kind != Kind::ElevenLabs {
        said.push(format!(
            "by_webhook is for the kind elevenlabs alone: leave it out of one of the kind {}",
            settings.kind.as_str()
        ));
    }
    if !settings.fallbacks.is_empty() && settings.kind != Kind::OpenRouter {
        said.push(format!(
            "fallbacks is for the kind openrouter alone: leave it out of one of the kind {}",
            settings.kind.as_str()
        ));
    }
    if !settings.presenters.is_empty() && !settings.kind.serves().contains(&Served::Present) {
        said.push(format!("presenters: a provider of the kind {} has none: leave it out", settings.kind.as_str()));
    }
    for name in settings.presenters.iter().filter(|name| !is_presenter(name)) {
        said.push(format!("presenters: \"{name}\" is no id: it has from 1 to 150 letters, digits and -_.@/"));
    }
    said.extend(face_problems(settings));
    for code in settings.voices.keys().filter(|code| LanguageCode::from_code(code).is_none()) {
        said.push(format!("voices.{code}: there is no such language; write its code, such as en or ar"));
    }
    for (code, voices) in &settings.voices {
        if voices.is_empty() || voices.iter().any(|voice| voice.trim().is_empty()) {
            said.push(format!("voices.{code}: a voice has a name: give each, or leave the language out"));
        }
    }
    for (served, model) in &settings.models {
        let can: Vec<&str> = settings.kind.serves().iter().map(|served| served.as_str()).collect();
        if !can.contains(&served.as_str()) {
            said.push(format!("models.{served}: it cannot do that; it can {}", can.join(", ")));
        }
        if model.is_empty() || model.len() > 200 || model.contains(|c: char| c.is_control()) {
            said.push(format!("models.{served}: a model has from 1 to 200 characters"));
        }
    }
    said
}

fn face_problems(settings: &ProviderSettings) -> Vec<String> {
    let mut said = Vec::new();
    if !settings.faces.is_empty() && settings.kind != Kind::DId {
        let kind = settings.kind.as_str();
        said.push(format!("faces is for the kind d-id alone: leave it out of one of the kind {kind}"));
    }
    for (name, place) in &settings.faces {
        if !is_presenter(name) || name.contains('/') {
            said.push(format!("faces: \"{name}\" is no name: it has from 1 to 150 letters, digits and -_.@"));
        }
        // Anything else is a file on this machine.
        if place.contains("://") && !is_picture(place) {
            said.push(format!(
                "faces.{name}: D-ID takes no such link: give one that begins with https:// or s3:// and ends with .jpg, .jpeg \
                 or .png, or a file"
            ));
        }
    }
    said
}

/// The link of a picture that D-ID fetches.
fn is_picture(link: &str) -> bool {
    let path = link.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    ["https://", "s3://"].iter().any(|scheme| path.starts_with(scheme))
        && [".jpg", ".jpeg", ".png"].iter().any(|ending| path.ends_with(ending))
}

/// The id of a presenter, with a driver or a sentiment after a slash.
fn is_presenter(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@/".contains(&byte);
    (1..=150).contains(&name.len()) && name.bytes().all(plain)
}

/// An address without what would be a secret in it.
fn is_address(text: &str) -> bool {
    let parsed = text.parse::<Uri>().ok();
    parsed.is_some_and(|url| {
        let authority = url.authority().is_some_and(|it| !it.host().is_empty() && !it.as_str().contains('@'));
        matches!(url.scheme_str(), Some("http" | "https")) && authority && url.query().is_none() && !text.contains('#')
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::config;

    fn said(value: &serde_json::Value) -> Vec<String> {
        config(value).check(&[]).iter().map(ToString::to_string).collect()
    }

    fn says(bad: &serde_json::Value, key: &str, words: &str) {
        let said = said(bad);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with(&format!("{key}: ")) && said[0].contains(words), "{key} {words}: {said:?}");
    }

    #[test]
    fn each_mistake_of_a_provider_is_said_with_its_key() {
        for (bad, words) in [
            (json!({ "kind": "openai", "url": "ftp://x" }), "no address"),
            (json!({ "kind": "openai", "url": "https://me:key@x.org" }), "without a name or a key"),
            (json!({ "kind": "runner" }), "give its url"),
            (json!({ "kind": "openai", "fallbacks": ["b"] }), "fallbacks is for"),
            (json!({ "kind": "openai", "voices": { "xx": ["b"] } }), "voices.xx: there is no such language"),
            (json!({ "kind": "openai", "voices": { "ka": [] } }), "voices.ka: a voice has a name"),
            (json!({ "kind": "elevenlabs", "voices": { "ru": ["a", " "] } }), "voices.ru: a voice has a name"),
            (json!({ "kind": "d-id", "server": "vllm", "url": "https://x.org" }), "server is for"),
            (json!({ "kind": "elevenlabs", "key_form": "base64" }), "key_form is for"),
            (json!({ "kind": "d-id", "models": { "speak": "x" } }), "models.speak: it cannot do that; it can present"),
            (
                json!({ "kind": "elevenlabs", "presenters": ["amy"] }),
                "presenters: a provider of the kind elevenlabs has none",
            ),
            (json!({ "kind": "d-id", "presenters": ["amy 1"] }), "\"amy 1\" is no id"),
            (json!({ "kind": "d-id", "faces": { "b": "http://x.org/b.jpg" } }), "faces.b: D-ID takes no such link"),
            (
                json!({ "kind": "d-id", "faces": { "b": "https://x.org/b.webp?c=.jpg" } }),
                "faces.b: D-ID takes no such link",
            ),
            (json!({ "kind": "d-id", "faces": { "b c": "/b.jpg" } }), "\"b c\" is no name"),
            (json!({ "kind": "vision", "faces": { "b": "/b.jpg" } }), "faces is for"),
        ] {
            says(&json!({ "providers": { "a": bad }, "route": {} }), "providers.a", words);
        }
    }

    #[test]
    fn each_mistake_of_names_and_routes_is_said_with_its_key() {
        for (bad, key, words) in [
            (json!({ "providers": { "local": { "kind": "openai" } }, "route": {} }), "providers.local", "hyphens"),
            (json!({ "providers": { "My": { "kind": "openai" } }, "route": {} }), "providers.My", "lower-case"),
            (
                json!({ "providers": {}, "route": { "speak": [{ "provider": "b" }] } }),
                "route.speak[0]",
                "there are: local",
            ),
            (
                json!({ "providers": { "a": { "kind": "d-id" } }, "route": { "speak": [{ "provider": "local" }, { "provider": "a" }] } }),
                "route.speak[1]",
                "cannot speak; it can present",
            ),
            (
                json!({ "providers": { "a": { "kind": "openai" } }, "route": { "speak": [{ "provider": "a", "local_only": true }] } }),
                "route.speak[0]",
                "not on this machine",
            ),
            (
                json!({ "providers": {}, "route": { "speak": [{ "provider": "local", "longest": 1, "shortest": 2 }] } }),
                "route.speak[0]",
                "no request is both",
            ),
            (
                json!({ "providers": {}, "route": { "embed": [{ "provider": "local", "languages": ["en"] }] } }),
                "route.embed[0]",
                "no request fits",
            ),
            (
                json!({ "providers": {}, "route": { "speak": [{ "provider": "local", "model": "x" }] } }),
                "route.speak[0]",
                "leave model out",
            ),
            (
                json!({ "providers": {}, "route": { "draw": [{ "provider": "local" }] } }),
                "route.draw[0]",
                "no built-in engine",
            ),
        ] {
            says(&bad, key, words);
        }
    }
}
