//! Passwords of users who claim licenses: Argon2id, as a PHC string.

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};

use crate::random;

/// Characters that a password has at least.
pub const SHORTEST: usize = 10;
/// Bytes that a password has at most.
pub const LONGEST: usize = 512;

/// A password that may be used.
pub fn is_acceptable(password: &str) -> bool {
    password.chars().count() >= SHORTEST && password.len() <= LONGEST
}

/// Hashes a password with a salt of its own. Takes some 20 milliseconds and 19 MiB, by intention.
pub fn hash(password: &str) -> String {
    let salt: [u8; 16] = random::bytes();
    let hashed = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    // The default parameters are valid, and the salt has the recommended length.
    hashed.map(|hash| hash.to_string()).unwrap_or_default()
}

/// Whether it is the password of this hash. Takes as long as [`hash`].
pub fn verify(password: &str, hash: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}

/// Takes as long as a password that is checked, for a login that is nobody's.
pub fn verify_nobody(password: &str) -> bool {
    // The hash of random bytes that were thrown away.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyBpdA$2pP4tD6QmO1yG7vJc0wqv9m3J4q5xgqkM8m1m0lRk1c";
    let _ = verify(password, NOBODY);
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lsp_03_a_password_is_verified_against_its_argon2id_hash() {
        let hashed = hash("correct horse battery");
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert!(verify("correct horse battery", &hashed));
        assert!(!verify("correct horse batterz", &hashed));
        assert_ne!(hash("correct horse battery"), hashed, "each has a salt of its own");
        assert!(!verify("correct horse battery", ""));
    }

    #[test]
    fn lsp_03_a_login_that_is_nobodys_costs_as_much() {
        assert!(!verify_nobody("whatever it is"));
        // It is a hash that can be checked: anything else would answer at once.
        let parsed = argon2::password_hash::phc::PasswordHash::new(
            "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyBpdA$2pP4tD6QmO1yG7vJc0wqv9m3J4q5xgqkM8m1m0lRk1c",
        );
        assert!(parsed.is_ok_and(|hash| hash.hash.is_some_and(|hash| hash.len() == 32)));
    }

    #[test]
    fn short_and_endless_passwords_are_not_taken() {
        assert!(!is_acceptable("nine char"));
        assert!(is_acceptable("ten chars!"));
        assert!(!is_acceptable(&"x".repeat(LONGEST + 1)));
    }
}
