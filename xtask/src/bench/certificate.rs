//! The certificate of a run: made for it, gone with it. Owns its directory.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::program::output_of;
use crate::scratch::Scratch;

/// Making it takes milliseconds.
const LIMIT: Duration = Duration::from_secs(20);

/// A certificate that is its own issuer, with its key, as files in PEM.
#[derive(Debug)]
pub(crate) struct Certificate {
    directory: Scratch,
}

impl Certificate {
    /// Has `servers`, the program of the rivals, make one.
    ///
    /// # Errors
    ///
    /// It cannot be made, or there is no place for it.
    pub(crate) fn make(servers: &Path) -> Result<Self, String> {
        let made = Self {
            directory: Scratch::directory("certificate")?,
        };
        output_of(
            Command::new(servers)
                .arg("certificate")
                .arg(made.directory.path()),
            LIMIT,
        )?;
        Ok(made)
    }

    /// The certificate's file, as an argument: what a server shows and the generator trusts.
    pub(crate) fn chain(&self) -> String {
        self.file("cert.pem")
    }

    /// The key's file, as an argument.
    pub(crate) fn key(&self) -> String {
        self.file("key.pem")
    }

    fn file(&self, name: &str) -> String {
        self.directory
            .path()
            .join(name)
            .to_string_lossy()
            .into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Certificate, Scratch};
    use std::path::Path;

    #[test]
    fn program_that_makes_none_is_named_and_nothing_is_left() {
        let error = Certificate::make(Path::new("no-such-program")).unwrap_err();
        assert!(error.contains("no-such-program"), "{error}");
        let place = Scratch::file("certificate");
        assert!(!place.path().exists());
    }
}
