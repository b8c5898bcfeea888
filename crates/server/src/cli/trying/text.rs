//! The text that an engine is tried on: an argument, a file, or standard input.

use std::io::{self, Read as _};

use anyhow::Context as _;

use crate::cli::Failure;

/// Most bytes that are read from standard input.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// The text of an argument; "-" stands for standard input.
pub(super) fn of(argument: String) -> anyhow::Result<String> {
    if argument == "-" { read(io::stdin().lock(), "standard input") } else { Ok(argument) }
}

/// The text of a file; "-" stands for standard input.
pub(super) fn of_file(path: &str) -> anyhow::Result<String> {
    if path == "-" {
        return read(io::stdin().lock(), "standard input");
    }
    let file = std::fs::File::open(path).map_err(|error| {
        let code = if error.kind() == io::ErrorKind::NotFound { "not_found" } else { "not_read" };
        Failure::new(code, "The text cannot be read", format!("{path}: {error}"))
    })?;
    read(file, path)
}

fn read(input: impl io::Read, name: &str) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    input.take(MOST_BYTES + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {name}"))?;
    if bytes.len() as u64 > MOST_BYTES {
        let most = bytesize::ByteSize(MOST_BYTES);
        let detail = format!("{name} has more than {most}: try it on a part");
        return Err(Failure::new("text_too_long", "The text is too long", detail).into());
    }
    String::from_utf8(bytes).map_err(|error| {
        let detail = format!("the byte at {} of {name} is not UTF-8", error.utf8_error().valid_up_to());
        Failure::new("text_not_utf8", "The text cannot be read", detail).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(input: &[u8]) -> String {
        let error = read(input, "a text").unwrap_err();
        error.downcast::<Failure>().unwrap().code.to_string()
    }

    #[test]
    fn what_is_no_text_or_too_much_is_refused() {
        assert_eq!(read("نعم\n".as_bytes(), "a text").unwrap(), "نعم\n");
        assert_eq!(code(b"caf\xe9"), "text_not_utf8");
        assert_eq!(code(&vec![b'a'; usize::try_from(MOST_BYTES).unwrap() + 1]), "text_too_long");
    }
}
