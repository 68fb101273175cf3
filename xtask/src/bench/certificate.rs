//! The certificate of a run: made for it, gone with it. Owns its directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::program::output_of;

/// Making it takes milliseconds.
const LIMIT: Duration = Duration::from_secs(20);

/// A certificate that is its own issuer, with its key, as files in PEM.
#[derive(Debug)]
pub(crate) struct Certificate {
    directory: PathBuf,
}

impl Certificate {
    /// Has `servers`, the program of the rivals, make one.
    ///
    /// # Errors
    ///
    /// It cannot be made, or there is no place for it.
    pub(crate) fn make(servers: &Path) -> Result<Self, String> {
        let name = format!("sockeye-bench-{}-certificate", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory)
            .map_err(|error| format!("cannot make {}: {error}", directory.display()))?;
        let made = Self { directory };
        output_of(
            Command::new(servers)
                .arg("certificate")
                .arg(&made.directory),
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
        self.directory.join(name).to_string_lossy().into_owned()
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        // What is left in a directory for temporary files harms nobody.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

#[cfg(test)]
mod tests {
    use super::Certificate;
    use std::path::Path;

    #[test]
    fn program_that_makes_none_is_named_and_nothing_is_left() {
        let error = Certificate::make(Path::new("no-such-program")).unwrap_err();
        assert!(error.contains("no-such-program"), "{error}");
        let name = format!("sockeye-bench-{}-certificate", std::process::id());
        assert!(!std::env::temp_dir().join(name).exists());
    }
}
