//! Phrases: added, shown, listed, edited, deleted.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use sluice_app::capture::edit::{self, Edit, WordEdit};
use sluice_app::capture::phrases::{self, Added, Adding, HeldBack, LeftOut, NewText};
use sluice_app::capture::view::{PhrasePage, PhraseView};
use sluice_app::capture::{CaptureApp, Filter, PhraseId, Sort, SourceKind, Status, exporting};
use utoipa::{IntoParams, ToSchema};

use crate::http::entity_tags;
use crate::http::extract::{IdempotencyKey, Json, Path, Query};
use crate::http::identity::Owner;
use crate::http::limits::{self, Asking};
use crate::http::paging::{Limit, Text};
use crate::http::problem::Problem;
use crate::http::{Api, Opened};

/// Text of which cards are to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPhrases {
    /// A phrase of at most 500 characters; with `each_line` up to 50 of them, one on each line.
    #[schema(min_length = 1, max_length = 30_000)]
    text: String,
    /// Whether each line is a phrase.
    #[serde(default)]
    #[schema(default = false)]
    each_line: bool,
    /// ISO 639-1 code of their language; null, the default, to have it found out by the script.
    #[schema(min_length = 2, max_length = 3, pattern = "^[a-z]+$")]
    language: Option<String>,
    /// ISO 639-1 code of what they are translated into; English by default.
    #[schema(min_length = 2, max_length = 3, pattern = "^[a-z]+$")]
    translate_to: Option<String>,
    /// Whether a phrase of which there is a card in the same languages becomes another one. By default it is the card that is there.
    #[serde(default)]
    #[schema(default = false)]
    again: bool,
}

/// Phrases whose cards are being made, or are there.
#[derive(Serialize, ToSchema)]
pub(crate) struct PhrasesAdded {
    /// In the order of their lines; each once.
    #[schema(max_items = 50)]
    items: Vec<PhraseView>,
    /// The ids of those that were there before this request.
    #[schema(max_items = 50)]
    known: Vec<String>,
    /// Those of `known` that no deck has as they are, and what to do.
    #[schema(max_items = 50)]
    held_back: Vec<HeldBack>,
    /// The lines of the list that became no phrase, and why.
    left_out: Vec<LeftOut>,
}

impl PhrasesAdded {
    /// 201 if a phrase is new, 200 if all of them were there.
    pub(super) fn answer(added: Added, left_out: Vec<LeftOut>) -> Response {
        let Added { phrases: items, known, held_back, standings } = added;
        let status = if known.len() < items.len() { StatusCode::CREATED } else { StatusCode::OK };
        limits::with(&standings, (status, Json(Self { items, known, held_back, left_out })))
    }
}

/// A word of a card as a person wants it: what is left out stays, and what is empty goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordChange {
    /// As it stands in the phrase.
    #[schema(min_length = 1, max_length = 500)]
    word: String,
    /// In Latin letters.
    #[schema(max_length = 2000)]
    transliteration: Option<String>,
    /// The form that dictionaries list.
    #[schema(max_length = 2000)]
    lemma: Option<String>,
    /// What it is derived from.
    #[schema(max_length = 2000)]
    root: Option<String>,
    /// Its meaning.
    #[schema(max_length = 2000)]
    meaning: Option<String>,
    /// Its gender.
    #[schema(max_length = 2000)]
    gender: Option<String>,
    /// The form that it has here.
    #[schema(max_length = 2000)]
    declension: Option<String>,
    /// What else there is to know.
    #[schema(max_length = 2000)]
    notes: Option<String>,
}

impl From<WordChange> for WordEdit {
    fn from(change: WordChange) -> Self {
        let WordChange { word, transliteration, lemma, root, meaning, gender, declension, notes } = change;
        Self { word, transliteration, lemma, root, meaning, gender, declension, notes }
    }
}

/// What is to be changed of a card; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhraseChange {
    /// The phrase itself. A voice says it anew.
    #[schema(min_length = 1, max_length = 500)]
    text: Option<String>,
    /// In Latin letters; empty for none.
    #[schema(max_length = 2000)]
    transliteration: Option<String>,
    /// Its translation; empty for none.
    #[schema(max_length = 2000)]
    translation: Option<String>,
    /// Remarks on its grammar: all of them.
    #[schema(value_type = Option<Vec<Text<2000>>>, inline, max_items = 100)]
    grammar: Option<Vec<String>>,
    /// Its words: all of them.
    #[schema(max_items = 100)]
    vocabulary: Option<Vec<WordChange>>,
}

/// An id from an address: what is none names nothing.
pub(super) fn id_of(text: &str) -> Result<PhraseId, Problem> {
    text.parse().map_err(|_| Problem::not_found("phrase"))
}

/// A phrase with its entity tag.
pub(super) fn tagged(view: PhraseView) -> Result<Response, Problem> {
    let etag = HeaderValue::from_str(&view.etag).map_err(|error| Problem::internal(&error))?;
    Ok(([(header::ETAG, etag)], Json(view)).into_response())
}

/// Adds phrases as text; their cards are made in the background. A phrase of which there is a card in the same languages is that card,
/// unless `again` is true.
#[utoipa::path(post, path = "/api/v1/phrases", operation_id = "add_phrases", tag = "phrases", request_body = NewPhrases,
    params(IdempotencyKey),
    responses((status = 200, body = PhrasesAdded, description = "All of them were there."),
              (status = 201, body = PhrasesAdded), (status = 422, body = Problem), (status = 429, body = Problem),
              (status = 507, body = Problem)))]
pub(crate) async fn create(
    Asking(asker): Asking,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    IdempotencyKey { key: request_key }: IdempotencyKey,
    Json(new): Json<NewPhrases>,
) -> Result<Response, Problem> {
    let NewPhrases { text, each_line, language, translate_to, again } = new;
    let (texts, left_out) = if each_line { phrases::lines(&text) } else { (vec![NewText::alone(text)], Vec::new()) };
    let adding = Adding { language, translate_to, request_key, again };
    let added = phrases::add_texts(&app, &api.app.engine, &asker, &texts, &adding).await?;
    Ok(PhrasesAdded::answer(added, left_out))
}

/// The status of phrases in a list.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StatusName {
    Processing,
    PendingReview,
    Approved,
    Exported,
    Failed,
}

impl From<StatusName> for Status {
    fn from(name: StatusName) -> Self {
        match name {
            StatusName::Processing => Self::Processing,
            StatusName::PendingReview => Self::PendingReview,
            StatusName::Approved => Self::Approved,
            StatusName::Exported => Self::Exported,
            StatusName::Failed => Self::Failed,
        }
    }
}

/// What phrases in a list came as.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SourceName {
    Text,
    Image,
    Audio,
}

impl From<SourceName> for SourceKind {
    fn from(name: SourceName) -> Self {
        match name {
            SourceName::Text => Self::Text,
            SourceName::Image => Self::Image,
            SourceName::Audio => Self::Audio,
        }
    }
}

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SortName {
    #[default]
    Newest,
    Oldest,
    Changed,
    Doubtful,
}

impl From<SortName> for Sort {
    fn from(name: SortName) -> Self {
        match name {
            SortName::Newest => Self::Newest,
            SortName::Oldest => Self::Oldest,
            SortName::Changed => Self::Changed,
            SortName::Doubtful => Self::Doubtful,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// Page size.
    #[serde(default)]
    #[param(inline)]
    limit: Limit,
    /// `next_cursor` of the previous page, of the same list in the same order.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Only those that have this in the phrase, its translation or its transliteration, ignoring case.
    #[param(value_type = Option<String>, max_length = 200)]
    q: Option<Text<200>>,
    /// Only those with this status.
    #[param(inline)]
    status: Option<StatusName>,
    /// Only those in this language (ISO 639-1).
    #[param(value_type = Option<String>, max_length = 10)]
    language: Option<Text<10>>,
    /// Only those that came as this.
    #[param(inline)]
    source: Option<SourceName>,
    /// Only those that are left out of decks, or only the others.
    excluded: Option<bool>,
    /// Only those with a doubtful or missing field, or only the others.
    doubtful: Option<bool>,
    /// The order: `doubtful` has those with the most doubtful or missing fields first.
    #[serde(default)]
    #[param(inline)]
    sort: SortName,
}

/// Phrases with their cards.
#[utoipa::path(get, path = "/api/v1/phrases", operation_id = "list_phrases", tag = "phrases", params(ListQuery),
    responses((status = 200, body = PhrasePage)))]
pub(crate) async fn list(
    Owner(owner): Owner,
    Opened(app): Opened<CaptureApp>,
    Query(query): Query<ListQuery>,
) -> Result<Json<PhrasePage>, Problem> {
    let filter = Filter {
        status: query.status.map(Status::from),
        language: query.language.map(|Text(language)| language),
        source: query.source.map(SourceKind::from),
        excluded: query.excluded,
        doubtful: query.doubtful,
        words: query.q.map(|Text(words)| words).unwrap_or_default(),
        sort: query.sort.into(),
        after: None,
    };
    Ok(Json(phrases::page(&app, &owner, filter, query.cursor.as_deref(), query.limit.get()).await?))
}

/// A phrase with its card.
#[utoipa::path(get, path = "/api/v1/phrases/{id}", operation_id = "show_phrase", tag = "phrases",
    params(("id" = String, Path)),
    responses((status = 200, body = PhraseView, headers(("ETag" = String))), (status = 404, body = Problem)))]
pub(crate) async fn show(
    Owner(owner): Owner,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    tagged(phrases::show(&app, &owner, &id_of(&id)?).await?)
}

/// Edits a card. What is written is sure; an exported card is to be exported again. While its card is being made, it is refused.
#[utoipa::path(patch, path = "/api/v1/phrases/{id}", operation_id = "edit_phrase", tag = "phrases", request_body = PhraseChange,
    params(("id" = String, Path),
           ("If-Match" = Option<String>, Header, nullable = false, description = "The `etag` of the phrase that is changed: refused if it is not the current one.")),
    responses((status = 200, body = PhraseView, headers(("ETag" = String))), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn edit(
    Owner(owner): Owner,
    State(api): State<Api>,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(change): Json<PhraseChange>,
) -> Result<Response, Problem> {
    let tags = entity_tags::if_match(&headers, "a phrase")?;
    let PhraseChange { text, transliteration, translation, grammar, vocabulary } = change;
    let vocabulary = vocabulary.map(|words| words.into_iter().map(WordEdit::from).collect());
    let change = Edit { text, transliteration, translation, grammar, vocabulary };
    tagged(edit::edit(&app, &api.app.engine, &owner, &id_of(&id)?, tags.as_deref(), &change).await?)
}

/// Deletes a phrase.
#[utoipa::path(delete, path = "/api/v1/phrases/{id}", operation_id = "delete_phrase", tag = "phrases",
    params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    Owner(owner): Owner,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    phrases::delete(&app, &owner, &id_of(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Both sides of a card, as Anki shows them.
#[derive(Serialize, ToSchema)]
pub(crate) struct SidesView {
    /// The front, as HTML without script.
    front: String,
    /// The back, which begins with the front.
    back: String,
    /// The style of both, for an element with the class `card`.
    css: String,
}

/// How a card looks in Anki, whatever its status.
#[utoipa::path(get, path = "/api/v1/phrases/{id}/preview", operation_id = "preview_phrase", tag = "phrases",
    params(("id" = String, Path)), responses((status = 200, body = SidesView), (status = 404, body = Problem)))]
pub(crate) async fn preview(
    Owner(owner): Owner,
    Opened(app): Opened<CaptureApp>,
    Path(id): Path<String>,
) -> Result<Json<SidesView>, Problem> {
    let sides = exporting::preview(&app, &owner, &id_of(&id)?).await?;
    Ok(Json(SidesView { front: sides.front, back: sides.back, css: sides.css }))
}
