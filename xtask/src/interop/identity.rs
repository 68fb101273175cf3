//! Who is trusted in a run: an authority that is made for it, and what it issued to all servers.
//! Owns their directory, which is gone with the run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::program::output_of;
use crate::scratch::Scratch;

/// Making it takes milliseconds.
const LIMIT: Duration = Duration::from_secs(20);

/// The host name in the certificate.
pub(crate) const HOST: &str = "localhost";

/// The certificates of a run, as files in PEM.
#[derive(Debug)]
pub(crate) struct Identity {
    directory: Scratch,
}

impl Identity {
    /// Has `program`, our example, make them.
    pub(crate) fn make(program: &Path) -> Result<Self, String> {
        let made = Self {
            directory: Scratch::directory("interop")?,
        };
        output_of(Command::new(program).arg(made.directory.path()), LIMIT)?;
        Ok(made)
    }

    /// The authority's certificate, which clients trust.
    pub(crate) fn authority(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// The certificate of every server.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.directory.path().join("cert.pem")
    }

    /// The key of that certificate.
    pub(crate) fn key(&self) -> PathBuf {
        self.directory.path().join("key.pem")
    }
}

#[cfg(test)]
mod tests {
    use super::{Identity, Scratch};
    use std::path::Path;

    #[test]
    fn program_that_makes_none_is_named_and_nothing_is_left() {
        let error = Identity::make(Path::new("no-such-program")).unwrap_err();
        assert!(error.contains("no-such-program"), "{error}");
        let place = Scratch::file("interop");
        assert!(!place.path().exists());
    }
}
