//! What a request may cost at most, and what it did cost: a table of prices per model. A price that is not in it is unknown,
//! never zero.

mod decimal;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Number;
use sluice_capability::Usage;
use sluice_domain::money::MicroUsd;

use decimal::scaled_up;

/// The table of this version.
const TABLE: &str = include_str!("prices.toml");

/// The prices of a model, in micro-dollars.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Price {
    /// Per million input tokens.
    pub input: Option<i64>,
    /// Per million input tokens that the provider had cached; like other input tokens if that is not known.
    pub cached_input: Option<i64>,
    /// Per million output tokens.
    pub output: Option<i64>,
    /// Per million characters.
    pub characters: Option<i64>,
    /// Per minute of sound.
    pub minutes: Option<i64>,
    /// Per picture.
    pub pictures: Option<i64>,
    /// Where that is from.
    pub source: String,
    /// When it was read there: `2026-11-28`.
    pub date: String,
}

/// A table of prices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices {
    version: String,
    models: BTreeMap<(String, String), Price>,
}

/// A table that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PricesError {
    /// It is no TOML of the right form.
    #[error("the table of prices cannot be read: {0}")]
    Form(#[from] toml::de::Error),
    /// A price is no amount.
    #[error("the price \"{text}\" of {model} is no amount in dollars: write it as \"0.25\"")]
    Amount {
        /// The model.
        model: String,
        /// What was written.
        text: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    version: String,
    #[serde(default)]
    models: Vec<Line>,
}

/// The prices of a model as they are written: decimal texts, in US dollars. See [`Price`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Per million input tokens.
    pub input: Option<String>,
    /// Per million cached input tokens.
    pub cached_input: Option<String>,
    /// Per million output tokens.
    pub output: Option<String>,
    /// Per million characters.
    pub characters: Option<String>,
    /// Per minute of sound.
    pub minutes: Option<String>,
    /// Per picture.
    pub pictures: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    provider: String,
    model: String,
    input: Option<String>,
    cached_input: Option<String>,
    output: Option<String>,
    characters: Option<String>,
    minutes: Option<String>,
    pictures: Option<String>,
    source: String,
    date: String,
}

impl Line {
    fn price(self) -> Result<((String, String), Price), PricesError> {
        let amount = |text: Option<String>| {
            let Some(text) = text else { return Ok(None) };
            let amount = scaled_up(&text, 6);
            amount.map(Some).ok_or_else(|| PricesError::Amount { model: self.model.clone(), text })
        };
        let price = Price {
            input: amount(self.input)?,
            cached_input: amount(self.cached_input)?,
            output: amount(self.output)?,
            characters: amount(self.characters)?,
            minutes: amount(self.minutes)?,
            pictures: amount(self.pictures)?,
            source: self.source,
            date: self.date,
        };
        Ok(((self.provider, self.model), price))
    }
}

impl Prices {
    /// The built-in table.
    pub fn built_in() -> Result<Self, PricesError> {
        Self::default().overridden(TABLE)
    }

    /// With the lines of another table, which replace those of the same provider and model.
    pub fn overridden(mut self, table: &str) -> Result<Self, PricesError> {
        let table: Table = toml::from_str(table)?;
        for line in table.models {
            let (model, price) = line.price()?;
            self.models.insert(model, price);
        }
        self.version =
            if self.version.is_empty() { table.version } else { format!("{} with {}", self.version, table.version) };
        Ok(self)
    }

    /// The same for providers of these names, each with the lines of another name: those of its kind. Lines that such a name had
    /// by itself are not its own, unless it names itself.
    #[must_use]
    pub fn named(&self, names: &[(&str, &str)]) -> Self {
        let renamed = |provider: &String| names.iter().any(|(name, _)| name == provider);
        let kept = self.models.iter().filter(|((provider, _), _)| !renamed(provider));
        let mut models: BTreeMap<_, _> = kept.map(|(model, price)| (model.clone(), price.clone())).collect();
        for (name, from) in names {
            let lines = self.models.iter().filter(|((provider, _), _)| provider == from);
            models.extend(lines.map(|((_, model), price)| (((*name).to_owned(), model.clone()), price.clone())));
        }
        Self { version: self.version.clone(), models }
    }

    /// With the price of one model, which replaces that of the table.
    pub fn with(mut self, provider: &str, model: &str, amounts: Amounts) -> Result<Self, PricesError> {
        let Amounts { input, cached_input, output, characters, minutes, pictures } = amounts;
        let line = Line {
            provider: provider.to_owned(),
            model: model.to_owned(),
            input,
            cached_input,
            output,
            characters,
            minutes,
            pictures,
            source: "the configuration".to_owned(),
            date: String::new(),
        };
        let (model, price) = line.price()?;
        self.models.insert(model, price);
        Ok(self)
    }

    /// The version of the table, which is stamped on what was priced by it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All prices, by provider and model.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str, &Price)> {
        self.models.iter().map(|((provider, model), price)| (provider.as_str(), model.as_str(), price))
    }

    /// The price of a model, or that of the model of which it is a dated version.
    pub fn of(&self, provider: &str, model: &str) -> Option<&Price> {
        let find = |model: &str| self.models.get(&(provider.to_owned(), model.to_owned()));
        find(model).or_else(|| find(undated(model)?))
    }

    /// What `usage` costs, rounded up; `None` if any part of it has no price.
    pub fn cost(&self, provider: &str, model: &str, usage: &Usage) -> Option<MicroUsd> {
        self.of(provider, model)?.cost(usage, 0)
    }
}

impl Price {
    /// What `usage` costs, of whose input tokens so many were `cached`; rounded up. `None` if what was used has no price.
    ///
    /// Tokens and pictures are two ways to count the same, and so are characters and minutes: the first that has a price
    /// counts.
    pub fn cost(&self, usage: &Usage, cached: u64) -> Option<MicroUsd> {
        let Usage { input_tokens, output_tokens, characters, media_ms, pictures } = *usage;
        let cached = cached.min(input_tokens);
        let mut sum = Sum::default();
        let mut priced = false;
        if (input_tokens > 0 || output_tokens > 0) && (self.input.is_some() || self.output.is_some()) {
            sum.add(input_tokens - cached, self.input, PER_MILLION)?;
            sum.add(cached, self.cached_input.or(self.input), PER_MILLION)?;
            // Embeddings have no output.
            sum.add(output_tokens, self.output, PER_MILLION)?;
            priced = true;
        } else if let Some(each) = self.pictures {
            sum.add(pictures, Some(each), PER_PICTURE)?;
            priced = true;
        }
        if let Some(million) = self.characters {
            sum.add(characters, Some(million), PER_MILLION)?;
            priced = true;
        } else if let Some(minute) = self.minutes {
            sum.add(media_ms, Some(minute), PER_MINUTE)?;
            priced = true;
        }
        if priced { sum.rounded_up() } else { None }
    }
}

/// Parts of a sum are counted in three-millionths of a micro-dollar, in which each unit is a whole number.
const WHOLE: i128 = 3_000_000;
const PER_MILLION: i128 = WHOLE / 1_000_000;
const PER_MINUTE: i128 = WHOLE / 60_000;
const PER_PICTURE: i128 = WHOLE;

#[derive(Default)]
struct Sum(i128);

impl Sum {
    /// Adds `count` at `price`; nothing if there is something to count and no price.
    fn add(&mut self, count: u64, price: Option<i64>, unit: i128) -> Option<()> {
        if count == 0 {
            return Some(());
        }
        let part = i128::from(count).checked_mul(i128::from(price?))?.checked_mul(unit)?;
        self.0 = self.0.checked_add(part)?;
        Some(())
    }

    fn rounded_up(self) -> Option<MicroUsd> {
        let up = self.0 / WHOLE + i128::from(self.0 % WHOLE > 0);
        i64::try_from(up).ok().map(MicroUsd)
    }
}

/// The name without its date: `gpt-5-mini-2026-08-07`.
fn undated(model: &str) -> Option<&str> {
    let (name, date) = model.split_at_checked(model.len().checked_sub("-2026-08-07".len())?)?;
    let is_date = date.bytes().enumerate().all(|(n, byte)| match n {
        0 | 5 | 8 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_date.then_some(name)
}

/// Dollars as a provider's JSON has them, rounded up.
pub(crate) fn dollars(number: &Number) -> Option<MicroUsd> {
    scaled_up(&number.to_string(), 6).map(MicroUsd)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(input_tokens: u64, output_tokens: u64) -> Usage {
        Usage { input_tokens, output_tokens, ..Usage::default() }
    }

    #[test]
    fn costs_are_rounded_up_once_and_unknown_prices_stay_unknown() {
        let prices = Prices::built_in().unwrap();
        let cost = |model: &str, usage: Usage| prices.cost("openai", model, &usage).map(|cost| cost.0);
        assert_eq!(cost("gpt-5-mini", tokens(1_000_000, 1_000_000)), Some(2_250_000));
        assert_eq!(cost("gpt-5-mini", tokens(1, 0)), Some(1), "a quarter of a micro-dollar");
        assert_eq!(cost("gpt-5-mini", tokens(1, 1)), Some(3), "2.25, rounded once");
        assert_eq!(cost("gpt-5-mini-2026-08-07", tokens(4, 0)), Some(1), "a dated version");
        assert_eq!(cost("gpt-5-mini-pro", tokens(4, 0)), None);
        assert_eq!(prices.cost("elsewhere", "gpt-5-mini", &tokens(1, 0)), None);
        assert_eq!(cost("tts-1", Usage { characters: 1_000, media_ms: 60_000, ..Usage::default() }), Some(15_000));
        assert_eq!(cost("whisper-1", Usage { media_ms: 90_001, ..Usage::default() }), Some(9_001));
        assert_eq!(cost("dall-e-3", Usage { pictures: 2, ..Usage::default() }), Some(160_000));
        assert_eq!(cost("text-embedding-3-small", tokens(0, 5)), None, "it has no price of output");
        assert_eq!(cost("gpt-5", tokens(u64::MAX / 2, u64::MAX / 2)), None, "too much to be money");
    }

    #[test]
    fn cached_tokens_are_cheaper_where_that_is_known() {
        let prices = Prices::built_in().unwrap();
        let price = prices.of("openai", "gpt-5").unwrap();
        assert_eq!(price.cost(&tokens(1_000_000, 0), 500_000), Some(MicroUsd(687_500)));
        assert_eq!(price.cost(&tokens(10, 0), 50), Some(MicroUsd(2)), "no more can be cached than there is");
    }

    #[test]
    fn a_file_overrides_single_models() {
        let line = |price: &str| {
            format!(
                "version = \"own\"\n[[models]]\nprovider = \"vllm\"\nmodel = \"qwen\"\n{price}\nsource = \"us\"\ndate = \"2026-01-01\""
            )
        };
        let prices = Prices::built_in().unwrap().overridden(&line("input = \"0\"\noutput = \"0\"")).unwrap();
        assert_eq!(prices.cost("vllm", "qwen", &tokens(5, 5)), Some(MicroUsd(0)), "it was said to be free");
        assert!(prices.of("openai", "gpt-5").is_some() && prices.version().ends_with(" with own"));
        for bad in ["input = \"cheap\"", "input = 0.5", "inputs = \"1\"", "input = \"-1\""] {
            assert!(Prices::default().overridden(&line(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_provider_of_another_name_has_the_prices_of_its_kind() {
        let built_in = Prices::built_in().unwrap();
        let gpt = built_in.of("openai", "gpt-5").cloned();
        let prices = built_in.named(&[("work", "openai"), ("openai", "llama-cpp")]);
        assert_eq!(prices.of("work", "gpt-5").cloned(), gpt);
        assert_eq!(prices.of("openai", "gpt-5"), None, "it is a server of one's own with that name");
        assert_eq!(built_in.named(&[("openai", "openai")]).of("openai", "gpt-5").cloned(), gpt);
        let free = Amounts { input: Some("0".to_owned()), output: Some("0.5".to_owned()), ..Amounts::default() };
        let set = prices.clone().with("work", "gpt-5", free).unwrap();
        assert_eq!(set.cost("work", "gpt-5", &tokens(5_000_000, 2_000_000)), Some(MicroUsd(1_000_000)));
        let bad = Amounts { minutes: Some("a lot".to_owned()), ..Amounts::default() };
        assert!(prices.with("work", "whisper-1", bad).unwrap_err().to_string().contains("whisper-1"));
    }

    #[test]
    fn each_price_has_a_source_and_a_date() {
        let prices = Prices::built_in().unwrap();
        for (provider, model, price) in prices.all() {
            assert!(!price.source.is_empty() && price.date.len() == 10, "{provider} {model}");
            let some = [price.input, price.output, price.characters, price.minutes, price.pictures];
            assert!(some.iter().any(Option::is_some), "{model} has a price");
        }
    }

    #[test]
    fn dollars_of_a_provider_are_exact() {
        for (json, expected) in [("0", 0), ("0.00014", 140), ("1.4e-05", 14), ("0.0000141", 15), ("2", 2_000_000)] {
            assert_eq!(dollars(&serde_json::from_str(json).unwrap()), Some(MicroUsd(expected)), "{json}");
        }
        assert_eq!(dollars(&serde_json::from_str("-1").unwrap()), None);
    }
}
