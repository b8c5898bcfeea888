//! Lists that come page by page.

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt as _};
use sluice_capability::CapabilityError;

/// A list, page by page. An error ends it: what came before is a part of the list, and there is more.
pub type Pages<T> = BoxStream<'static, Result<Vec<T>, CapabilityError>>;

/// A page, and the token of the next one if there is more; an empty one if the provider does not say which.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// How much of a list is read: a provider may have any number of pages, of any length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) pages: usize,
    pub(crate) items: usize,
    /// The most items of one page.
    pub(crate) of_page: usize,
}

/// What follows a page.
enum Next {
    Page(Option<String>),
    End,
    /// There is more, which is not read.
    Cut(CapabilityError),
}

/// Asks for page after page, each by the token of the one before. What is beyond the bounds is never left out in silence: the last
/// item of the stream is then the error `list_too_long`, or `list_broken` if the provider does not say how to go on.
pub(crate) fn pages<T, F>(bounds: Bounds, ask: F) -> Pages<T>
where
    T: Send + 'static,
    F: Fn(Option<String>) -> BoxFuture<'static, Result<Page<T>, CapabilityError>> + Send + 'static,
{
    let start = (Next::Page(None), bounds);
    let listed = stream::try_unfold(start, move |(next, left)| {
        let asked = match next {
            Next::Page(token) => Ok(Some((ask(token.clone()), token))),
            Next::End => Ok(None),
            Next::Cut(error) => Err(error),
        };
        async move {
            let Some((page, token)) = asked? else { return Ok(None) };
            let Page { mut items, next } = page.await?;
            let room = left.of_page.min(left.items);
            let is_over = items.len() > room;
            items.truncate(room);
            let left = Bounds {
                pages: left.pages.saturating_sub(1),
                items: left.items.saturating_sub(items.len()),
                of_page: left.of_page,
            };
            let is_full = left.pages == 0 || left.items == 0;
            let next = match next {
                _ if is_over => Next::Cut(too_long()),
                None => Next::End,
                Some(_) if is_full => Next::Cut(too_long()),
                // Otherwise the same page would be read until the bounds are reached.
                Some(next) if next.is_empty() || token.as_ref() == Some(&next) => Next::Cut(no_way_on()),
                next => Next::Page(next),
            };
            Ok::<_, CapabilityError>(Some((items, (next, left))))
        }
    });
    listed.boxed()
}

fn too_long() -> CapabilityError {
    let message = "there are more than are read: name those that are needed in the configuration";
    CapabilityError::fail("list_too_long", message)
}

fn no_way_on() -> CapabilityError {
    let message = "the provider has more, and does not say where: it names the page that it just gave, or none";
    CapabilityError::fail("list_broken", message)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use futures::TryStreamExt as _;

    use super::*;

    const BOUNDS: Bounds = Bounds { pages: 4, items: 10, of_page: 5 };

    /// What is listed of pages of these lengths, and the code of the error at its end; `repeats` names each page as its next one.
    async fn listed(lengths: &[usize], repeats: bool) -> (usize, Option<String>) {
        let lengths = lengths.to_vec();
        let mut pages = pages(BOUNDS, move |token| {
            let at: usize = token.map_or(0, |token| token.parse().unwrap());
            let next = if repeats { at.max(1) } else { at + 1 };
            let page = Page { items: vec!["a"; lengths[at]], next: (next < lengths.len()).then(|| next.to_string()) };
            async move { Ok(page) }.boxed()
        });
        let mut count = 0;
        loop {
            match pages.try_next().await {
                Ok(Some(page)) => count += page.len(),
                Ok(None) => return (count, None),
                Err(error) => return (count, Some(error.code)),
            }
        }
    }

    #[tokio::test]
    async fn a_list_ends_with_its_last_page_or_says_that_there_is_more() {
        assert_eq!(listed(&[2, 0, 3], false).await, (5, None));
        assert_eq!(listed(&[5, 5], false).await, (10, None), "as many as are read");
        let cut = Some("list_too_long".to_owned());
        assert_eq!(listed(&[5, 4, 4], false).await, (10, cut.clone()), "too many in all");
        assert_eq!(listed(&[5, 5, 0], false).await, (10, cut.clone()), "the last page is not read");
        assert_eq!(listed(&[6], false).await, (5, cut.clone()), "too many on a page");
        assert_eq!(listed(&[1, 1, 1, 1, 1], false).await, (4, cut), "too many pages");
        assert_eq!(listed(&[1, 1, 1], true).await, (2, Some("list_broken".to_owned())));
    }
}
