//! Reels as a list: searched, filtered, page by page.

use super::ReelId;
use serde_json::Value;
use sluice_domain::ids::{JobId, OwnerId};
use sluice_domain::time::Timestamp;

use crate::jobs::JobError;
use crate::sql::{Row, containing, json, optional_json, parse, sql};
use crate::{StoreError, Tx};

/// A reel in a list, without its scenes.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedReel {
    /// Its id.
    pub id: ReelId,
    /// The job that makes it, the latest one.
    pub job_id: JobId,
    /// Its title.
    pub title: String,
    /// The name of its document.
    pub document_name: String,
    /// What its owner chose.
    pub choices: Value,
    /// `working`, `done`, `failed`, `cancelled` or `expired`.
    pub state: String,
    /// The published files, once they are.
    pub result: Option<Value>,
    /// The rendered parts of its first scene that has any, while nothing is published.
    pub first_made: Option<Value>,
    /// The picture of its document's first page, while nothing is published: the key of a stage result, and that.
    pub cover: Option<(String, Value)>,
    /// Why it failed.
    pub error: Option<JobError>,
    /// When it was requested.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A filter for an owner's reels.
#[derive(Debug, Clone, Default)]
pub struct ReelFilter {
    /// Its title or its document's name contains this, ignoring case.
    pub text: Option<String>,
    /// As [`ListedReel::state`].
    pub state: Option<String>,
    /// The oldest first, instead of the newest.
    pub oldest_first: bool,
    /// Only those after this one in that order: its time and its id.
    pub after: Option<(Timestamp, ReelId)>,
}

/// A reel's state is derived from its job's, and from whether there is a result. Related rows are looked up for each reel: with
/// joins, `PostgreSQL` may scan all jobs to find those of one page.
/// The cover is the key of its stage result, which has no line break, and its value: together, so that they belong together.
const LISTED: &str = "
    SELECT * FROM (
        SELECT r.id, r.owner, r.job_id, r.title, r.choices, r.result, r.created_at, r.updated_at, r.search,
            (SELECT d.name FROM documents d WHERE d.id = r.document_id) AS document_name,
            (SELECT j.error_code FROM jobs j WHERE j.id = r.job_id) AS error_code,
            (SELECT j.error_message FROM jobs j WHERE j.id = r.job_id) AS error_message,
            CASE WHEN r.result IS NULL THEN
                (SELECT s.made FROM scenes s WHERE s.reel_id = r.id AND s.made IS NOT NULL ORDER BY s.position LIMIT 1)
            END AS first_made,
            CASE WHEN r.result IS NULL THEN
                (SELECT MIN(s.key || '\n' || s.value) FROM reel_results u JOIN stage_results s ON s.key = u.key
                 WHERE u.reel_id = r.id AND s.kind = 'cover')
            END AS cover,
            CASE COALESCE((SELECT j.state FROM jobs j WHERE j.id = r.job_id), 'succeeded')
                WHEN 'cancelled' THEN 'cancelled'
                WHEN 'expired' THEN 'expired'
                WHEN 'dead' THEN 'failed'
                WHEN 'succeeded' THEN CASE WHEN r.result IS NULL THEN 'failed' ELSE 'done' END
                ELSE 'working'
            END AS state
        FROM reels r WHERE r.owner = $1 AND r.deleted_at IS NULL
    ) listed
    WHERE owner = $1";

/// The owner's reels, at most `limit`, by the time when they were started. One whose row cannot be read is logged and left out.
pub async fn listed(
    tx: &mut Tx,
    owner: &OwnerId,
    filter: &ReelFilter,
    limit: u32,
) -> Result<Vec<ListedReel>, StoreError> {
    let mut listed = Vec::new();
    let mut after = filter.after.as_ref().map(|(at, id)| (at.as_millis(), id.to_string()));
    let mut wanted = limit;
    while wanted > 0 {
        let rows = rows(tx, owner, filter, after.as_ref(), wanted).await?;
        let asked = wanted;
        for row in &rows {
            match listed_row(row) {
                Ok(reel) => {
                    listed.push(reel);
                    wanted -= 1;
                }
                Err(error) => tracing::error!(%owner, %error, "a reel is left out of a list"),
            }
        }
        match rows.last() {
            Some(last) if rows.len() == asked as usize => after = Some((last.get("created_at")?, last.get("id")?)),
            _ => break,
        }
    }
    Ok(listed)
}

async fn rows(
    tx: &mut Tx,
    owner: &OwnerId,
    filter: &ReelFilter,
    after: Option<&(i64, String)>,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let mut text = LISTED.to_owned();
    let mut values: Vec<crate::sql::Value> = vec![owner.as_str().into()];
    let mut add = |condition: &str, bound: Vec<crate::sql::Value>| {
        let mut condition = condition.to_owned();
        for value in bound {
            values.push(value);
            condition = condition.replacen('?', &format!("${}", values.len()), 1);
        }
        text.push_str(&condition);
    };
    if let Some(words) = &filter.text {
        add(" AND search LIKE ? ESCAPE '!'", vec![containing(words).into()]);
    }
    if let Some(state) = &filter.state {
        add(" AND state = ?", vec![state.into()]);
    }
    let (further, order) = if filter.oldest_first {
        (" AND (created_at, id) > (?, ?)", " ORDER BY created_at, id LIMIT ?")
    } else {
        (" AND (created_at, id) < (?, ?)", " ORDER BY created_at DESC, id DESC LIMIT ?")
    };
    if let Some((at, id)) = after {
        add(further, vec![(*at).into(), id.into()]);
    }
    add(order, vec![limit.into()]);
    sql(text).bind_all(values).all(tx).await
}

/// Updates a reel's search text. It is lower-cased here and not in SQL, because SQLite's LOWER handles only ASCII.
pub(super) async fn index(tx: &mut Tx, id: &ReelId) -> Result<(), StoreError> {
    let row = sql("SELECT r.title, d.name FROM reels r LEFT JOIN documents d ON d.id = r.document_id WHERE r.id = $1")
        .bind(id.as_str())
        .optional(tx)
        .await?;
    let Some(row) = row else { return Ok(()) };
    let (title, name): (String, Option<String>) = (row.get("title")?, row.get("name")?);
    let search = format!("{title}\n{}", name.unwrap_or_default()).to_lowercase();
    sql("UPDATE reels SET search = $2 WHERE id = $1").bind(id.as_str()).bind(search).execute(tx).await?;
    Ok(())
}

/// A key and a value, as the list has them.
fn cover(text: &str) -> Result<(String, Value), StoreError> {
    let what = "the picture of a document";
    let parts = text.split_once('\n').ok_or_else(|| StoreError::Unreadable { what: what.to_owned() });
    let (key, value) = parts?;
    Ok((key.to_owned(), crate::json(value, what)?))
}

fn listed_row(row: &Row) -> Result<ListedReel, StoreError> {
    let code: Option<String> = row.get("error_code")?;
    let message: Option<String> = row.get("error_message")?;
    Ok(ListedReel {
        id: parse(row, "id")?,
        job_id: parse(row, "job_id")?,
        title: row.get("title")?,
        document_name: row.get("document_name")?,
        choices: json(row, "choices")?,
        state: row.get("state")?,
        result: optional_json(row, "result")?,
        first_made: optional_json(row, "first_made")?,
        cover: row.get::<Option<String>>("cover")?.map(|text| cover(&text)).transpose()?,
        error: code.zip(message).map(|(code, message)| JobError { code, message }),
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
    })
}

#[cfg(test)]
mod tests {
    use super::cover;

    #[test]
    fn a_cover_without_its_key_cannot_be_read() {
        assert_eq!(cover("key\n{\"a\":1}").unwrap(), ("key".to_owned(), serde_json::json!({ "a": 1 })));
        assert!(cover("null").is_err());
    }
}
