//! The loop of a warm child: a request on standard input, its response on standard output.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::frames::{read_message, write_message};

/// Wrong arguments: `EX_USAGE` of sysexits.h.
const WRONG_USAGE: u8 = 64;

/// Answers requests until standard input is closed. A broken pipe or a message that is none ends the child `name` with an
/// explanation on standard error.
pub(crate) fn serve<Request, Response>(name: &str, respond: impl FnMut(Request) -> Response) -> ExitCode
where
    Request: DeserializeOwned,
    Response: Serialize,
{
    match exchange(&mut io::stdin().lock(), &mut io::stdout().lock(), respond) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "sluice {name}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The end of a child that was started with other arguments than it takes.
pub(crate) fn wrong_arguments(name: &str, expected: usize) -> ExitCode {
    let _ = writeln!(io::stderr(), "sluice {name}: {expected} arguments are expected");
    ExitCode::from(WRONG_USAGE)
}

fn exchange<Request, Response>(
    input: &mut impl Read,
    output: &mut impl Write,
    mut respond: impl FnMut(Request) -> Response,
) -> io::Result<()>
where
    Request: DeserializeOwned,
    Response: Serialize,
{
    while let Some(request) = read_message(input)? {
        write_message(output, &respond(request))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_answered_in_order_until_the_input_ends() {
        let (mut input, mut output) = (Vec::new(), Vec::new());
        write_message(&mut input, &2).unwrap();
        write_message(&mut input, &3).unwrap();
        exchange(&mut input.as_slice(), &mut output, |number: u32| number * number).unwrap();
        let mut output = output.as_slice();
        assert_eq!(read_message::<u32>(&mut output).unwrap(), Some(4));
        assert_eq!(read_message::<u32>(&mut output).unwrap(), Some(9));
        assert_eq!(read_message::<u32>(&mut output).unwrap(), None);
    }

    #[test]
    fn a_message_that_is_none_ends_it() {
        let mut input = Vec::new();
        write_message(&mut input, &"not a number").unwrap();
        let mut output = Vec::new();
        assert!(exchange(&mut input.as_slice(), &mut output, |number: u32| number).is_err());
        assert!(output.is_empty());
    }
}
