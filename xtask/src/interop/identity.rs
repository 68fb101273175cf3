//! Who is trusted in a run: an authority that is made for it, and what it issued to all servers.
//! Owns their directory, which is gone with the run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::program::output_of;

/// Making it takes milliseconds.
const LIMIT: Duration = Duration::from_secs(20);

/// The host name in the certificate.
pub(crate) const HOST: &str = "localhost";

/// The certificates of a run, as files in PEM.
#[derive(Debug)]
pub(crate) struct Identity {
    directory: PathBuf,
}

impl Identity {
    /// Has `program`, our example, make them.
    pub(crate) fn make(program: &Path) -> Result<Self, String> {
        let name = format!("sockeye-interop-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory)
            .map_err(|error| format!("cannot make {}: {error}", directory.display()))?;
        let made = Self { directory };
        output_of(Command::new(program).arg(&made.directory), LIMIT)?;
        Ok(made)
    }

    /// The authority's certificate, which clients trust.
    pub(crate) fn authority(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// The certificate of every server.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.directory.join("cert.pem")
    }

    /// The key of that certificate.
    pub(crate) fn key(&self) -> PathBuf {
        self.directory.join("key.pem")
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        // What is left in a directory for temporary files harms nobody.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

#[cfg(test)]
mod tests {
    use super::Identity;
    use std::path::Path;

    #[test]
    fn program_that_makes_none_is_named_and_nothing_is_left() {
        let error = Identity::make(Path::new("no-such-program")).unwrap_err();
        assert!(error.contains("no-such-program"), "{error}");
        let name = format!("sockeye-interop-{}", std::process::id());
        assert!(!std::env::temp_dir().join(name).exists());
    }
}
