//! Passwords: Argon2id (RFC 9106), off the runtime, a few at a time.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::Rng as _;
use tokio::sync::Semaphore;

/// Shortest password in characters: what NIST SP 800-63B asks of one that is the only factor is 15, of one with throttled
/// attempts 8. Ours are throttled.
pub const LEAST: usize = 10;
/// Longest password in bytes: hashing more would only cost time.
pub const MOST: usize = 256;

/// Memory in KiB, passes, lanes: the first choice of OWASP's cheat sheet.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Why a password cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// It is too short.
    #[error("A password has at least {LEAST} characters.")]
    Short,
    /// It is too long.
    #[error("A password has at most {MOST} bytes.")]
    Long,
    /// It is the address, or one character again and again.
    #[error("This password would be guessed at once. Choose another one.")]
    Guessable,
}

/// The hash could not be computed.
#[derive(Debug, thiserror::Error)]
#[error("a password cannot be hashed: {0}")]
pub struct HashError(String);

/// Hashes and compares. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    /// Each takes a processor for some tens of milliseconds and 19 MiB: others wait here, so that the rest of the server
    /// does not.
    places: Arc<Semaphore>,
    /// The hash of a password that nobody has: comparing with it takes as long as with a real one.
    nobody: Arc<str>,
}

impl Passwords {
    /// Uses up to half of the processors.
    pub fn new() -> Result<Self, HashError> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let mut nobody = [0; 32];
        rand::rng().fill_bytes(&mut nobody);
        let nobody = hash(&hex::encode(nobody))?;
        Ok(Self { places: Arc::new(Semaphore::new((cores / 2).max(1))), nobody: nobody.into() })
    }

    /// Refuses what would be guessed.
    pub fn check(password: &str, email: &str) -> Result<(), Weak> {
        if password.chars().count() < LEAST {
            return Err(Weak::Short);
        }
        if password.len() > MOST {
            return Err(Weak::Long);
        }
        let mut letters = password.chars();
        let first = letters.next();
        if letters.all(|letter| Some(letter) == first) || password.eq_ignore_ascii_case(email) {
            return Err(Weak::Guessable);
        }
        Ok(())
    }

    /// The hash of a password, in PHC string format.
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        self.work(move || hash(&password)).await
    }

    /// Whether a password is the one of a hash. Without a hash it takes as long, and is not.
    pub async fn matches(&self, password: String, stored: Option<String>) -> Result<bool, HashError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        let equal = self.work(move || {
            if password.len() > MOST {
                return Ok(false);
            }
            let parsed = PasswordHash::new(&stored).map_err(|error| HashError(error.to_string()))?;
            Ok(argon2()?.verify_password(password.as_bytes(), &parsed).is_ok())
        });
        Ok(equal.await? && known)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|error| HashError(error.to_string()))?;
        let done = tokio::task::spawn_blocking(move || {
            // Held until the work is done, also if nobody waits for it any more.
            let _place = place;
            work()
        });
        done.await.map_err(|error| HashError(error.to_string()))?
    }
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|error| HashError(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, HashError> {
    let mut bytes = [0; 16];
    rand::rng().fill_bytes(&mut bytes);
    let salt = SaltString::encode_b64(&bytes).map_err(|error| HashError(error.to_string()))?;
    let hashed = argon2()?.hash_password(password.as_bytes(), &salt).map_err(|error| HashError(error.to_string()))?;
    Ok(hashed.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_the_one_of_its_hash_alone() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("correct horse battery".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let matches = async |password: &str, hash: Option<&str>| {
            passwords.matches(password.to_owned(), hash.map(str::to_owned)).await.unwrap()
        };
        assert!(matches("correct horse battery", Some(&hash)).await);
        assert!(!matches("correct horse batterz", Some(&hash)).await);
        assert!(!matches("correct horse battery", None).await);
        assert!(!matches(&"a".repeat(MOST + 1), Some(&hash)).await);
    }

    #[test]
    fn passwords_that_would_be_guessed_are_refused() {
        let check = |password: &str| Passwords::check(password, "ada@example.org");
        assert_eq!(check("a quiet lighthouse"), Ok(()));
        assert_eq!(check("منارة هادئة"), Ok(()));
        assert_eq!(check("too short"), Err(Weak::Short));
        assert_eq!(check(&"ab".repeat(MOST)), Err(Weak::Long));
        assert_eq!(check("aaaaaaaaaaaa"), Err(Weak::Guessable));
        assert_eq!(check("Ada@Example.org"), Err(Weak::Guessable));
    }
}
