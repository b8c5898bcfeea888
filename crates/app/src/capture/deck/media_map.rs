//! The names of the files in a package, which are there under numbers.

use serde_json::{Map, Value};

/// A file of the package.
pub(super) struct Entry {
    pub(super) name: String,
    /// Its size in bytes.
    pub(super) size: u64,
    pub(super) sha1: [u8; 20],
}

/// As JSON: names by numbers.
pub(super) fn json(entries: &[Entry]) -> Vec<u8> {
    let map: Map<String, Value> = (0..)
        .zip(entries)
        .map(|(number, entry): (u32, _)| (number.to_string(), Value::String(entry.name.clone())))
        .collect();
    Value::Object(map).to_string().into_bytes()
}

/// As Protocol Buffers: `MediaEntries { 1: repeated MediaEntry { 1: name, 2: size, 3: sha1 } }`, in the order of the numbers.
pub(super) fn protobuf(entries: &[Entry]) -> Vec<u8> {
    let mut message = Vec::with_capacity(entries.len() * 80);
    for entry in entries {
        let mut inner = Vec::with_capacity(80);
        bytes_field(&mut inner, 1, entry.name.as_bytes());
        key(&mut inner, 2, 0);
        varint(&mut inner, entry.size);
        bytes_field(&mut inner, 3, &entry.sha1);
        bytes_field(&mut message, 1, &inner);
    }
    message
}

fn bytes_field(message: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    key(message, field, 2);
    varint(message, bytes.len() as u64);
    message.extend_from_slice(bytes);
}

fn key(message: &mut Vec<u8>, field: u64, wire_type: u64) {
    varint(message, (field << 3) | wire_type);
}

/// Seven bits a byte, the lowest first.
fn varint(message: &mut Vec<u8>, mut value: u64) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            message.push(low & 0x7f);
            return;
        }
        message.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_protocol_buffers_have_them() {
        let written = |value| {
            let mut bytes = Vec::new();
            varint(&mut bytes, value);
            bytes
        };
        assert_eq!(written(0), [0]);
        assert_eq!(written(127), [0x7f]);
        assert_eq!(written(300), [0xac, 0x02]);
    }

    #[test]
    fn a_map_has_the_names_in_their_order() {
        let entries = [Entry { name: "a.mp3".into(), size: 300, sha1: [7; 20] }];
        assert_eq!(json(&entries), br#"{"0":"a.mp3"}"#);
        let mut expected = b"\x0a\x20\x0a\x05a.mp3\x10\xac\x02\x1a\x14".to_vec();
        expected.extend([7; 20]);
        assert_eq!(protobuf(&entries), expected);
    }
}
