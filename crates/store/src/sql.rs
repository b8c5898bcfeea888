//! One SQL text for both databases: a statement has `$1` placeholders and the fragments of [`crate::dialect`] in braces, and
//! runs on the open database with its native types.

use std::sync::Arc;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments as _, AssertSqlSafe, Postgres, Row as _};

use crate::dialect::{Dialect, translated};
use crate::sqlite::{self, SqliteRow};
use crate::unit::Connection;
use crate::{StoreError, Tx, storable};

/// A value to bind. Both databases store the same types: 64-bit integers, text and doubles.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Real(f64),
    /// NULL as SQLite returns it: without a type.
    Null,
    /// A value from SQLite that none of our columns can hold. Reported when the column is read, so that only its row fails.
    Unreadable(&'static str),
}

macro_rules! value {
    ($($from:ty => |$it:ident| $to:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($it: $from) -> Self {
                $to
            }
        })*
    };
}

value! {
    i64 => |n| Self::Int(Some(n));
    i32 => |n| Self::Int(Some(n.into()));
    u32 => |n| Self::Int(Some(n.into()));
    u64 => |n| Self::Int(Some(i64::try_from(n).unwrap_or(i64::MAX)));
    bool => |yes| Self::Int(Some(yes.into()));
    Option<i64> => |n| Self::Int(n);
    f64 => |x| Self::Real(x);
    &str => |text| Self::Text(Some(storable::text(text).into_owned()));
    String => |text| Self::Text(Some(owned(text)));
    &String => |text| Self::Text(Some(storable::text(text).into_owned()));
    Option<&str> => |text| Self::Text(text.map(|text| storable::text(text).into_owned()));
    Option<String> => |text| Self::Text(text.map(owned));
}

fn owned(text: String) -> String {
    if text.contains('\0') { storable::text(&text).into_owned() } else { text }
}

/// A statement with its values.
pub(crate) struct Query {
    text: std::borrow::Cow<'static, str>,
    values: Vec<Value>,
}

/// A statement, with nothing bound yet.
pub(crate) fn sql(text: impl Into<std::borrow::Cow<'static, str>>) -> Query {
    Query { text: text.into(), values: Vec::new() }
}

impl Query {
    /// Binds the next placeholder.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Binds the next placeholders.
    pub(crate) fn bind_all<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.values.extend(values.into_iter().map(Into::into));
        self
    }

    /// Binds the next `count` placeholders to NULL, which nothing is equal to.
    pub(crate) fn bind_none(self, count: usize) -> Self {
        self.bind_all(std::iter::repeat_n(None::<&str>, count))
    }

    /// Runs it; returns the number of changed rows.
    pub(crate) async fn execute(self, tx: &mut Tx) -> Result<u64, StoreError> {
        let done = match tx.connection() {
            Connection::Sqlite { open, .. } => {
                return sqlite::execute(open, &translated(Dialect::Sqlite, self.text), &self.values);
            }
            Connection::Postgres { open, prepares, pool } => {
                let text = AssertSqlSafe(Arc::clone(&translated(Dialect::Postgres, self.text).text));
                let query = sqlx::query_with(text, postgres(self.values)?).persistent(prepares);
                pool.answer(query.execute(open)).await
            }
        };
        Ok(tx.noting_races(done)?.rows_affected())
    }

    /// Runs it; returns all rows.
    pub(crate) async fn all(self, tx: &mut Tx) -> Result<Vec<Row>, StoreError> {
        let found = match tx.connection() {
            Connection::Sqlite { open, reads } => {
                let statement = translated(Dialect::Sqlite, self.text);
                let read = || sqlite::all(open, &statement, &self.values);
                let rows = if reads { sqlite::block_in_place(read)? } else { read()? };
                return Ok(rows.into_iter().map(Row::Sqlite).collect());
            }
            Connection::Postgres { open, prepares, pool } => {
                let text = AssertSqlSafe(Arc::clone(&translated(Dialect::Postgres, self.text).text));
                let query = sqlx::query_with(text, postgres(self.values)?).persistent(prepares);
                pool.answer(query.fetch_all(open)).await
            }
        };
        Ok(tx.noting_races(found)?.into_iter().map(Row::Postgres).collect())
    }

    /// Runs it; returns the first row, if there is one.
    pub(crate) async fn optional(self, tx: &mut Tx) -> Result<Option<Row>, StoreError> {
        Ok(self.all(tx).await?.into_iter().next())
    }

    /// Runs it; returns its row, and fails without one.
    pub(crate) async fn one(self, tx: &mut Tx) -> Result<Row, StoreError> {
        self.optional(tx).await?.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }
}

fn postgres(values: Vec<Value>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    arguments.reserve(values.len(), values.len() * 16);
    for value in values {
        match value {
            Value::Int(n) => arguments.add(n),
            Value::Text(text) => arguments.add(text),
            Value::Real(x) => arguments.add(x),
            Value::Null | Value::Unreadable(_) => arguments.add(None::<String>),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What a column can be read as.
pub(crate) trait Column: Sized {
    fn read(row: &Row, column: &str) -> Result<Self, StoreError>;
}

impl Row {
    /// The value of a column.
    pub(crate) fn get<T: Column>(&self, column: &str) -> Result<T, StoreError> {
        T::read(self, column)
    }
}

macro_rules! native {
    ($($type:ty: $cell:pat => $value:expr;)*) => {
        $(impl Column for $type {
            fn read(row: &Row, column: &str) -> Result<Self, StoreError> {
                match row {
                    Row::Sqlite(row) => match row.cell(column)? {
                        $cell => Ok($value),
                        other => Err(StoreError::Unreadable { what: format!("{other:?} as {column}") }),
                    },
                    Row::Postgres(row) => Ok(row.try_get(column)?),
                }
            }
        })*
    };
}
native! {
    i64: Value::Int(Some(n)) => *n;
    f64: Value::Real(x) => *x;
    String: Value::Text(Some(text)) => text.clone();
}

impl<T: Column> Column for Option<T>
where
    for<'a> Option<T>: sqlx::Decode<'a, Postgres> + sqlx::Type<Postgres>,
{
    fn read(row: &Row, column: &str) -> Result<Self, StoreError> {
        match row {
            Row::Sqlite(row) if matches!(row.cell(column)?, Value::Null) => Ok(None),
            Row::Sqlite(_) => T::read(row, column).map(Some),
            Row::Postgres(row) => Ok(row.try_get(column)?),
        }
    }
}

impl Column for u32 {
    fn read(row: &Row, column: &str) -> Result<Self, StoreError> {
        let n: i64 = row.get(column)?;
        Self::try_from(n).map_err(|_| StoreError::Unreadable { what: format!("{n} as {column}") })
    }
}

impl Column for i32 {
    fn read(row: &Row, column: &str) -> Result<Self, StoreError> {
        let n: i64 = row.get(column)?;
        Self::try_from(n).map_err(|_| StoreError::Unreadable { what: format!("{n} as {column}") })
    }
}

impl Column for bool {
    fn read(row: &Row, column: &str) -> Result<Self, StoreError> {
        Ok(row.get::<i64>(column)? != 0)
    }
}

/// Takes an advisory lock of this name until the unit of work ends, which also works behind a pooler. Returns false if another
/// unit of work has it. On `PostgreSQL` alone.
pub(crate) async fn try_advisory_lock(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    let locked =
        sql("SELECT CAST(CAST(pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS INTEGER) AS BIGINT) AS locked");
    locked.bind(name).one(tx).await?.get("locked")
}

/// `($1, $2), ($3, $4)`: a list of `rows` rows with `columns` placeholders each, the first being number `from`.
pub(crate) fn placeholders(from: usize, rows: usize, columns: usize) -> String {
    let mut list = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        list.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            if column > 0 {
                list.push_str(", ");
            }
            list.push('$');
            list.push_str(&(from + row * columns + column).to_string());
        }
        list.push(')');
    }
    list
}

/// `$3, $4, $5`: `count` placeholders from number `from` on.
pub(crate) fn list(from: usize, count: usize) -> String {
    (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// The most rows per statement.
pub(crate) const ROWS: usize = 256;

/// How many of `rows` rows the next statement handles: a power of two, so that few texts are prepared.
pub(crate) fn chunk(rows: usize) -> usize {
    (1 << rows.max(1).ilog2()).min(ROWS)
}

/// For how many rows a statement for `rows` rows is written, if the rest can be bound to NULL: a power of two, too.
pub(crate) fn padded(rows: usize) -> usize {
    rows.next_power_of_two()
}

/// An id in a column.
pub(crate) fn parse<T: std::str::FromStr>(row: &Row, column: &str) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| StoreError::Unreadable { what: format!("the {column} \"{text}\"") })
}

/// JSON in a column.
pub(crate) fn json(row: &Row, column: &str) -> Result<serde_json::Value, StoreError> {
    let text: String = row.get(column)?;
    crate::json(&text, column)
}

/// JSON in a column that may be empty.
pub(crate) fn optional_json(row: &Row, column: &str) -> Result<Option<serde_json::Value>, StoreError> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| crate::json(&text, column)).transpose()
}

/// A LIKE pattern for texts that contain this, with special characters escaped.
pub(crate) fn containing(words: &str) -> String {
    let mut pattern = String::from("%");
    for c in words.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::containing;

    #[test]
    fn what_is_searched_for_is_no_pattern() {
        assert_eq!(containing("50%_Ä!"), "%50!%!_ä!!%");
    }
}
