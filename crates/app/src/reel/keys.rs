//! Keys of stage results: a hash over all inputs of a stage, so that the same work is found in the cache, and a change
//! in one scene changes the keys of that scene alone.

use serde::Serialize;

/// `kind:` and the BLAKE3 hash of the inputs as JSON. A change in how a stage works must change its `kind`.
pub(crate) fn key(kind: &str, inputs: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(format!("{kind}:{}", blake3::hash(&serde_json::to_vec(inputs)?).to_hex()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_its_inputs() {
        let one = key("voice/1", &("piper", "Hello.")).unwrap();
        assert_eq!(one, key("voice/1", &("piper", "Hello.")).unwrap());
        assert_ne!(one, key("voice/1", &("piper", "Hello!")).unwrap());
        assert_ne!(one, key("voice/2", &("piper", "Hello.")).unwrap());
    }
}
