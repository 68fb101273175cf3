//! A token that a file holds and whoever knows it may say. Owns how it is compared: in a time that
//! says nothing about how much of a guess was right. The token itself is not kept.

use std::fmt;
use std::io;
use std::path::Path;

use ring::hmac::{self, HMAC_SHA256, Key, Tag};
use ring::rand::SystemRandom;

use crate::files::read_regular;
use crate::limits::{SECRET_LEN_MAX, SECRET_LEN_MIN};
use crate::settings::LateFault;

/// What a token is compared with.
#[derive(Clone)]
pub(crate) struct Secret {
    /// Of this process alone.
    key: Key,
    tag: Tag,
}

impl Secret {
    /// The token in the file at `path`, which a setting names, without white space around it.
    ///
    /// # Errors
    /// If it cannot be read, or its token can be guessed.
    pub(crate) fn read(setting: &'static str, path: &Path) -> io::Result<Self> {
        let cannot = |kind, what: &str| {
            let path = path.display();
            LateFault::new(setting, format!("token in {path}: {what}")).error(kind)
        };
        let read = read_regular(path);
        let bytes = read.map_err(|error| cannot(error.kind(), &error.to_string()))?;
        let token = bytes.trim_ascii();
        if token.len() < SECRET_LEN_MIN {
            let (len, min) = (token.len(), SECRET_LEN_MIN);
            let what = format!("{len} bytes, at least {min} are required");
            return Err(cannot(io::ErrorKind::InvalidData, &what));
        }
        if token.len() > SECRET_LEN_MAX {
            let (len, max) = (token.len(), SECRET_LEN_MAX);
            let what = format!("{len} bytes, at most {max} are allowed");
            return Err(cannot(io::ErrorKind::InvalidData, &what));
        }
        // Nobody could send another one in a header, or type it.
        if !token.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            let what = "a byte that is no printable character of ASCII";
            return Err(cannot(io::ErrorKind::InvalidData, what));
        }
        let no_numbers = |_| io::Error::other("the system has no random numbers");
        let key = Key::generate(HMAC_SHA256, &SystemRandom::new()).map_err(no_numbers)?;
        let tag = hmac::sign(&key, token);
        Ok(Self { key, tag })
    }

    /// Whether `guess` is the token.
    pub(crate) fn is(&self, guess: &[u8]) -> bool {
        hmac::verify(&self.key, guess, self.tag.as_ref()).is_ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Secret").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    /// A token that can be guessed, or that shows in a log, protects nothing.
    #[test]
    fn token_that_can_be_guessed_or_not_be_read_is_refused_with_its_file() {
        let file = Scratch::none();
        let path = file.path();
        let error = Secret::read("a.token_file", path).unwrap_err();
        assert!(
            error.to_string().contains(path.to_str().unwrap()),
            "{error}"
        );
        std::fs::write(path, "short\n").unwrap();
        let error = Secret::read("a.token_file", path).unwrap_err();
        assert!(
            error.to_string().contains("5 bytes, at least 32"),
            "{error}"
        );
        std::fs::write(path, format!("{}\n", "x".repeat(32))).unwrap();
        let secret = Secret::read("a.token_file", path).unwrap();
        assert!(!format!("{secret:?}").contains("xxx"));
        assert!(secret.is("x".repeat(32).as_bytes()));
        for guess in ["", "x", &"x".repeat(31), &"x".repeat(33), &"y".repeat(32)] {
            assert!(!secret.is(guess.as_bytes()), "{guess}");
        }
    }

    /// If this fails, a server starts with a token that nobody can send.
    #[test]
    fn token_that_nobody_can_send_is_refused() {
        for (token, why) in [
            ("x".repeat(SECRET_LEN_MAX + 1), "385 bytes, at most 384"),
            (format!("{}\n{}", "x".repeat(32), "y"), "no printable"),
            ("\u{e9}".repeat(32), "no printable"),
        ] {
            let file = Scratch::of(token.as_bytes());
            let error = Secret::read("a.token_file", file.path()).unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
        }
        let longest = Scratch::of("\"".repeat(SECRET_LEN_MAX).as_bytes());
        assert!(Secret::read("a.token_file", longest.path()).is_ok());
        let command = serde_json::json!({ "admin": "\"".repeat(SECRET_LEN_MAX) });
        assert!(command.to_string().len() <= crate::limits::COMMAND_LEN_MAX);
    }
}
