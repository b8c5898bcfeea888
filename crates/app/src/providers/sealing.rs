//! The encryption of providers' secrets: AES-256-GCM, with a key that HKDF-SHA256 derives from the installation's secret. What is
//! encrypted is bound to its owner, its provider and its purpose, so that a row that was moved cannot be read.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng as _;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use sluice_domain::ids::OwnerId;
use sluice_store::provider_keys::Purpose;

use super::Key;

/// Separates what is derived here from what others may derive from the same secret.
const SALT: &[u8] = b"sluice providers v1";
/// Least characters of the installation's secret: 32 random bytes have 64 in hexadecimal.
const LEAST: usize = 32;
/// Bytes of the names of secrets.
const ID_BYTES: usize = 6;
/// The name of the file in the data folder.
const FILE: &str = "secret.key";

/// Why the installation's secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It is too short.
    #[error(
        "the installation's secret has fewer than {LEAST} characters: make one with `openssl rand -hex 32`, and give it as \
         SLUICE_SECRET_KEY, or in a file that SLUICE_SECRET_KEY_FILE names"
    )]
    TooShort,
    /// The cryptography failed, which it does for no input that is let in here.
    #[error("the key that encrypts cannot be derived from the installation's secret")]
    Underived,
    /// Its file cannot be read or made.
    #[error("the installation's secret cannot be read from, or written to, {}: it has to be a file of mode 0600", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What a secret of a provider is encrypted for.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Its owner.
    pub owner: &'a OwnerId,
    /// The provider's name.
    pub provider: &'a str,
    /// What it is for.
    pub purpose: Purpose,
}

impl Place<'_> {
    /// None of the three can have a NUL in it.
    fn bytes(&self) -> Vec<u8> {
        format!("{}\0{}\0{}", self.owner, self.provider, self.purpose.as_str()).into_bytes()
    }
}

/// The installation's secret, and what is derived from it.
pub struct Secret {
    id: String,
    root: Prk,
    key: LessSafeKey,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Secret {
    /// From at least 32 characters, of which as many bits should be random.
    pub fn new(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if text.chars().count() < LEAST {
            return Err(SecretError::TooShort);
        }
        let root = Salt::new(HKDF_SHA256, SALT).extract(text.as_bytes());
        let key = root.expand(&[b"encrypt"], &AES_256_GCM).map_err(|_| SecretError::Underived)?;
        let key = LessSafeKey::new(UnboundKey::from(key));
        let name = derive(&root, &[b"name"])?;
        let id = hex::encode(name.get(..ID_BYTES).unwrap_or_default());
        Ok(Self { id, root, key })
    }

    /// Its name, which says nothing of it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Encrypts a key of a provider.
    pub(super) fn seal(&self, place: &Place<'_>, key: &Key) -> Result<String, SecretError> {
        let mut nonce = [0; NONCE_LEN];
        // From the operating system's generator, as every secret.
        rand::rng().fill_bytes(&mut nonce);
        let mut bytes = key.reveal().as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.bytes()), &mut bytes)
            .map_err(|_| SecretError::Underived)?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// Decrypts a key of a provider; none if it was encrypted for another place, or by another secret, or was changed.
    pub(super) fn open(&self, place: &Place<'_>, sealed: &str) -> Option<Key> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self.key.open_in_place(nonce, Aad::from(place.bytes()), sealed).ok()?;
        Key::new(String::from_utf8(plain.to_vec()).ok()?).ok()
    }

    /// The token of a provider's hook, which nobody else can guess.
    pub fn hook_token(&self, provider: &str) -> Result<String, SecretError> {
        Ok(URL_SAFE_NO_PAD.encode(derive(&self.root, &[b"hook:", provider.as_bytes()])?))
    }
}

/// 32 bytes for a use of the secret.
fn derive(root: &Prk, what: &[&[u8]]) -> Result<[u8; 32], SecretError> {
    let mut bytes = [0; 32];
    let derived = root.expand(what, HKDF_SHA256).and_then(|derived| derived.fill(&mut bytes));
    derived.map_err(|_| SecretError::Underived)?;
    Ok(bytes)
}

/// A secret of the configuration. `Debug` does not show it.
#[derive(Clone)]
pub struct Given(pub String);

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given(..)")
    }
}

/// The secrets of the installation: the one that encrypts, and the one before it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Secrets {
    file: PathBuf,
    present: Arc<OnceLock<Arc<Secret>>>,
    before: Option<Arc<Secret>>,
}

impl Secrets {
    /// From the configuration, or else from a file in the data folder, which is made when it is first needed. `before` is what
    /// was the secret before, for as long as something is encrypted under it.
    pub fn new(given: Option<&Given>, before: Option<&Given>, data: &Path) -> Result<Self, SecretError> {
        let read = |given: &Given| Secret::new(&given.0).map(Arc::new);
        let present = given.map(read).transpose()?.map_or_else(OnceLock::new, OnceLock::from);
        let before = before.map(read).transpose()?;
        Ok(Self { file: data.join(FILE), present: Arc::new(present), before })
    }

    /// The secret that encrypts; none if it was not needed yet.
    pub fn present(&self) -> Result<Option<Arc<Secret>>, SecretError> {
        if let Some(secret) = self.present.get() {
            return Ok(Some(Arc::clone(secret)));
        }
        match fs::read_to_string(&self.file) {
            Ok(text) => {
                let secret = Arc::new(Secret::new(&text)?);
                Ok(Some(Arc::clone(self.present.get_or_init(|| secret))))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.failed(source)),
        }
    }

    /// The same, made if there is none. Of several processes that make one at the same time, one succeeds.
    pub fn present_or_new(&self) -> Result<Arc<Secret>, SecretError> {
        if let Some(secret) = self.present()? {
            return Ok(secret);
        }
        self.make().map_err(|source| self.failed(source))?;
        self.present()?.ok_or_else(|| self.failed(io::ErrorKind::NotFound.into()))
    }

    /// Every secret under which something may be encrypted, the present one first.
    pub fn all(&self) -> Result<Vec<Arc<Secret>>, SecretError> {
        Ok(self.present()?.into_iter().chain(self.before.clone()).collect())
    }

    fn make(&self) -> io::Result<()> {
        let (mut name, mut secret) = ([0; 6], [0; 32]);
        rand::rng().fill_bytes(&mut name);
        rand::rng().fill_bytes(&mut secret);
        // Complete before it has its name.
        let new = self.file.with_extension(hex::encode(name));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        let written = writeln!(file, "{}", hex::encode(secret)).and_then(|()| file.sync_all());
        let linked = written.and_then(|()| match fs::hard_link(&new, &self.file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        });
        fs::remove_file(&new)?;
        linked
    }

    fn failed(&self, source: io::Error) -> SecretError {
        SecretError::File { path: self.file.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const ONE: &str = "0123456789abcdef0123456789abcdef";
    const TWO: &str = "fedcba9876543210fedcba9876543210";

    fn place<'a>(owner: &'a OwnerId, provider: &'a str) -> Place<'a> {
        Place { owner, provider, purpose: Purpose::Call }
    }

    #[test]
    fn what_is_encrypted_is_read_in_its_place_alone() {
        let (ada, omar): (OwnerId, OwnerId) = ("ada".parse().unwrap(), "omar".parse().unwrap());
        let (secret, key) = (Secret::new(ONE).unwrap(), Key::new("sk-of-ada-123456".to_owned()).unwrap());
        let sealed = secret.seal(&place(&ada, "openai"), &key).unwrap();
        assert!(!sealed.contains("sk-of-ada"));
        assert_ne!(sealed, secret.seal(&place(&ada, "openai"), &key).unwrap(), "each time with another nonce");
        assert_eq!(secret.open(&place(&ada, "openai"), &sealed), Some(key));
        for elsewhere in [
            place(&omar, "openai"),
            place(&ada, "openrouter"),
            Place { purpose: Purpose::Hook, ..place(&ada, "openai") },
        ] {
            assert_eq!(secret.open(&elsewhere, &sealed), None, "{elsewhere:?}");
        }
        assert_eq!(Secret::new(TWO).unwrap().open(&place(&ada, "openai"), &sealed), None);
        for at in [0, 20, sealed.len() - 1] {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(secret.open(&place(&ada, "openai"), &String::from_utf8(changed).unwrap()), None, "{at}");
        }
        for short in ["", "AAAA", "not base64!"] {
            assert_eq!(secret.open(&place(&ada, "openai"), short), None, "{short}");
        }
    }

    #[test]
    fn a_secret_has_a_name_and_tokens_that_differ() {
        let (one, two) = (Secret::new(ONE).unwrap(), Secret::new(TWO).unwrap());
        assert_ne!(one.id(), two.id());
        assert_eq!(one.id(), Secret::new(&format!("{ONE}\n")).unwrap().id(), "the line end is not part of it");
        let token = |secret: &Secret, provider| secret.hook_token(provider).unwrap();
        assert_eq!(token(&one, "d-id").len(), 43);
        assert_ne!(token(&one, "d-id"), token(&one, "runner"));
        assert_ne!(token(&one, "d-id"), token(&two, "d-id"));
        assert!(!format!("{one:?} {:?}", Given(ONE.to_owned())).contains("0123"), "it is not shown");
        assert!(matches!(Secret::new(&ONE[1..]), Err(SecretError::TooShort)));
    }

    #[test]
    fn the_file_is_made_once_and_nobody_else_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = || Secrets::new(None, None, folder.path()).unwrap();
        assert!(secrets().present().unwrap().is_none(), "nothing was needed yet");
        let made: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| secrets().present_or_new().unwrap().id().to_owned())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(made.iter().all(|id| *id == made[0]), "{made:?}");
        assert_eq!(secrets().present().unwrap().unwrap().id(), made[0]);
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [FILE]);
        let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let given = Secrets::new(Some(&Given(ONE.to_owned())), None, folder.path()).unwrap();
        assert_ne!(given.present_or_new().unwrap().id(), made[0], "what is configured comes first");
    }
}
