//! Messages over a pipe, as the children read and write them: a length as four little-endian bytes, then JSON.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Largest message in bytes. A greater length is a protocol error.
pub(crate) const LONGEST: usize = 16 * 1024 * 1024;

/// The four bytes before a message.
pub(crate) fn checked_length(length: usize) -> io::Result<[u8; 4]> {
    match u32::try_from(length) {
        Ok(number) if length <= LONGEST => Ok(number.to_le_bytes()),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, format!("a message of {length} bytes"))),
    }
}

/// Reads one message; none at the end of the input.
pub fn read_message<M: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<M>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
    checked_length(length)?;
    let mut message = vec![0; length];
    input.read_exact(&mut message)?;
    Ok(Some(serde_json::from_slice(&message)?))
}

/// Writes one message.
pub fn write_message(output: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let message = serde_json::to_vec(message)?;
    output.write_all(&checked_length(message.len())?)?;
    output.write_all(&message)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_a_round_trip() {
        let mut pipe = Vec::new();
        write_message(&mut pipe, &"نعم").unwrap();
        write_message(&mut pipe, &[1, 2]).unwrap();
        let mut pipe = pipe.as_slice();
        assert_eq!(read_message::<String>(&mut pipe).unwrap().as_deref(), Some("نعم"));
        assert_eq!(read_message::<Vec<u8>>(&mut pipe).unwrap(), Some(vec![1, 2]));
        assert_eq!(read_message::<String>(&mut pipe).unwrap(), None);
    }

    #[test]
    fn a_false_length_allocates_nothing() {
        let false_length = [0xff, 0xff, 0xff, 0xff, b'{'];
        assert!(read_message::<String>(&mut false_length.as_slice()).is_err());
    }
}
